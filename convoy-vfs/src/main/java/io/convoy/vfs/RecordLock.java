package io.convoy.vfs;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Keeps other threads, processes and hosts from changing records meanwhile. Held around a few small
 * reads and writes only, so a minute's wait means that something hangs. The kernel lets go of it
 * when its holder dies; the file stays, as one that is unlinked can be locked twice.
 */
final class RecordLock {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long PAUSE_MILLIS = 5;

  private final Path file;

  RecordLock(Path file) {
    this.file = file;
  }

  Held take() throws IOException {
    FileChannel channel = FileChannel.open(file, CREATE, WRITE);
    try {
      long start = System.nanoTime();
      while (System.nanoTime() - start < LIMIT.toNanos()) {
        FileLock lock = tryLock(channel);
        if (lock != null) {
          return new Held(channel);
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      throw new IOException(
          "%s is locked by another process or host for %s s; see who hangs there"
              .formatted(file, LIMIT.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while waiting for " + file);
      interrupted.initCause(e);
      closeAfter(channel, interrupted);
      throw interrupted;
    } catch (IOException | RuntimeException e) {
      closeAfter(channel, e);
      throw e;
    }
  }

  private FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another thread of this process has it.
      return null;
    } catch (IOException e) {
      throw new IOException(
          "%s can't be locked (%s); on NFS, is locking enabled at the server and the client?"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static void closeAfter(FileChannel channel, Exception cause) {
    try {
      channel.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** The lock, until it is closed. */
  static final class Held implements AutoCloseable {
    private final FileChannel channel;

    private Held(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
