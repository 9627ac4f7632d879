package io.convoy.objectstore;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.convoy.core.CorruptDataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Turns what is stored of a block, by {@link BlockEncoder} or v0.5.2, back into its content. */
final class BlockDecoder {
  private static final int PIECE_BYTES = 64 * 1024;

  private BlockDecoder() {}

  /**
   * Returns the content of a stored block: these bytes themselves, or a part of {@code room}. Both
   * have to be direct buffers; their positions stay.
   *
   * @param room as long as the longest content there may be; no more than this is ever inflated
   * @throws CorruptDataException if {@code stored} is cut, damaged, followed by something else or
   *     longer than the room when inflated
   */
  static ByteBuffer decode(ByteBuffer stored, ByteBuffer room) throws CorruptDataException {
    Compression format = Compression.of(stored).orElse(Compression.NONE);
    return switch (format) {
      case NONE -> {
        if (stored.remaining() > room.remaining()) {
          throw tooLong("a raw", stored, room);
        }
        yield stored.duplicate();
      }
      case ZSTD -> unzstd(stored, room);
      case LZ4 ->
          Lz4Frame.isOwn(stored)
              ? unlz4(stored, room)
              : inflate("an lz4", stored, room, in -> new LZ4FrameInputStream(in, true));
      case GZIP -> inflate("a gzip", stored, room, GzipCompressorInputStream::new);
    };
  }

  private static ByteBuffer unzstd(ByteBuffer stored, ByteBuffer room) throws CorruptDataException {
    String block = "a zstd";
    int position = stored.position();
    int storedBytes = stored.remaining();
    try {
      long frameBytes = Zstd.findDirectByteBufferFrameCompressedSize(stored, position, storedBytes);
      if (Zstd.isError(frameBytes)) {
        throw damaged(block, stored, Zstd.getErrorName(frameBytes));
      }
      if (frameBytes != storedBytes) {
        throw damaged(block, stored, "it ends after %s bytes".formatted(frameBytes));
      }
      long contentBytes = Zstd.getDirectByteBufferFrameContentSize(stored, position, storedBytes);
      if (contentBytes < 0) {
        throw damaged(block, stored, "its header does not give the length of its content");
      }
      if (contentBytes > room.remaining()) {
        throw tooLong(block, stored, room);
      }
      long inflatedBytes =
          Zstd.decompressDirectByteBuffer(
              room, room.position(), (int) contentBytes, stored, position, storedBytes);
      if (Zstd.isError(inflatedBytes)) {
        throw damaged(block, stored, Zstd.getErrorName(inflatedBytes));
      }
      if (inflatedBytes != contentBytes) {
        throw damaged(
            block,
            stored,
            "it holds %s bytes instead of %s".formatted(inflatedBytes, contentBytes));
      }
      return room.slice(room.position(), (int) contentBytes);
    } catch (ZstdException e) {
      throw damaged(block, stored, e.getMessage());
    }
  }

  private static ByteBuffer unlz4(ByteBuffer stored, ByteBuffer room) throws CorruptDataException {
    String block = "an lz4";
    long contentBytes = Lz4Frame.contentBytes(stored);
    if (contentBytes < 0) {
      throw damaged(block, stored, "its header gives a length of %s".formatted(contentBytes));
    }
    if (contentBytes > room.remaining()) {
      throw tooLong(block, stored, room);
    }
    ByteBuffer content = room.slice(room.position(), (int) contentBytes);
    try {
      Lz4Frame.read(stored, content);
    } catch (CorruptDataException e) {
      throw damaged(block, stored, e.getMessage());
    }
    return content.flip();
  }

  private static ByteBuffer inflate(
      String block, ByteBuffer stored, ByteBuffer room, Inflater inflater)
      throws CorruptDataException {
    byte[] bytes = new byte[stored.remaining()];
    stored.duplicate().get(bytes);
    ByteArrayInputStream rest = new ByteArrayInputStream(bytes);
    ByteBuffer content = room.slice();
    byte[] piece = new byte[PIECE_BYTES];
    try (InputStream in = inflater.open(rest)) {
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (n > content.remaining()) {
          throw tooLong(block, stored, room);
        }
        content.put(piece, 0, n);
      }
    } catch (CorruptDataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The libraries meet damage with exceptions of many types; the bytes are all they were given.
      throw damaged(block, stored, e.toString());
    }
    if (rest.available() > 0) {
      throw damaged(
          block, stored, "it ends after %s bytes".formatted(bytes.length - rest.available()));
    }
    return content.flip();
  }

  private static CorruptDataException tooLong(String block, ByteBuffer stored, ByteBuffer room) {
    return new CorruptDataException(
        "%s block stored in %s bytes holds more than the %s bytes there may be"
            .formatted(block, stored.remaining(), room.remaining()));
  }

  private static CorruptDataException damaged(String block, ByteBuffer stored, String why) {
    return new CorruptDataException(
        "%s block stored in %s bytes is damaged: %s".formatted(block, stored.remaining(), why));
  }

  @FunctionalInterface
  private interface Inflater {
    InputStream open(InputStream in) throws IOException;
  }
}
