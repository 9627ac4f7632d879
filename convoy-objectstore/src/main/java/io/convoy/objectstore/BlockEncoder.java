package io.convoy.objectstore;

import com.fasterxml.jackson.databind.util.ByteBufferBackedOutputStream;
import com.github.luben.zstd.ZstdCompressCtx;
import io.convoy.core.TargetFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Turns the content of a block into what is stored of it; {@link BlockDecoder} turns it back.
 *
 * <p>What is stored says by its first bytes how it was compressed; what starts like none of the
 * formats is raw. So content that starts like one of them is never stored raw, even where that
 * costs a few bytes. For one thread at a time: it has native memory, which it uses again for each
 * block.
 */
final class BlockEncoder implements AutoCloseable {
  /** The first of zstd's fast levels. */
  private static final int ZSTD_LEVEL = -1;

  /** Longer content than this counts as large to zstd: matches are longer, too. */
  private static final int LARGE_BYTES = 256 * 1024;

  /**
   * The logarithm of the size of the table of matches for large content: twice what the level has,
   * so that as much is found as with shorter matches, and a full backup of a device takes six
   * sevenths of the time. The table no longer fits into the processor's first cache, and need not.
   */
  private static final int LARGE_HASH_LOG = 14;

  private static final int HASH_LOG_OF_LEVEL = 0;

  private static final int PIECE_BYTES = 64 * 1024;

  private final Compression compression;
  private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
  private final Optional<Lz4Frame.Writer> lz4;
  private final byte[] piece = new byte[PIECE_BYTES];

  BlockEncoder(Compression compression) {
    this.compression = compression;
    this.lz4 =
        compression == Compression.LZ4 ? Optional.of(new Lz4Frame.Writer()) : Optional.empty();
  }

  /** Returns how much room one block's content can take, with what {@link #compress} leaves out. */
  static int maxStoredBytes(int contentBytes) {
    return contentBytes + contentBytes / 64 + 1024 + TargetFile.ALIGNMENT_BYTES;
  }

  /**
   * Writes what to store for the remaining bytes of {@code content} to {@code room} from its
   * position on, which moves behind it, and returns that part of it. Both have to be direct
   * buffers. It starts where it can be written past the system's cache, if the room itself does.
   *
   * <p>Returns empty, and leaves the room as it is, where those bytes are best stored raw since
   * compression does not make them fewer. With {@link Compression#GZIP} it never does: v0.5.2, for
   * which that one is, can't read raw blocks.
   *
   * @param room with at least {@link #maxStoredBytes} left
   */
  Optional<ByteBuffer> compress(ByteBuffer content, ByteBuffer room) {
    boolean rawIsAmbiguous = Compression.of(content).isPresent();
    if (compression == Compression.NONE && !rawIsAmbiguous) {
      return Optional.empty();
    }
    int start = nextUnit(room);
    int length = write(content, room.duplicate().position(start).slice()).remaining();
    if (length >= content.remaining() && !rawIsAmbiguous && compression != Compression.GZIP) {
      return Optional.empty();
    }
    room.position(start + length);
    return Optional.of(room.slice(start, length));
  }

  /** Copies content to the room as {@link #compress} does what it makes of it. */
  static ByteBuffer copy(ByteBuffer content, ByteBuffer room) {
    int start = nextUnit(room);
    room.position(start).put(content.duplicate());
    return room.slice(start, content.remaining());
  }

  private static int nextUnit(ByteBuffer room) {
    return room.position() + (-room.position() & (TargetFile.ALIGNMENT_BYTES - 1));
  }

  private ByteBuffer write(ByteBuffer content, ByteBuffer room) {
    return switch (compression) {
      case GZIP -> through(content, room, BlockEncoder::gzip);
      case LZ4 -> lz4.orElseThrow().write(content, room);
      case ZSTD, NONE -> zstd(content, room);
    };
  }

  private ByteBuffer zstd(ByteBuffer content, ByteBuffer room) {
    zstd.setHashLog(content.remaining() > LARGE_BYTES ? LARGE_HASH_LOG : HASH_LOG_OF_LEVEL);
    int length =
        zstd.compressDirectByteBuffer(
            room, 0, room.capacity(), content, content.position(), content.remaining());
    return room.slice(0, length);
  }

  private static OutputStream gzip(OutputStream out) throws IOException {
    return new GZIPOutputStream(out, PIECE_BYTES) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    };
  }

  private ByteBuffer through(ByteBuffer content, ByteBuffer room, Compressor compressor) {
    ByteBuffer stored = room.duplicate();
    ByteBuffer rest = content.duplicate();
    try (OutputStream out = compressor.open(new ByteBufferBackedOutputStream(stored))) {
      while (rest.hasRemaining()) {
        int length = Math.min(piece.length, rest.remaining());
        rest.get(piece, 0, length);
        out.write(piece, 0, length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return stored.flip();
  }

  @Override
  public void close() {
    zstd.close();
    lz4.ifPresent(Lz4Frame.Writer::close);
  }

  @FunctionalInterface
  private interface Compressor {
    OutputStream open(OutputStream out) throws IOException;
  }
}
