package io.convoy.core;

import static java.nio.file.StandardOpenOption.WRITE;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file or device that much is written to, past the system's page cache where that can be: what is
 * restored or stored is not read again soon, and would push out of memory what is.
 *
 * <p>Writes go past the cache (O_DIRECT, see open(2)) if the file system can do that in units of
 * {@link #ALIGNMENT_BYTES} and if place, length and memory are multiples of those; others go
 * through the cache. Safe for several threads, as long as they write to different places.
 */
public final class TargetFile implements AutoCloseable {
  /** Of what a write's offset, length and memory address are to be multiples, in bytes. */
  public static final int ALIGNMENT_BYTES = 4096;

  private final FileChannel cached;
  private final Optional<FileChannel> direct;

  private TargetFile(FileChannel cached, Optional<FileChannel> direct) {
    this.cached = cached;
    this.direct = direct;
  }

  /**
   * Opens a file for writing.
   *
   * @param options beside {@link java.nio.file.StandardOpenOption#WRITE}, such as CREATE_NEW
   */
  public static TargetFile open(Path file, OpenOption... options) throws IOException {
    OpenOption[] all = new OpenOption[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = WRITE;
    FileChannel cached = FileChannel.open(file, all);
    try {
      return new TargetFile(cached, openDirect(file));
    } catch (IOException | RuntimeException e) {
      cached.close();
      throw e;
    }
  }

  private static Optional<FileChannel> openDirect(Path file) throws IOException {
    // Network file systems tell of units of up to 1 MiB here; for them the cache is better anyway:
    // without it each write would have to be on the server's disk before it returns.
    if (ALIGNMENT_BYTES % Files.getFileStore(file).getBlockSize() != 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(FileChannel.open(file, WRITE, ExtendedOpenOption.DIRECT));
    } catch (IOException | UnsupportedOperationException e) {
      // tmpfs, for one, refuses it; the file itself has just been opened.
      return Optional.empty();
    }
  }

  /** Returns a buffer outside the heap whose content can be written past the cache. */
  public static ByteBuffer allocate(int capacityBytes) {
    // A unit for where the memory starts, and one for the end, which is cut to whole units.
    return ByteBuffer.allocateDirect(capacityBytes + 2 * ALIGNMENT_BYTES)
        .alignedSlice(ALIGNMENT_BYTES)
        .slice(0, capacityBytes);
  }

  /** Returns whether a buffer's content starts where it can be written past the cache. */
  public static boolean isAligned(ByteBuffer data) {
    return data.isDirect() && data.alignmentOffset(data.position(), ALIGNMENT_BYTES) == 0;
  }

  /** Writes all of the buffer's remaining bytes at an offset. */
  public void write(long offsetBytes, ByteBuffer data) throws IOException {
    int aligned = data.remaining() - data.remaining() % ALIGNMENT_BYTES;
    boolean fits = offsetBytes % ALIGNMENT_BYTES == 0 && isAligned(data);
    if (direct.isEmpty() || !fits || aligned == 0) {
      writeFully(cached, offsetBytes, data);
      return;
    }
    int end = data.limit();
    data.limit(data.position() + aligned);
    writeDirectly(direct.get(), offsetBytes, data);
    data.limit(end);
    writeFully(cached, offsetBytes + aligned, data);
  }

  private void writeDirectly(FileChannel channel, long offsetBytes, ByteBuffer data)
      throws IOException {
    long offset = offsetBytes;
    while (data.remaining() >= ALIGNMENT_BYTES && data.remaining() % ALIGNMENT_BYTES == 0) {
      offset += channel.write(data, offset);
    }
    // Cut short somewhere in a unit, as a disk that is nearly full may do it.
    writeFully(cached, offset, data);
  }

  /** Writes all of a buffer's remaining bytes to a file, at an offset. */
  public static void writeFully(FileChannel channel, long offsetBytes, ByteBuffer data)
      throws IOException {
    long offset = offsetBytes;
    while (data.hasRemaining()) {
      offset += channel.write(data, offset);
    }
  }

  /** Returns when everything written is on stable storage. */
  public void flush() throws IOException {
    cached.force(true);
  }

  @Override
  public void close() throws IOException {
    try (cached) {
      if (direct.isPresent()) {
        direct.get().close();
      }
    }
  }
}
