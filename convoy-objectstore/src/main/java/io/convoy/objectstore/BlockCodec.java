package io.convoy.objectstore;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.convoy.core.CorruptDataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Turns the content of a block into what is stored of it, and back.
 *
 * <p>What is stored says by its first bytes how it was compressed; what starts like none of the
 * formats is raw. So content that starts like one of them is never stored raw, even where that
 * costs a few bytes. Safe for use by several threads.
 */
final class BlockCodec {
  private static final int ZSTD_LEVEL = 1;
  private static final int ZSTD_MAGIC = 0x28b52ffd;
  private static final int LZ4_MAGIC = 0x04224d18;
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int GZIP_BUFFER_BYTES = 64 * 1024;

  /**
   * Returns what to store for the remaining bytes of {@code content}, whose position stays.
   *
   * <p>Content is kept raw where compression does not make it smaller, except with {@link
   * Compression#GZIP}: v0.5.2, for which that one is, can't read raw blocks.
   */
  byte[] encode(Compression compression, ByteBuffer content) {
    byte[] raw = new byte[content.remaining()];
    content.duplicate().get(raw);
    boolean rawIsAmbiguous = format(raw).isPresent();
    if (compression == Compression.GZIP) {
      return gzip(raw);
    }
    if (compression == Compression.NONE && !rawIsAmbiguous) {
      return raw;
    }
    byte[] compressed = compression == Compression.LZ4 ? lz4(raw) : Zstd.compress(raw, ZSTD_LEVEL);
    return compressed.length < raw.length || rawIsAmbiguous ? compressed : raw;
  }

  /**
   * Returns the content of a stored block.
   *
   * @param maxContentBytes the longest content there may be; no more than this is ever inflated
   * @throws CorruptDataException if {@code stored} is cut, damaged, followed by something else or
   *     longer than {@code maxContentBytes} when inflated
   */
  byte[] decode(byte[] stored, int maxContentBytes) throws CorruptDataException {
    Optional<Compression> format = format(stored);
    if (format.isEmpty()) {
      if (stored.length > maxContentBytes) {
        throw tooLong("a raw", stored, maxContentBytes);
      }
      return stored.clone();
    }
    return switch (format.get()) {
      case ZSTD -> unzstd(stored, maxContentBytes);
      case LZ4 ->
          inflate("an lz4", stored, maxContentBytes, in -> new LZ4FrameInputStream(in, true));
      case GZIP -> inflate("a gzip", stored, maxContentBytes, BlockCodec::gunzip);
      case NONE -> throw new IllegalStateException("raw blocks have no first bytes of their own");
    };
  }

  private static Optional<Compression> format(byte[] stored) {
    if (stored.length >= 2 && ((stored[0] & 0xff) << 8 | (stored[1] & 0xff)) == GZIP_MAGIC) {
      return Optional.of(Compression.GZIP);
    }
    if (stored.length < Integer.BYTES) {
      return Optional.empty();
    }
    return switch (ByteBuffer.wrap(stored).getInt()) {
      case ZSTD_MAGIC -> Optional.of(Compression.ZSTD);
      case LZ4_MAGIC -> Optional.of(Compression.LZ4);
      default -> Optional.empty();
    };
  }

  private static byte[] gzip(byte[] raw) {
    return compress(
        raw,
        out ->
            new GZIPOutputStream(out, GZIP_BUFFER_BYTES) {
              {
                def.setLevel(Deflater.BEST_SPEED);
              }
            });
  }

  private static byte[] lz4(byte[] raw) {
    return compress(
        raw,
        out ->
            new LZ4FrameOutputStream(
                out,
                lz4BlockSize(raw.length),
                raw.length,
                LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE,
                LZ4FrameOutputStream.FLG.Bits.CONTENT_SIZE));
  }

  /** The smallest that takes the content in one piece: reader and writer allocate that much. */
  private static LZ4FrameOutputStream.BLOCKSIZE lz4BlockSize(int bytes) {
    if (bytes <= 64 << 10) {
      return LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB;
    }
    if (bytes <= 256 << 10) {
      return LZ4FrameOutputStream.BLOCKSIZE.SIZE_256KB;
    }
    return bytes <= 1 << 20
        ? LZ4FrameOutputStream.BLOCKSIZE.SIZE_1MB
        : LZ4FrameOutputStream.BLOCKSIZE.SIZE_4MB;
  }

  private static byte[] compress(byte[] raw, Compressor compressor) {
    ByteArrayOutputStream stored = new ByteArrayOutputStream(raw.length / 2 + 64);
    try (OutputStream out = compressor.open(stored)) {
      out.write(raw);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return stored.toByteArray();
  }

  private static InputStream gunzip(InputStream in) throws IOException {
    return new GzipCompressorInputStream(in);
  }

  private static byte[] unzstd(byte[] stored, int maxContentBytes) throws CorruptDataException {
    String block = "a zstd";
    try {
      long frameBytes = Zstd.findFrameCompressedSize(stored);
      if (frameBytes != stored.length) {
        throw damaged(block, stored, "it ends after %s bytes".formatted(frameBytes));
      }
      long contentBytes = Zstd.getFrameContentSize(stored);
      if (contentBytes < 0) {
        throw damaged(block, stored, "its header does not give the length of its content");
      }
      if (contentBytes > maxContentBytes) {
        throw tooLong(block, stored, maxContentBytes);
      }
      byte[] content = new byte[(int) contentBytes];
      long inflatedBytes = Zstd.decompress(content, stored);
      if (inflatedBytes != contentBytes) {
        throw damaged(
            block,
            stored,
            "it holds %s bytes instead of %s".formatted(inflatedBytes, contentBytes));
      }
      return content;
    } catch (ZstdException e) {
      throw damaged(block, stored, e.getMessage());
    }
  }

  private static byte[] inflate(String block, byte[] stored, int maxContentBytes, Inflater inflater)
      throws CorruptDataException {
    ByteArrayInputStream rest = new ByteArrayInputStream(stored);
    byte[] content = new byte[(int) Math.min(maxContentBytes, Math.max(512L, stored.length * 4L))];
    int length = 0;
    try (InputStream in = inflater.open(rest)) {
      while (true) {
        if (length == content.length) {
          if (length == maxContentBytes) {
            if (in.read() >= 0) {
              throw tooLong(block, stored, maxContentBytes);
            }
            break;
          }
          content = Arrays.copyOf(content, (int) Math.min(maxContentBytes, length * 2L));
        }
        int n = in.read(content, length, content.length - length);
        if (n < 0) {
          break;
        }
        length += n;
      }
    } catch (CorruptDataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The libraries meet damage with exceptions of many types; the bytes are all they were given.
      throw damaged(block, stored, e.toString());
    }
    if (rest.available() > 0) {
      throw damaged(
          block, stored, "it ends after %s bytes".formatted(stored.length - rest.available()));
    }
    return length == content.length ? content : Arrays.copyOf(content, length);
  }

  private static CorruptDataException tooLong(String block, byte[] stored, int maxContentBytes) {
    return new CorruptDataException(
        "%s block stored in %s bytes holds more than the %s bytes there may be"
            .formatted(block, stored.length, maxContentBytes));
  }

  private static CorruptDataException damaged(String block, byte[] stored, String why) {
    return new CorruptDataException(
        "%s block stored in %s bytes is damaged: %s".formatted(block, stored.length, why));
  }

  @FunctionalInterface
  private interface Compressor {
    OutputStream open(OutputStream out) throws IOException;
  }

  @FunctionalInterface
  private interface Inflater {
    InputStream open(InputStream in) throws IOException;
  }
}
