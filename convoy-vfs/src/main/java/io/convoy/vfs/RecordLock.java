package io.convoy.vfs;

import static java.lang.System.Logger.Level.DEBUG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.time.temporal.ChronoUnit.SECONDS;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Keeps other threads, processes and hosts from changing records meanwhile. Held around a few small
 * reads and writes only, so a long wait means that something hangs. The kernel lets go of it when
 * its holder dies, and an NFS server when the holder's host has been gone for a while. The file
 * stays, as one that is unlinked can be locked twice; it names the last holder.
 */
final class RecordLock {
  private static final Logger LOGGER = System.getLogger(RecordLock.class.getName());
  // A server keeps the locks of a client that it lost for 90 s; Docker's engine waits for 120 s.
  private static final Duration LIMIT = Duration.ofSeconds(100);
  private static final long PAUSE_MILLIS = 5;

  private static final int MAX_HOLDER_BYTES = 512;

  private final Path file;
  private final String hostName;
  private final Duration limit;

  // To close a file is to give up this process's locks of it, whichever channel they came through.
  private final Semaphore threads = new Semaphore(1, true);

  RecordLock(Path file, String hostName) {
    this(file, hostName, LIMIT);
  }

  RecordLock(Path file, String hostName, Duration limit) {
    this.file = file;
    this.hostName = hostName;
    this.limit = limit;
  }

  /**
   * Takes the lock.
   *
   * @throws IOException if somebody else has it for too long; the message says who
   */
  Held take() throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      if (!threads.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException(
            "%s is locked by this process for %s s: something hangs here"
                .formatted(file, limit.toSeconds()));
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      return new Held(takeForProcess(deadline));
    } catch (IOException | RuntimeException e) {
      threads.release();
      throw e;
    }
  }

  private FileChannel takeForProcess(long deadline) throws IOException {
    FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
    try {
      while (tryLock(channel) == null) {
        if (System.nanoTime() > deadline) {
          throw new IOException(
              "%s is locked for %s s by %s; see what hangs there"
                  .formatted(file, limit.toSeconds(), holder(channel)));
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      nameHolder(channel);
      return channel;
    } catch (InterruptedException e) {
      InterruptedIOException interrupted = interrupted(e);
      closeAfter(channel, interrupted);
      throw interrupted;
    } catch (IOException | RuntimeException e) {
      closeAfter(channel, e);
      throw e;
    }
  }

  private InterruptedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted =
        new InterruptedIOException("interrupted while waiting for " + file);
    interrupted.initCause(e);
    return interrupted;
  }

  private void nameHolder(FileChannel channel) {
    String holder =
        "host %s, process %s, since %s\n"
            .formatted(hostName, ProcessHandle.current().pid(), Instant.now().truncatedTo(SECONDS));
    try {
      channel.truncate(0);
      channel.write(UTF_8.encode(holder), 0);
    } catch (IOException e) {
      // It only helps people; on a full disk things must be deleted nevertheless.
      LOGGER.log(DEBUG, "{0}: {1}", file, e.getMessage());
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MAX_HOLDER_BYTES);
    channel.read(bytes, 0);
    String text = UTF_8.decode(bytes.flip()).toString().strip();
    return text.isEmpty() ? "another process or host" : text;
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
  final class Held implements AutoCloseable {
    private final FileChannel channel;

    private Held(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void close() throws IOException {
      try {
        channel.close();
      } finally {
        threads.release();
      }
    }
  }
}
