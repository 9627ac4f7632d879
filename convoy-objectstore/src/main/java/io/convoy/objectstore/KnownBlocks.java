package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.util.Optional;

/**
 * The blocks that a backup need not store again. That a block is listed is not enough: a crash or a
 * full disk may have left it half written. Those of a published backup were on stable storage
 * before it was published, so if they are listed and not empty they count; any other is read and
 * checked first.
 */
final class KnownBlocks {
  private static final int LISTED = 1;
  private static final int PUBLISHED = 2;
  private static final int CLAIMED = 4;
  private static final int READERS = Runtime.getRuntime().availableProcessors();

  private final BlockDownload download;
  private final NameMarks marks;
  private final boolean publishedAreTrusted;

  private KnownBlocks(BlockDownload download, NameMarks marks, boolean publishedAreTrusted) {
    this.download = download;
    this.marks = marks;
    this.publishedAreTrusted = publishedAreTrusted;
  }

  /** Opens the map of a published backup. */
  @FunctionalInterface
  interface MapSource {
    /** Opens it; throws {@link CorruptDataException} if it is not there or damaged. */
    BlockMapReader open() throws IOException;
  }

  /**
   * Finds out with one listing and, if there is a backup before, its map.
   *
   * @param maxBlockBytes the longest block there may be
   * @param last the map of the last backup of this very volume
   */
  static KnownBlocks find(
      ObjectStore store,
      BackupLayout layout,
      BlockNaming naming,
      int maxBlockBytes,
      Optional<MapSource> last)
      throws IOException {
    NameMarks marks = new NameMarks();
    store.list(
        layout.blocksPrefix(),
        (key, size) -> {
          if (size > 0) {
            layout.parseBlock(key).ifPresent(name -> marks.add(name, LISTED));
          }
        });
    boolean trusted = true;
    if (last.isPresent()) {
      try (BlockMapReader map = last.get().open()) {
        for (Optional<BlockRef> block = map.next(); block.isPresent(); block = map.next()) {
          marks.add(block.get().name(), PUBLISHED);
        }
      } catch (CorruptDataException e) {
        // A damaged base must not keep new backups from being made: trust none of it.
        trusted = false;
      }
    }
    return new KnownBlocks(
        new BlockDownload(store, layout, naming, maxBlockBytes, READERS), marks, trusted);
  }

  /** Returns whether the store lists a block that is not empty. */
  boolean isListed(String name) {
    return marks.has(name, LISTED);
  }

  /**
   * Returns whether the caller is to store a block: the first who asks, unless the store has it.
   */
  boolean claim(String name, int lengthBytes) throws IOException {
    return marks.add(name, CLAIMED) && !has(name, lengthBytes);
  }

  private boolean has(String name, int lengthBytes) throws IOException {
    return marks.has(name, LISTED)
        && ((publishedAreTrusted && marks.has(name, PUBLISHED)) || isWhole(name, lengthBytes));
  }

  private boolean isWhole(String name, int lengthBytes) throws IOException {
    try {
      return download.get(new BlockRef(0, lengthBytes, name), content -> true);
    } catch (CorruptDataException e) {
      return false; // stored anew, which mends it for the backups that have it
    }
  }
}
