package io.convoy.ebs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;

/** The contents of volumes and snapshots: sparse files. */
final class Images {
  /** The block of the EBS direct APIs. */
  static final int BLOCK_BYTES = 512 * 1024;

  static final long GIB = 1L << 30;

  private Images() {}

  static void create(Path image, int sizeGib) {
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), sizeGib * GIB - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void grow(Path image, int sizeGib) {
    Programs.run(List.of("truncate", "-s", Long.toString(sizeGib * GIB), image.toString()));
  }

  static void copy(Path from, Path to) {
    Programs.run(List.of("cp", "--sparse=auto", "--reflink=auto", from.toString(), to + ""));
  }

  static byte[] block(Path image, int index) {
    try (FileChannel channel = FileChannel.open(image)) {
      ByteBuffer buffer = ByteBuffer.allocate(BLOCK_BYTES);
      long offset = (long) index * BLOCK_BYTES;
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          break;
        }
      }
      return buffer.array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the blocks in which there is something. */
  static BitSet written(Path image) {
    ByteBuffer zeros = ByteBuffer.allocateDirect(BLOCK_BYTES);
    BitSet written = new BitSet();
    try (FileChannel channel = FileChannel.open(image)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK_BYTES);
      int blocks = Math.toIntExact(channel.size() / BLOCK_BYTES);
      for (int i = 0; i < blocks; i++) {
        buffer.clear();
        while (buffer.hasRemaining()
            && channel.read(buffer, (long) i * BLOCK_BYTES + buffer.position()) >= 0) {
          // Until it is full.
        }
        written.set(i, buffer.flip().mismatch(zeros.duplicate().limit(buffer.limit())) >= 0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return written;
  }
}
