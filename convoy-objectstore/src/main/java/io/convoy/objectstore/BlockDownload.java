package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import io.convoy.core.TargetFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Gets blocks, and checks that they are what was stored. Safe for several threads. */
final class BlockDownload {
  private static final int STORED_EXTRA_BYTES = 64 * 1024;

  private final ObjectStore store;
  private final BackupLayout layout;
  private final BlockNaming naming;
  private final Pool<Room> rooms;

  /** Where one block is read and decoded. */
  private record Room(ByteBuffer stored, ByteBuffer content) {
    static Room ofBlocks(int maxBlockBytes) {
      int units = maxStoredBytes(maxBlockBytes) / TargetFile.ALIGNMENT_BYTES + 1;
      return new Room(
          TargetFile.allocate(units * TargetFile.ALIGNMENT_BYTES),
          TargetFile.allocate(maxBlockBytes));
    }
  }

  /**
   * Prepares to get blocks.
   *
   * @param maxBlockBytes the longest there may be
   * @param atOnce how many may be got at a time; more wait
   */
  BlockDownload(
      ObjectStore store, BackupLayout layout, BlockNaming naming, int maxBlockBytes, int atOnce) {
    this.store = store;
    this.layout = layout;
    this.naming = naming;
    this.rooms = new Pool<>(atOnce, () -> Room.ofBlocks(maxBlockBytes));
  }

  /** Returns how long a stored block can be at most: compression can make it a little longer. */
  static int maxStoredBytes(int contentBytes) {
    return contentBytes + contentBytes / 8 + STORED_EXTRA_BYTES;
  }

  /** Is given the content of a block, for as long as it runs. */
  @FunctionalInterface
  interface Use<T> {
    T of(ByteBuffer content) throws IOException;
  }

  /**
   * Gets a block's content and returns what {@code use} makes of it.
   *
   * @throws CorruptDataException if it is missing or damaged, naming the key and the bytes it is
   *     for
   */
  <T> T get(BlockRef block, Use<T> use) throws IOException {
    Room room = rooms.take();
    try {
      return use.of(content(block, room));
    } finally {
      rooms.giveBack(room);
    }
  }

  private ByteBuffer content(BlockRef block, Room room) throws IOException {
    ObjectKey key = layout.block(block.name());
    ByteBuffer content;
    try {
      if (!store.read(key, room.stored)) {
        throw bad(block, key, "is missing");
      }
      content = BlockDecoder.decode(room.stored, room.content.limit(block.lengthBytes()));
    } catch (CorruptDataException e) {
      throw e.getMessage().startsWith("Block ")
          ? e
          : bad(block, key, "is damaged: " + e.getMessage());
    }
    if (content.remaining() != block.lengthBytes()) {
      throw bad(
          block,
          key,
          "holds %s bytes, expected %s".formatted(content.remaining(), block.lengthBytes()));
    }
    String name = naming.name(content);
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
