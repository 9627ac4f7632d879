package io.convoy.devmapper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What the first block of a pool's metadata device says.
 *
 * @param blockSectors the pool's block size
 */
record MetadataSuperblock(long transactionId, long blockSectors) {
  /** A device that begins with this many zeros is given to a new pool by the kernel. */
  static final int BYTES = 4096;

  // struct thin_disk_superblock in drivers/md/dm-thin-metadata.c, little-endian
  private static final long MAGIC = 27022010;
  private static final int MAGIC_OFFSET = 32;
  private static final int TRANSACTION_ID_OFFSET = 48;
  private static final int BLOCK_SECTORS_OFFSET = 336;

  /** What a metadata device holds. */
  enum Content {
    NOTHING,
    POOL,
    SOMETHING_ELSE
  }

  /** Returns what a device holds. */
  static Content content(Path device) throws IOException {
    ByteBuffer block = read(device);
    if (block.getLong(MAGIC_OFFSET) == MAGIC) {
      return Content.POOL;
    }
    while (block.hasRemaining()) {
      if (block.get() != 0) {
        return Content.SOMETHING_ELSE;
      }
    }
    return Content.NOTHING;
  }

  /** Returns what is said of the pool, or empty if the device holds none. */
  static Optional<MetadataSuperblock> of(Path device) throws IOException {
    ByteBuffer block = read(device);
    return block.getLong(MAGIC_OFFSET) == MAGIC
        ? Optional.of(
            new MetadataSuperblock(
                block.getLong(TRANSACTION_ID_OFFSET), block.getInt(BLOCK_SECTORS_OFFSET)))
        : Optional.empty();
  }

  private static ByteBuffer read(Path device) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
      while (block.hasRemaining()) {
        if (channel.read(block, block.position()) < 0) {
          throw new IOException(
              "'%s' ends after %s bytes, expected a block device of some MiB"
                  .formatted(device, block.position()));
        }
      }
    }
    return block.flip();
  }

  /** Clears a device's superblock, which makes it one for a new pool. */
  static void wipe(Path device) throws IOException {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocate(BYTES);
      while (zeros.hasRemaining()) {
        channel.write(zeros, zeros.position());
      }
      channel.force(true);
    }
  }
}
