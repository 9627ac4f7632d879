package io.convoy.objectstore;

import io.convoy.core.BackupName;
import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads the headers of a volume's backups. */
final class HeaderListing {
  /** So many requests are under way; the headers of v0.5.2 have lists of blocks and are large. */
  private static final int AT_ONCE = 8;

  private final ObjectStore store;
  private final BackupLayout layout;

  HeaderListing(ObjectStore store, BackupLayout layout) {
    this.store = store;
    this.layout = layout;
  }

  /** Hears of each header: what it says, or what is wrong with it. */
  interface Visitor {
    void header(BackupHeader header) throws IOException;

    void corrupt(ObjectKey key, CorruptDataException problem) throws IOException;
  }

  /** Returns whether there is a header, be it readable or not. */
  boolean isAnyThere() throws IOException {
    return !names().isEmpty();
  }

  private List<BackupName> names() throws IOException {
    List<BackupName> names = new ArrayList<>();
    store.list(
        layout.headersPrefix(), (key, size) -> layout.parseHeader(key).ifPresent(names::add));
    return names;
  }

  /**
   * Visits all headers in order of name; they are read several at a time. A store that does not
   * answer ends it.
   */
  void visit(Visitor visitor) throws IOException {
    List<BackupName> names = names();
    ExecutorService threads =
        Executors.newFixedThreadPool(AT_ONCE, task -> new Thread(task, "convoy-headers"));
    try {
      Iterator<BackupName> unread = names.iterator();
      Deque<Future<Optional<BackupHeader>>> reading = new ArrayDeque<>();
      for (BackupName name : names) {
        while (reading.size() < AT_ONCE && unread.hasNext()) {
          BackupName next = unread.next();
          reading.add(threads.submit(() -> BackupHeader.read(store, layout, next)));
        }
        Optional<BackupHeader> header;
        try {
          header = Tasks.get(reading.remove());
        } catch (CorruptDataException e) {
          visitor.corrupt(layout.header(name), e);
          continue;
        }
        if (header.isPresent()) {
          visitor.header(header.get()); // else it was deleted since the listing
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Returns those of one kind that can be read, the newest first. */
  List<BackupHeader> newestFirst(BackupHeader.Kind kind) throws IOException {
    List<BackupHeader> headers = new ArrayList<>();
    visit(
        new Visitor() {
          @Override
          public void header(BackupHeader header) {
            if (header.kind() == kind) {
              headers.add(header);
            }
          }

          @Override
          public void corrupt(ObjectKey key, CorruptDataException problem) {}
        });
    headers.sort(Comparator.comparing(BackupHeader::createdTime).reversed());
    return headers;
  }

  /**
   * Returns all of them.
   *
   * @throws CorruptDataException if one of them can't be read
   */
  List<BackupHeader> all() throws IOException {
    List<BackupHeader> headers = new ArrayList<>();
    visit(
        new Visitor() {
          @Override
          public void header(BackupHeader header) {
            headers.add(header);
          }

          @Override
          public void corrupt(ObjectKey key, CorruptDataException problem)
              throws CorruptDataException {
            throw problem;
          }
        });
    return headers;
  }
}
