package io.convoy.devmapper;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A block device on a sparse file. */
record LoopDisk(Path device, Path file) implements AutoCloseable {
  private static final CommandRunner COMMANDS = new ProcessCommandRunner();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Returns a new, empty disk. */
  static LoopDisk create(Path file, long sizeBytes) throws IOException {
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(sizeBytes);
    }
    return attach(file);
  }

  /** Returns a disk with what is in a file. */
  static LoopDisk attach(Path file) throws IOException {
    String device =
        COMMANDS.run(List.of("losetup", "--find", "--show", file.toString()), LIMIT).strip();
    return new LoopDisk(Path.of(device), file);
  }

  @Override
  public void close() throws IOException {
    COMMANDS.run(List.of("losetup", "--detach", device.toString()), LIMIT);
  }
}
