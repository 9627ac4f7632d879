package io.convoy.cli.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.cli.host.Finished;
import io.convoy.core.testing.KernelLab;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A machine of its own in the kernel lab: it has a root that can be written, device-mapper, a
 * Docker Engine and the {@code convoy} command. What it wrote is there at its next boot.
 */
public final class Machine {
  private static final Path DIRECTORY = Path.of("src/test/lab").toAbsolutePath();
  private static final long STATE_BYTES = 8L << 30;
  private static final long BACKUP_DISK_BYTES = 2L << 30;
  private static final long EMPTY_DISK_BYTES = 256L << 20;

  private final Path job;
  private final List<Path> disks;

  /**
   * Lays out a machine that has never been booted.
   *
   * @param directory for its disk and what it prints
   */
  public Machine(Path directory) throws IOException {
    this(directory, List.of());
  }

  /** Lays out a machine to which a disk with backups is carried: its {@code /opt/convoy}. */
  public Machine(Path directory, Path backupDisk) throws IOException {
    this(directory, List.of(backupDisk));
  }

  /** Lays out a machine to which such a disk is carried, and an empty one that is its third. */
  Machine(Path directory, Path backupDisk, Path emptyDisk) throws IOException {
    this(directory, List.of(backupDisk, emptyDisk));
  }

  private Machine(Path directory, List<Path> others) throws IOException {
    job = Files.createDirectories(directory.resolve("job"));
    disks = new ArrayList<>(List.of(disk(directory.resolve("disk"), STATE_BYTES)));
    disks.addAll(others);
    writeCommand();
  }

  /** Makes the image of an empty disk for backups. */
  public static Path backupDisk(Path file) throws IOException {
    return disk(file, BACKUP_DISK_BYTES);
  }

  /** Makes the image of a small disk with nothing on it. */
  static Path emptyDisk(Path file) throws IOException {
    return disk(file, EMPTY_DISK_BYTES);
  }

  private static Path disk(Path file, long bytes) throws IOException {
    Files.deleteIfExists(file);
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(bytes);
    }
    return file;
  }

  /** The convoy command as it is built here: what bin/convoy starts, with this JVM's class path. */
  private void writeCommand() throws IOException {
    Path bin = Files.createDirectories(job.resolve("bin"));
    Path command = bin.resolve("convoy");
    Files.writeString(
        command,
        """
        #!/bin/sh
        LC_ALL=C.UTF-8
        export LC_ALL
        exec %s/bin/java -XX:+UseSerialGC -XX:-UsePerfData -XX:TieredStopAtLevel=1 -Xmx512m -Xss512k \\
          -Djava.io.tmpdir=/var/tmp -cp '%s' io.convoy.cli.ConvoyCli "$@"
        """
            .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Returns the words that make the lab this machine; a command follows them. */
  public static List<String> prefix() {
    return List.of(DIRECTORY.resolve("machine").toString());
  }

  List<Path> disks() {
    return disks;
  }

  /**
   * Boots the machine, has a shell run a script there, which stops at the first command that fails,
   * and switches it off.
   */
  public Finished run(Duration limit, String script) throws IOException, InterruptedException {
    Path file = job.resolve("script");
    Files.writeString(file, "set -eu\n. '%s'\n%s".formatted(DIRECTORY.resolve("engine"), script));
    List<String> command = new ArrayList<>(prefix());
    command.addAll(List.of("sh", file.toString()));
    Process lab = KernelLab.start(job, limit, disks, command);
    try (InputStream output = lab.getInputStream()) {
      String text = new String(output.readAllBytes(), UTF_8);
      return new Finished(List.of("script in the lab"), lab.waitFor(), text, "");
    } finally {
      lab.destroy();
    }
  }

  /** Returns what a script said of its results, in lines {@code name: value}. */
  static Map<String, String> results(String output) {
    Map<String, String> results = new TreeMap<>();
    output
        .lines()
        .filter(line -> line.startsWith("result "))
        .map(line -> line.substring("result ".length()).split(": ", 2))
        .forEach(words -> results.put(words[0], words[1]));
    return results;
  }
}
