package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4JNIFastResetCompressor;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Writes LZ4 frames from memory outside the heap to such memory, and reads those; the library's
 * streams would copy all of it to the heap and back.
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

  /** Twice the steps of LZ4's default: a twelfth faster for a fortieth more bytes. */
  private static final int ACCELERATION = 2;

  private static final LZ4SafeDecompressor DECOMPRESSOR =
      LZ4Factory.fastestInstance().safeDecompressor();
  private static final XXHash32 HASH = XXHashFactory.fastestInstance().hash32();

  private Lz4Frame() {}

  /** Writes frames, one at a time. */
  static final class Writer implements AutoCloseable {
    private final LZ4Compressor compressor = compressor();

    private static LZ4Compressor compressor() {
      LZ4Factory lz4 = LZ4Factory.fastestInstance();
      try {
        return lz4.fastResetCompressor(ACCELERATION);
      } catch (UnsupportedOperationException e) {
        // Where the library has no native code, it has no such choice.
        return lz4.fastCompressor();
      }
    }

    /**
     * Writes the remaining bytes of {@code content} as one frame.
     *
     * @param room with {@link BlockEncoder#maxStoredBytes} of the content left
     * @return the part of {@code room} that holds the frame
     */
    ByteBuffer write(ByteBuffer content, ByteBuffer room) {
      ByteBuffer frame = room.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      frame.putInt(MAGIC);
      int descriptor = frame.position();
      frame.put(FLAGS).put(MAX_PIECE).putLong(content.remaining());
      frame.put(check(frame, descriptor));
      for (int at = content.position(); at < content.limit(); at += PIECE_BYTES) {
        writePiece(content, at, Math.min(PIECE_BYTES, content.limit() - at), frame);
      }
      return frame.putInt(0).flip();
    }

    private void writePiece(ByteBuffer content, int at, int length, ByteBuffer frame) {
      int start = frame.position() + Integer.BYTES;
      int compressed =
          compressor.compress(content, at, length, frame, start, frame.capacity() - start);
      if (compressed < length) {
        frame.putInt(compressed).position(start + compressed);
      } else {
        frame.putInt(length | UNCOMPRESSED).put(content.slice(at, length));
      }
    }

    @Override
    public void close() {
      if (compressor instanceof LZ4JNIFastResetCompressor withMemory) {
        withMemory.close();
      }
    }
  }

  private static byte check(ByteBuffer frame, int descriptor) {
    return (byte) (HASH.hash(frame, descriptor, DESCRIPTOR_BYTES, 0) >>> 8);
  }

  /** Returns whether a frame has the form that {@link Writer} gives it; there are others. */
  static boolean isOwn(ByteBuffer stored) {
    int start = stored.position();
    return stored.remaining() > Integer.BYTES + DESCRIPTOR_BYTES
        && stored.get(start + Integer.BYTES) == FLAGS
        && stored.get(start + Integer.BYTES + 1) == MAX_PIECE;
  }

  /** Returns how much content a frame of that form says that it has; a damaged one may say more. */
  static long contentBytes(ByteBuffer stored) {
    return stored
        .duplicate()
        .order(ByteOrder.LITTLE_ENDIAN)
        .getLong(stored.position() + Integer.BYTES + 2);
  }

  /**
   * Reads a frame of that form.
   *
   * @param content of which as much is left as the frame says that it has; is filled
   * @throws CorruptDataException if it is cut, damaged or followed by something else
   */
  static void read(ByteBuffer stored, ByteBuffer content) throws CorruptDataException {
    ByteBuffer frame = stored.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int descriptor = frame.position() + Integer.BYTES;
    frame.position(descriptor + DESCRIPTOR_BYTES);
    if (frame.get() != check(frame, descriptor)) {
      throw new CorruptDataException("its header does not fit its checksum");
    }
    for (int word = word(frame); word != 0; word = word(frame)) {
      readPiece(frame, word, content);
    }
    if (content.hasRemaining()) {
      throw new CorruptDataException("it lacks %s bytes".formatted(content.remaining()));
    }
    if (frame.hasRemaining()) {
      throw new CorruptDataException(
          "it ends after %s bytes".formatted(frame.position() - stored.position()));
    }
  }

  private static int word(ByteBuffer frame) throws CorruptDataException {
    if (frame.remaining() < Integer.BYTES) {
      throw new CorruptDataException("it is cut");
    }
    return frame.getInt();
  }

  private static void readPiece(ByteBuffer frame, int word, ByteBuffer content)
      throws CorruptDataException {
    int stored = word & ~UNCOMPRESSED;
    int most = Math.min(PIECE_BYTES, content.remaining());
    if (stored > frame.remaining()) {
      throw new CorruptDataException("it is cut");
    }
    int at = frame.position();
    if (stored == word) {
      content.position(content.position() + inflate(frame, stored, content, most));
    } else if (stored > most) {
      throw new CorruptDataException("it holds more than it says");
    } else {
      content.put(frame.slice(at, stored));
    }
    frame.position(at + stored);
  }

  private static int inflate(ByteBuffer frame, int stored, ByteBuffer content, int most)
      throws CorruptDataException {
    try {
      return DECOMPRESSOR.decompress(
          frame, frame.position(), stored, content, content.position(), most);
    } catch (RuntimeException e) {
      // The library meets damage with exceptions of several types.
      throw new CorruptDataException(e.toString());
    }
  }
}
