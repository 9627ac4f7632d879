package io.convoy.core.state;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes, replaces and deletes files so that a crash leaves the old state or the new one, on stable
 * storage: temporary file beside the target, fsync, rename or link, fsync of the directory.
 */
public final class AtomicFiles {
  /** Temporary files start with this; no name that Convoy gives does. */
  public static final String TEMPORARY_PREFIX = ".tmp-";

  /**
   * Random once for each process, since random numbers for each file take longer than its rename.
   */
  private static final String PROCESS = UUID.randomUUID() + "-";

  private static final AtomicLong FILES = new AtomicLong();

  private AtomicFiles() {}

  /** Writes a file, replacing the one that is there. */
  public static void replace(Path file, byte[] content) throws IOException {
    publish(file, content, temporary -> Files.move(temporary, file, ATOMIC_MOVE));
  }

  /**
   * Writes a file that must not be there yet.
   *
   * @throws FileAlreadyExistsException if it is; it stays as it was
   */
  public static void create(Path file, byte[] content) throws IOException {
    // A rename would replace silently; a link does not.
    publish(file, content, temporary -> link(temporary, file));
  }

  /**
   * Gives a file a second name that must not be there yet.
   *
   * @throws FileAlreadyExistsException if it is, as another file's
   */
  static void link(Path file, Path name) throws IOException {
    try {
      Files.createLink(name, file);
    } catch (FileAlreadyExistsException e) {
      // NFS asks again when an answer gets lost, and the second time the name is there: its own.
      if (!isSame(file, name)) {
        throw e;
      }
    }
  }

  private static boolean isSame(Path file, Path name) throws IOException {
    try {
      return Files.isSameFile(file, name);
    } catch (NoSuchFileException e) {
      return false; // deleted since; so it was another's
    }
  }

  private static void publish(Path file, byte[] content, Publication publication)
      throws IOException {
    Path temporary = temporaryBeside(file);
    try {
      try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      publication.publish(temporary);
    } finally {
      Files.deleteIfExists(temporary);
    }
    syncDirectory(file.getParent());
  }

  /** Deletes a file; does nothing if it is not there. */
  public static void delete(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      syncDirectory(file.getParent());
    }
  }

  /** Makes a directory with its parents, on stable storage. */
  public static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    Files.createDirectories(directory);
    if (parent != null) {
      syncDirectory(parent);
    }
  }

  /** Returns a name for a temporary file beside another, used by nobody else. */
  public static Path temporaryBeside(Path file) {
    return file.resolveSibling(TEMPORARY_PREFIX + PROCESS + FILES.incrementAndGet());
  }

  /** Puts the entries of a directory on stable storage. */
  public static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          directory.toString(), null, "the directory was removed while a file was written there");
    }
  }

  private interface Publication {
    void publish(Path temporary) throws IOException;
  }
}
