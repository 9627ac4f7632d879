package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.Environment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoopDevicesTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final CommandRunner commands = new ProcessCommandRunner();
  @TempDir Path directory;
  private Path root;

  @BeforeEach
  void setUp() throws IOException {
    root = Files.createDirectory(directory.toRealPath().resolve("volumes"));
  }

  private String run(String line) throws IOException {
    return commands.run(List.of("sh", "-euc", line), LIMIT).strip();
  }

  private Path image(Path place) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(place.toFile(), "rw")) {
      file.setLength(1 << 20);
    }
    return place;
  }

  @Test
  void examine_realDeviceOfADeletedImage_detachingItMendsIt() throws IOException {
    Environment.requireRoot();
    LoopDevices loops = LoopDevices.ofThisMachine();
    Path image = image(Files.createDirectory(root.resolve("vol1")).resolve("disk.img"));
    String device = run("losetup --find --show " + image);
    try {
      assertThat(loops.examine(root)).isEmpty();
      Files.delete(image);

      List<Finding> findings = loops.examine(root);

      assertThat(findings)
          .containsExactly(
              new Finding(
                  Severity.WARNING,
                  "Loop device %s holds %s, which is deleted: its room is not free yet"
                      .formatted(device, image),
                  "if nobody uses it: losetup --detach " + device));
      run(findings.get(0).remedy().replaceFirst(".*: ", ""));
      assertThat(loops.examine(root)).isEmpty();
    } finally {
      run("losetup --detach " + device + " 2>/dev/null || true");
    }
  }

  @Test
  void examine_imagesElsewhereAndNoKernelSupport_areNoFindings() throws IOException {
    Path devices = Files.createDirectories(directory.resolve("block/loop0/loop")).getParent();
    Files.writeString(devices.resolve("loop/backing_file"), root + "2/disk.img (deleted)\n");
    Files.createDirectories(directory.resolve("block/loop1"));

    assertThat(new LoopDevices(directory.resolve("block")).examine(root)).isEmpty();
    assertThat(new LoopDevices(directory.resolve("none")).examine(root)).isEmpty();
  }
}
