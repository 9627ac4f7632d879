package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.devmapper.DeviceMapper.Access;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleting is refused while somebody is at it, says who, and leaves nothing. */
@Tag("kernel-lab")
final class DriverDeletionLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  @TempDir Path directory;
  private LabHarness harness;

  @BeforeEach
  void open() throws IOException {
    harness = LabHarness.create(directory);
  }

  @AfterEach
  void close() throws IOException {
    harness.close();
  }

  @Test
  void unmount_fileIsOpen_namesTheHolder() throws IOException {
    harness.create(VOL1);
    Path place = harness.driver().mount(VOL1, Optional.empty());
    Path file = Files.createFile(place.resolve("open"));

    try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertThatThrownBy(() -> harness.driver().unmount(VOL1))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid() + " (java)");
      assertThat(open.isOpen()).isTrue();
    }
    assertThat(harness.driver().get(VOL1).orElseThrow().details())
        .containsEntry("MountPoint", place.toString());
    harness.driver().unmount(VOL1);
  }

  @Test
  void delete_deviceIsOpen_namesTheHolder() throws IOException {
    harness.create(VOL1);

    try (FileChannel open =
        FileChannel.open(Path.of("/dev/mapper/vol1"), StandardOpenOption.READ)) {
      for (DeleteMode mode : DeleteMode.values()) {
        assertThatThrownBy(() -> harness.driver().delete(VOL1, mode))
            .isInstanceOf(InUseException.class)
            .hasMessageContaining("process " + ProcessHandle.current().pid() + " (java)");
      }
      assertThat(open.isOpen()).isTrue();
    }
    assertThat(harness.read(VOL1)).isEmpty();
    harness.driver().delete(VOL1, DeleteMode.DATA);
    assertThat(Path.of("/dev/mapper/vol1")).doesNotExist();
  }

  @Test
  void delete_containerHoldsTheDevice_namesIt() throws Exception {
    harness.create(VOL1);
    String container = "0123456789ab" + "c".repeat(52);
    Path groups = Files.createDirectory(directory.resolve("groups"));
    ProcessCommandRunner commands = new ProcessCommandRunner();
    Duration limit = Duration.ofSeconds(30);
    commands.run(List.of("mount", "-t", "cgroup", "-o", "freezer", "g", groups + ""), limit);
    Process holder = new ProcessBuilder("sh", "-c", "exec sleep 600 </dev/mapper/vol1").start();
    try {
      Path group = Files.createDirectories(groups.resolve("docker").resolve(container));
      Files.writeString(group.resolve("cgroup.procs"), holder.pid() + "");
      while (NativeDeviceMapper.open().state("vol1").orElseThrow().openCount() == 0) {
        assertThat(holder.isAlive()).isTrue();
        Thread.sleep(20);
      }

      assertThatThrownBy(() -> harness.driver().delete(VOL1, DeleteMode.DATA))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("process " + holder.pid())
          .hasMessageContaining("in container 0123456789ab)");
    } finally {
      holder.destroyForcibly().waitFor();
      Files.delete(groups.resolve("docker").resolve(container));
      Files.delete(groups.resolve("docker"));
      commands.run(List.of("umount", groups.toString()), limit);
    }
    harness.driver().delete(VOL1, DeleteMode.DATA);
  }

  @Test
  void delete_snapshotIsRead_isRefused() throws IOException {
    harness.create(VOL1);
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());

    try (SnapshotContent content = harness.driver().snapshots().orElseThrow().open(VOL1, SNAP1)) {
      assertThatThrownBy(() -> harness.driver().delete(VOL1, DeleteMode.DATA))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("snap1");
      assertThatThrownBy(() -> harness.driver().snapshots().orElseThrow().delete(VOL1, SNAP1))
          .isInstanceOf(InUseException.class);
      assertThat(content).isNotNull();
    }
    harness.driver().delete(VOL1, DeleteMode.DATA);
    assertThat(harness.driver().info()).containsEntry("ThinpoolUsed", "0");
  }

  @Test
  void delete_reference_keepsTheDataInThePool() throws IOException {
    harness.create(VOL1);
    String used = harness.driver().info().get("ThinpoolUsed");

    harness.driver().delete(VOL1, DeleteMode.REFERENCE);
    harness.reboot();

    assertThat(harness.driver().info())
        .containsEntry("ThinpoolUsed", used)
        .doesNotContainKey("UnknownThinDevices");
    assertThat(Path.of("/dev/mapper/vol1")).doesNotExist();
  }

  @Test
  void delete_readerLeftItsDevice_goesOnUnlessThatIsOpen() throws Exception {
    harness.create(VOL1);
    UUID uuid = UUID.randomUUID();
    harness.driver().snapshots().orElseThrow().create(VOL1, new SnapshotName("snap1"), uuid);
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    String leftOver = "convoy-" + uuid + "-snap-7";
    deviceMapper.create(leftOver, leftOver, deviceMapper.table("vol1").get(0), Access.READ_ONLY);
    try (InputStream reader = Files.newInputStream(Path.of("/dev/mapper", leftOver))) {
      assertThat(reader.read()).isNotNegative();
      assertThatThrownBy(() -> harness.driver().delete(VOL1, DeleteMode.DATA))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("Snapshot 'snap1' of volume 'vol1' is being read through");
    }

    harness.driver().delete(VOL1, DeleteMode.DATA);

    assertThat(deviceMapper.names()).doesNotContain(leftOver, "vol1");
  }
}
