package io.convoy.core;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;

import io.convoy.core.state.AtomicFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An image file to be made: sparse, and under its name only when it is whole and on stable storage.
 * Closing it before {@link #publish} leaves nothing.
 */
public final class FileBlockTarget implements BlockTarget, AutoCloseable {
  /**
   * Types of file systems where content takes as much room as it is long, and that tell how much
   * they have. Others may compress it, or a server behind them may.
   */
  private static final Set<String> TAKING_THEIR_LENGTH = Set.of("ext2", "ext3", "ext4", "xfs");

  private final Path file;
  private final Path temporary;
  private final boolean replace;
  private final TargetFile target;
  private final long sizeBytes;
  private boolean published;

  private FileBlockTarget(
      Path file, Path temporary, boolean replace, TargetFile target, long sizeBytes) {
    this.file = file;
    this.temporary = temporary;
    this.replace = replace;
    this.target = target;
    this.sizeBytes = sizeBytes;
  }

  /**
   * Starts to make a file.
   *
   * @param replace whether to replace a file that is there, when the new one is whole
   * @throws AlreadyExistsException if there is one and it is not to be replaced
   * @throws IllegalArgumentException if there is something else than a file
   */
  public static FileBlockTarget create(Path file, long sizeBytes, boolean replace)
      throws IOException {
    Path absolute = file.toAbsolutePath();
    if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      if (!replace) {
        throw exists(absolute);
      }
      if (!Files.isRegularFile(absolute, LinkOption.NOFOLLOW_LINKS)) {
        throw new IllegalArgumentException(
            "%s is not a regular file, and is not replaced by an image".formatted(absolute));
      }
    }
    Path temporary = AtomicFiles.temporaryBeside(absolute);
    FileBlockTarget target =
        new FileBlockTarget(
            absolute, temporary, replace, TargetFile.open(temporary, CREATE_NEW), sizeBytes);
    try {
      if (sizeBytes > 0) {
        // Makes the file as long as it is to be; all before is a hole.
        target.target.write(sizeBytes - 1, ByteBuffer.allocate(1));
      }
      return target;
    } catch (IOException | RuntimeException e) {
      try (target) {
        throw e;
      }
    }
  }

  private static AlreadyExistsException exists(Path file) {
    return new AlreadyExistsException("%s exists already, and is not replaced".formatted(file));
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  /**
   * Sets room aside. Writes for which there is none yet would wait for one another, since each
   * changes the file, and a disk that is too small would show only in the end.
   */
  @Override
  public void prepare(List<Extent> extents) throws IOException {
    FileStore store = Files.getFileStore(temporary);
    if (!TAKING_THEIR_LENGTH.contains(store.type())) {
      return;
    }
    long bytes = extents.stream().mapToLong(Extent::lengthBytes).sum();
    long free = store.getUnallocatedSpace();
    if (bytes > free) {
      throw noRoom(bytes, "its file system has %s left".formatted(free), null);
    }
    Optional<SparseFiles> system = SparseFiles.find();
    if (system.isPresent()) {
      try {
        system.get().allocate(temporary, extents);
      } catch (IOException e) {
        throw noRoom(bytes, e.getMessage(), e);
      }
    }
  }

  private IOException noRoom(long bytes, String why, IOException cause) {
    return new IOException(
        "There is no room for %s, which needs %s bytes: %s. Make room there, or choose another file system"
            .formatted(file, bytes, why),
        cause);
  }

  @Override
  public void write(long offsetBytes, ByteBuffer data) throws IOException {
    if (offsetBytes < 0 || offsetBytes + data.remaining() > sizeBytes) {
      throw new IllegalArgumentException(
          "%s bytes at %s do not fit into an image of %s"
              .formatted(data.remaining(), offsetBytes, sizeBytes));
    }
    target.write(offsetBytes, data);
  }

  @Override
  public void flush() throws IOException {
    target.flush();
  }

  /** Gives the file its name: everything written is on stable storage. */
  public void publish() throws IOException {
    flush();
    if (replace) {
      Files.move(temporary, file, ATOMIC_MOVE);
    } else {
      try {
        // A rename would replace what came up meanwhile; a link does not.
        Files.createLink(file, temporary);
      } catch (java.nio.file.FileAlreadyExistsException e) {
        throw exists(file);
      }
    }
    published = true;
    AtomicFiles.syncDirectory(file.getParent());
  }

  /** Closes the file; removes it unless it was published. */
  @Override
  public void close() throws IOException {
    target.close();
    if (!published || !replace) {
      Files.deleteIfExists(temporary);
    }
  }
}
