package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The blocks of a backup in order of offset, read as a stream. They are only to be believed once
 * the end was returned.
 */
interface BlockList extends AutoCloseable {
  /** Returns the next block, or empty at the end, when the list has proved whole. */
  Optional<BlockRef> next() throws IOException;

  /** Returns what to call the list in messages. */
  String key();

  @Override
  void close() throws IOException;

  /**
   * Opens the list of a backup that is made of blocks.
   *
   * @throws CorruptDataException if it is missing
   */
  static BlockList open(ObjectStore store, BackupLayout layout, BackupHeader header)
      throws IOException {
    return find(store, layout, header)
        .orElseThrow(() -> new CorruptDataException(key(layout, header) + " is missing"));
  }

  /** Opens the list of a backup that is made of blocks, unless it is missing. */
  static Optional<BlockList> find(ObjectStore store, BackupLayout layout, BackupHeader header)
      throws IOException {
    ObjectKey key = key(layout, header);
    Optional<InputStream> stored = store.open(key);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        header.map().isPresent()
            ? BlockMapReader.open(key, stored.get(), header)
            : new HeaderReader(key, stored.get()));
  }

  private static ObjectKey key(BackupLayout layout, BackupHeader header) {
    return switch (header.kind()) {
      case TREE, BLOCKS -> layout.map(header.name());
      case OLD_BLOCKS -> header.key();
      case OLD_SINGLE_FILE -> throw new IllegalStateException("a single file has no blocks");
    };
  }
}
