package io.convoy.core.state;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.convoy.core.InUseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;

/** Makes one process the only user of a root directory. The kernel ends it with the process. */
public final class RootLock implements AutoCloseable {
  private static final String FILE = "lock";
  private static final int MAX_PID_DIGITS = 20;

  private final FileChannel channel;

  private RootLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws InUseException if another process has it, or this one has it already
   */
  public static RootLock acquire(Path root) throws IOException {
    Path file = root.resolve(FILE);
    FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(root, channel);
      }
      // The file stays when the lock is given up: to unlink it would let two have "the" lock.
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(US_ASCII)), 0);
      return new RootLock(channel);
    } catch (OverlappingFileLockException e) {
      InUseException inUse = inUse(root, channel);
      channel.close();
      throw inUse;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static InUseException inUse(Path root, FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(MAX_PID_DIGITS);
    channel.read(pid, 0);
    String holder = new String(pid.array(), 0, pid.position(), US_ASCII).strip();
    return new InUseException(
        "Another Convoy uses %s (process %s): stop it, or give this one another --root"
            .formatted(root, holder.isEmpty() ? "unknown" : holder));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
