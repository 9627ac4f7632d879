package io.convoy.objectstore;

import io.convoy.core.BackupName;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Headers that wait to be published, under the volume's lock: their writers were interrupted, or
 * lost the lock and may still publish them when they wake up.
 *
 * <p>A writer publishes only if its header waited while it still had the lock. So every sweep since
 * has met the header, and has kept what the backup needs: one that lacks something was never that
 * far, and can be given up.
 */
final class PendingBackups {
  private static final int LISTED = 1;

  private final ObjectStore store;
  private final BackupLayout layout;
  private Optional<NameMarks> listed = Optional.empty();

  PendingBackups(ObjectStore store, BackupLayout layout) {
    this.store = store;
    this.layout = layout;
  }

  /**
   * A header that waits.
   *
   * @param whole the backup, if it is to be published; else nobody needs what waits
   */
  record Pending(ObjectKey key, Optional<BackupHeader> whole) {}

  List<Pending> find() throws IOException {
    List<BackupName> names = new ArrayList<>();
    store.list(
        layout.pendingPrefix(), (key, size) -> layout.parsePending(key).ifPresent(names::add));
    List<Pending> found = new ArrayList<>();
    for (BackupName name : names) {
      ObjectKey key = layout.pending(name);
      found.add(
          new Pending(
              key,
              store.sizeBytes(layout.header(name)).isPresent()
                  ? Optional.empty()
                  : whole(BackupHeader.read(store, layout, name, key))));
    }
    return found;
  }

  private Optional<BackupHeader> whole(Optional<BackupHeader> header) throws IOException {
    return header.isPresent() && isWhole(header.get()) ? header : Optional.empty();
  }

  private boolean isWhole(BackupHeader header) throws IOException {
    if (header.kind() == BackupHeader.Kind.OLD_SINGLE_FILE) {
      return store.sizeBytes(layout.singleFile(header.name())).isPresent();
    }
    Optional<BlockList> blocks = BlockList.find(store, layout, header);
    if (blocks.isEmpty()) {
      return false;
    }
    boolean whole = true;
    try (BlockList list = blocks.get()) {
      for (Optional<BlockRef> block = list.next(); block.isPresent(); block = list.next()) {
        whole &= listed().has(block.get().name(), LISTED);
      }
    }
    return whole;
  }

  private NameMarks listed() throws IOException {
    if (listed.isEmpty()) {
      NameMarks marks = new NameMarks();
      store.list(
          layout.blocksPrefix(),
          (key, size) -> layout.parseBlock(key).ifPresent(name -> marks.add(name, LISTED)));
      listed = Optional.of(marks);
    }
    return listed.get();
  }

  /** Publishes a backup; what waits stays, and is not needed any more. */
  void publish(BackupHeader header) throws IOException {
    Optional<InputStream> waiting = store.open(header.key());
    if (waiting.isPresent()) { // else its writer is done with it
      try (InputStream in = waiting.get()) {
        store.put(layout.header(header.name()), in::transferTo);
      }
    }
  }
}
