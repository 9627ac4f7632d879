package io.convoy.core;

import static java.nio.file.StandardOpenOption.READ;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * An image file, or a device that nobody writes to, as content.
 *
 * <p>Unless its caller knows better (see {@link SparseFiles}), all of it counts as allocated: holes
 * are read, and found to be zeros.
 */
public final class FileBlockContent implements BlockContent {
  private final Path file;
  private final FileChannel channel;
  private final long sizeBytes;
  private final List<Extent> allocated;
  private final Optional<List<Extent>> changed;

  private FileBlockContent(
      Path file,
      FileChannel channel,
      long sizeBytes,
      List<Extent> allocated,
      Optional<List<Extent>> changed) {
    this.file = file;
    this.channel = channel;
    this.sizeBytes = sizeBytes;
    this.allocated = allocated;
    this.changed = changed;
  }

  /**
   * Opens a file.
   *
   * @param allocated the extents that may hold something, in order, apart; empty if that is not
   *     known
   * @param changed what has changed since the last backup, whichever that is; empty if that is not
   *     known
   * @throws IllegalArgumentException if an extent ends behind the file's end
   */
  public static FileBlockContent open(
      Path file, Optional<List<Extent>> allocated, Optional<List<Extent>> changed)
      throws IOException {
    FileChannel channel = FileChannel.open(file, READ);
    try {
      long sizeBytes = channel.size();
      for (Extent extent : changed.orElse(List.of())) {
        if (extent.endBytes() > sizeBytes) {
          throw new IllegalArgumentException(
              "Changed extent of %s bytes at %s ends behind the end of %s, which is %s bytes long"
                  .formatted(extent.lengthBytes(), extent.offsetBytes(), file, sizeBytes));
        }
      }
      List<Extent> everything = sizeBytes == 0 ? List.of() : List.of(new Extent(0, sizeBytes));
      return new FileBlockContent(
          file,
          channel,
          sizeBytes,
          List.copyOf(allocated.orElse(everything)),
          changed.map(List::copyOf));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public List<Extent> allocated() {
    return allocated;
  }

  @Override
  public Optional<List<Extent>> changedSince(UUID snapshot) {
    return changed;
  }

  @Override
  public void read(long offsetBytes, ByteBuffer buffer) throws IOException {
    long offset = offsetBytes;
    while (buffer.hasRemaining()) {
      int count = channel.read(buffer, offset);
      if (count < 0) {
        throw new EOFException(
            "%s ends at %s, expected %s bytes more: was it cut while it was read?"
                .formatted(file, offset, buffer.remaining()));
      }
      offset += count;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
