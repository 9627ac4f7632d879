package io.convoy.objectstore;

import static io.convoy.core.TargetFile.ALIGNMENT_BYTES;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.sun.nio.file.ExtendedOpenOption;
import io.convoy.core.TargetFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Writes many new files below one directory, and reads them, past the system's page cache where the
 * file system can do that: a backup does not push out of memory what the host's programs use, and
 * its disk is busy from the first block on. Safe for several threads.
 */
final class UncachedFiles {
  private volatile boolean possible;

  /** Prepares to write files somewhere below an existing directory. */
  UncachedFiles(Path directory) throws IOException {
    // Network file systems tell of units of up to 1 MiB: without the cache, each of their writes
    // would have to be on the server's disk before it returns.
    possible = ALIGNMENT_BYTES % Files.getFileStore(directory).getBlockSize() == 0;
  }

  /**
   * Writes a file that is not there yet. It may be there, in part, when this fails.
   *
   * @param content past the cache only if {@link TargetFile#allocate} made it
   * @return how many bytes of it are in the cache only
   */
  long create(Path file, ByteBuffer content) throws IOException {
    if (possible && TargetFile.isAligned(content)) {
      try (FileChannel channel =
          FileChannel.open(file, CREATE_NEW, WRITE, ExtendedOpenOption.DIRECT)) {
        writePadded(channel, content.duplicate());
        return 0;
      } catch (FileAlreadyExistsException | NoSuchFileException e) {
        throw e;
      } catch (UnsupportedOperationException | IOException e) {
        // Some only refuse it when it comes to that. Whatever else it was, it comes again below.
        create(file, content, e);
        possible = false;
        return content.remaining();
      }
    }
    try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
      TargetFile.writeFully(channel, 0, content.duplicate());
    }
    return content.remaining();
  }

  /**
   * Reads a file's first bytes, as many as it has or as there is room for.
   *
   * @param room is cleared; past the cache only if {@link TargetFile#allocate} made it, for a
   *     multiple of {@link TargetFile#ALIGNMENT_BYTES}
   */
  void read(Path file, ByteBuffer room) throws IOException {
    room.clear();
    if (possible && TargetFile.isAligned(room) && room.capacity() % ALIGNMENT_BYTES == 0) {
      try (FileChannel channel = FileChannel.open(file, READ, ExtendedOpenOption.DIRECT)) {
        int length = 0;
        do {
          length = channel.read(room);
          // Only the end of a file is no whole unit.
        } while (length > 0 && length % ALIGNMENT_BYTES == 0 && room.hasRemaining());
        if (!room.hasRemaining() || room.position() == channel.size()) {
          return;
        }
      } catch (NoSuchFileException e) {
        throw e;
      } catch (UnsupportedOperationException | IOException e) {
        // Whatever it is, if it is not that this can't be done at all, it comes again below.
        possible = false;
      }
      room.clear();
    }
    try (FileChannel channel = FileChannel.open(file, READ)) {
      while (room.hasRemaining() && channel.read(room) >= 0) {}
    }
  }

  private static void create(Path file, ByteBuffer content, Exception first) throws IOException {
    try (FileChannel channel = FileChannel.open(file, CREATE, WRITE)) {
      channel.truncate(0);
      TargetFile.writeFully(channel, 0, content.duplicate());
    } catch (IOException e) {
      e.addSuppressed(first);
      throw e;
    }
  }

  /** Writes whole units only, and then cuts the file to its length. */
  private static void writePadded(FileChannel channel, ByteBuffer content) throws IOException {
    int length = content.remaining();
    int rest = length % ALIGNMENT_BYTES;
    ByteBuffer end = TargetFile.allocate(rest == 0 ? 0 : ALIGNMENT_BYTES);
    end.put(content.slice(content.limit() - rest, rest)).clear();
    content.limit(content.limit() - rest);
    ByteBuffer[] all = {content, end};
    while (content.hasRemaining() || end.hasRemaining()) {
      channel.write(all);
    }
    if (rest != 0) {
      channel.truncate(length);
    }
  }
}
