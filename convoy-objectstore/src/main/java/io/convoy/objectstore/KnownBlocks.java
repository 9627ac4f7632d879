package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * The blocks that a backup need not store again. That a block is listed is not enough: a crash or a
 * full disk may have left it half written. Those of a published backup were on stable storage
 * before it was published, so if they are listed and not empty they count, unless somebody who
 * verified a backup has noted that they are damaged; any other is read and checked first.
 */
final class KnownBlocks {
  private static final int LISTED = 1;
  private static final int PUBLISHED = 2;
  private static final int CLAIMED = 4;
  private static final int DOUBTED = 8;
  private static final int READERS = Runtime.getRuntime().availableProcessors();

  private final BackupLayout layout;
  private final BlockDownload download;
  private final NameMarks marks;
  private final boolean publishedAreTrusted;
  private final List<String> doubted;

  private KnownBlocks(
      BackupLayout layout,
      BlockDownload download,
      NameMarks marks,
      boolean publishedAreTrusted,
      List<String> doubted) {
    this.layout = layout;
    this.download = download;
    this.marks = marks;
    this.publishedAreTrusted = publishedAreTrusted;
    this.doubted = doubted;
  }

  /** Opens the map of a published backup. */
  @FunctionalInterface
  interface MapSource {
    /** Opens it; throws {@link CorruptDataException} if it is not there or damaged. */
    BlockList open() throws IOException;
  }

  /**
   * What the store lists of a volume's blocks.
   *
   * @param doubted the names of those that somebody has noted as damaged
   */
  record Listed(NameMarks marks, List<String> doubted) {
    /** Begins to ask the store, which may take many pages; to be cancelled when not needed. */
    static Future<Listed> begin(ObjectStore store, BackupLayout layout) {
      Future<List<String>> doubted = Tasks.begin(() -> doubted(store, layout));
      return Tasks.begin(() -> new Listed(blocks(store, layout), Tasks.get(doubted)));
    }

    private static NameMarks blocks(ObjectStore store, BackupLayout layout) throws IOException {
      NameMarks marks = new NameMarks();
      store.list(
          layout.blocksPrefix(),
          (key, size) -> {
            if (Thread.interrupted()) {
              throw new InterruptedIOException("cancelled");
            }
            if (size > 0) {
              layout.parseBlock(key).ifPresent(name -> marks.add(name, LISTED));
            }
          });
      return marks;
    }

    private static List<String> doubted(ObjectStore store, BackupLayout layout) throws IOException {
      List<String> names = new ArrayList<>();
      store.list(
          layout.damagedPrefix(), (key, size) -> layout.parseDamaged(key).ifPresent(names::add));
      return names;
    }
  }

  /**
   * Finds out from a listing and, if there is a backup before, its map.
   *
   * @param maxBlockBytes the longest block there may be
   * @param last the map of the last backup of this very volume
   */
  static KnownBlocks find(
      ObjectStore store,
      BackupLayout layout,
      BlockNaming naming,
      int maxBlockBytes,
      Future<Listed> listing,
      Optional<MapSource> last)
      throws IOException {
    Listed listed;
    try {
      listed = Tasks.get(listing);
    } finally {
      listing.cancel(true); // if this thread was interrupted while it waited
    }
    NameMarks marks = listed.marks;
    listed.doubted.forEach(name -> marks.add(name, DOUBTED));
    boolean trusted = true;
    if (last.isPresent()) {
      try (BlockList map = last.get().open()) {
        for (Optional<BlockRef> block = map.next(); block.isPresent(); block = map.next()) {
          marks.add(block.get().name(), PUBLISHED);
        }
      } catch (CorruptDataException e) {
        // A damaged base must not keep new backups from being made: trust none of it.
        trusted = false;
      }
    }
    return new KnownBlocks(
        layout,
        new BlockDownload(store, layout, naming, maxBlockBytes, READERS),
        marks,
        trusted,
        listed.doubted);
  }

  /** Returns whether the store lists a block that is not empty, nor noted as damaged. */
  boolean isListed(String name) {
    return marks.has(name, LISTED) && !marks.has(name, DOUBTED);
  }

  /** Returns the notes of damaged blocks that this backup has made whole, or found so. */
  List<ObjectKey> mended() {
    return doubted.stream().filter(name -> marks.has(name, CLAIMED)).map(layout::damaged).toList();
  }

  /**
   * Returns whether the caller is to store a block: the first who asks, unless the store has it.
   */
  boolean claim(String name, int lengthBytes) throws IOException {
    return marks.add(name, CLAIMED) && !has(name, lengthBytes);
  }

  private boolean has(String name, int lengthBytes) throws IOException {
    return marks.has(name, LISTED)
        && ((publishedAreTrusted && marks.has(name, PUBLISHED) && !marks.has(name, DOUBTED))
            || isWhole(name, lengthBytes));
  }

  private boolean isWhole(String name, int lengthBytes) throws IOException {
    try {
      return download.get(new BlockRef(0, lengthBytes, name), content -> true);
    } catch (CorruptDataException e) {
      return false; // stored anew, which mends it for the backups that have it
    }
  }
}
