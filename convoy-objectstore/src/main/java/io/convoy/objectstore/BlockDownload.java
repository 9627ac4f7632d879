package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Gets one block and checks that it is what was stored. */
final class BlockDownload {
  private static final int STORED_EXTRA_BYTES = 64 * 1024;

  private final ObjectStore store;
  private final BackupLayout layout;
  private final BlockNaming naming;
  private final BlockCodec codec = new BlockCodec();

  BlockDownload(ObjectStore store, BackupLayout layout, BlockNaming naming) {
    this.store = store;
    this.layout = layout;
    this.naming = naming;
  }

  /** Returns how long a stored block can be at most: compression can make it a little longer. */
  static int maxStoredBytes(int contentBytes) {
    return contentBytes + contentBytes / 8 + STORED_EXTRA_BYTES;
  }

  /**
   * Returns a block's content.
   *
   * @throws CorruptDataException if it is missing or damaged, naming the key and the bytes it is
   *     for
   */
  byte[] get(BlockRef block) throws IOException {
    ObjectKey key = layout.block(block.name());
    Optional<byte[]> stored;
    byte[] content;
    try {
      stored = store.get(key, maxStoredBytes(block.lengthBytes()));
      if (stored.isEmpty()) {
        throw bad(block, key, "is missing");
      }
      content = codec.decode(stored.get(), block.lengthBytes());
    } catch (CorruptDataException e) {
      throw e.getMessage().startsWith("Block ")
          ? e
          : bad(block, key, "is damaged: " + e.getMessage());
    }
    if (content.length != block.lengthBytes()) {
      throw bad(
          block, key, "holds %s bytes, expected %s".formatted(content.length, block.lengthBytes()));
    }
    String name = naming.name(ByteBuffer.wrap(content));
    if (!name.equals(block.name())) {
      throw bad(block, key, "has the hash %s".formatted(name));
    }
    return content;
  }

  private static CorruptDataException bad(BlockRef block, ObjectKey key, String what) {
    return new CorruptDataException(
        "Block %s, for bytes %s to %s, %s (object %s)"
            .formatted(block.name(), block.offsetBytes(), block.endBytes() - 1, what, key));
  }
}
