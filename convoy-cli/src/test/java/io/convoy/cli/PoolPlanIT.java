package io.convoy.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.Environment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans pools on loop devices. */
class PoolPlanIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long DISK_BYTES = 1L << 30;

  @TempDir Path directory;
  private final CommandRunner commands = new ProcessCommandRunner();
  private Path image;
  private String disk;

  @BeforeEach
  void attach() throws IOException {
    Environment.require(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)
            && Files.exists(Path.of("/dev/loop-control")),
        "needs root and loop devices");
    image = directory.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(DISK_BYTES);
    }
    disk = run("losetup", "--find", "--show", "--partscan", image.toString()).strip();
  }

  @AfterEach
  void detach() throws IOException {
    if (disk != null) {
      run("losetup", "--detach", disk);
    }
  }

  private String run(String... argv) throws IOException {
    return commands.run(List.of(argv), LIMIT);
  }

  private Run plan(String... flags) {
    List<String> arguments = new ArrayList<>(List.of("pool", "plan", disk));
    arguments.addAll(List.of(flags));
    return Run.of(Map.of(), arguments);
  }

  @Test
  void plan_emptyDisk_printsWhatItWouldDoAndDoesNothing() throws IOException {
    Run run = plan("--block-size", "64K", "--volumes", "5000");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains(disk + ": 1 GiB")
        .contains("| sfdisk " + disk)
        .contains("dm.datadev=" + disk + "p2")
        .contains("dm.metadatadev=" + disk + "p1")
        .contains("dm.thinpoolblocksize=128");
    assertThat(Files.mismatch(image, sparse(DISK_BYTES))).isEqualTo(-1);
  }

  private Path sparse(long bytes) throws IOException {
    Path file = directory.resolve("zeros");
    try (RandomAccessFile zeros = new RandomAccessFile(file.toFile(), "rw")) {
      zeros.setLength(bytes);
    }
    return file;
  }

  @Test
  void write_emptyDisk_makesTwoPartitionsAndNeverAgain() throws IOException {
    assertThat(plan("--write").status()).isZero();

    String table = run("sfdisk", "--dump", disk);
    assertThat(table).contains("name=\"convoy-metadata\"", "name=\"convoy-data\"");
    assertThat(table).contains("size=       32768");
    Run again = plan("--write");
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err()).contains("expected an empty disk; nothing was written");
    assertThat(run("sfdisk", "--dump", disk)).isEqualTo(table);
  }

  @Test
  void write_diskThatHoldsSomething_isRefusedAndLeftAsItIs() throws IOException {
    run("mkfs.ext4", "-q", disk);
    byte[] before = start();
    Run withFilesystem = plan("--write");
    assertThat(withFilesystem.status()).isEqualTo(1);
    assertThat(withFilesystem.err()).contains("holds something").contains("ext4");
    assertThat(start()).isEqualTo(before);

    run("wipefs", "--quiet", "--all", disk);
    try (RandomAccessFile file = new RandomAccessFile(disk, "rw")) {
      file.seek(600_000);
      file.write("something".getBytes(US_ASCII));
    }
    Run withBytes = plan("--write");
    assertThat(withBytes.status()).isEqualTo(1);
    assertThat(withBytes.err()).contains("first MiB is not all zeros");
  }

  private byte[] start() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(disk, "r")) {
      byte[] bytes = new byte[1 << 20];
      file.readFully(bytes);
      return bytes;
    }
  }

  @Test
  void plan_numbersThatMakeNoSense_areMisuse() {
    for (List<String> flags :
        List.of(
            List.of("--block-size", "100K"),
            List.of("--block-size", "2G"),
            List.of("--volumes", "0"),
            List.of("--volumes", "many"))) {
      assertThat(plan(flags.toArray(String[]::new)).status()).as("%s", flags).isEqualTo(2);
    }
  }
}
