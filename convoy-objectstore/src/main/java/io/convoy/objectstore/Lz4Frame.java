package io.convoy.objectstore;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Writes LZ4 frames from memory outside the heap to such memory; the library's stream would copy
 * all of it to the heap and back.
 *
 * <p>The form is that of the <a
 * href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md">LZ4 Frame Format 1.6</a>:
 * independent pieces, the length of the content in the header, no checksums of the content, whose
 * SHA-256 is its name.
 */
final class Lz4Frame {
  /** LZ4 looks back 64 KiB, so longer pieces gain next to nothing; readers allocate as much. */
  private static final int PIECE_BYTES = 256 << 10;

  private static final int MAGIC = 0x184d2204;

  /** Version 1, independent pieces, content size given. */
  private static final byte FLAGS = 0b0110_1000;

  /** Pieces of at most 256 KiB. */
  private static final byte MAX_PIECE = 5 << 4;

  private static final int UNCOMPRESSED = 1 << 31;
  private static final int DESCRIPTOR_BYTES = 2 + Long.BYTES;

  private static final LZ4Compressor COMPRESSOR = LZ4Factory.fastestInstance().fastCompressor();
  private static final XXHash32 HASH = XXHashFactory.fastestInstance().hash32();

  private Lz4Frame() {}

  /**
   * Writes the remaining bytes of {@code content} as one frame.
   *
   * @param room with {@link BlockEncoder#maxStoredBytes} of the content left
   * @return the part of {@code room} that holds the frame
   */
  static ByteBuffer write(ByteBuffer content, ByteBuffer room) {
    ByteBuffer frame = room.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(MAGIC);
    int descriptor = frame.position();
    frame.put(FLAGS).put(MAX_PIECE).putLong(content.remaining());
    int hash = HASH.hash(frame, descriptor, DESCRIPTOR_BYTES, 0);
    frame.put((byte) (hash >>> 8));
    for (int at = content.position(); at < content.limit(); at += PIECE_BYTES) {
      writePiece(content, at, Math.min(PIECE_BYTES, content.limit() - at), frame);
    }
    return frame.putInt(0).flip();
  }

  private static void writePiece(ByteBuffer content, int at, int length, ByteBuffer frame) {
    int start = frame.position() + Integer.BYTES;
    int compressed =
        COMPRESSOR.compress(content, at, length, frame, start, frame.capacity() - start);
    if (compressed < length) {
      frame.putInt(compressed).position(start + compressed);
    } else {
      frame.putInt(length | UNCOMPRESSED).put(content.slice(at, length));
    }
  }
}
