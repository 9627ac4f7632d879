package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BlockContent;
import io.convoy.core.DeleteMode;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Snapshots;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that fail and pools that are full, on a real kernel. */
@Tag("kernel-lab")
class FaultsLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final VolumeName VOL3 = new VolumeName("vol3");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");
  private static final SnapshotName SNAP2 = new SnapshotName("snap2");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private final CommandRunner commands = new ProcessCommandRunner();
  private LabHarness harness;

  @AfterEach
  void close() throws IOException {
    harness.close();
  }

  private Volume create(VolumeName name) throws IOException {
    return harness.driver().create(VolumeSpec.of(name), UUID.randomUUID(), Optional.empty());
  }

  private Snapshots snapshots() {
    return harness.driver().snapshots().orElseThrow();
  }

  private List<String> names() throws IOException {
    return harness.driver().list((name, problem) -> {}).stream()
        .map(volume -> volume.name().value())
        .toList();
  }

  private FaultyDisk faulty(String name, long bytes) throws IOException {
    return new FaultyDisk(LoopDisk.create(directory.toRealPath().resolve(name), bytes), name);
  }

  @Test
  void dataDeviceFails_whatNeedsItSaysSoAndGoesOnAfterwards() throws IOException {
    try (FaultyDisk disk = faulty("faulty-data", 256 * MIB)) {
      harness =
          LabHarness.create(
              directory, MIB, Map.of(ThinPoolConfig.DATA_DEVICE, disk.device().toString()));
      create(VOL1);
      harness.write(VOL1, "text");
      snapshots().create(VOL1, SNAP1, UUID.randomUUID());
      disk.fail();

      assertThatThrownBy(() -> create(VOL2))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("mkfs.ext4");
      assertThat(names()).containsExactly("vol1");
      assertThatThrownBy(() -> harness.driver().mount(VOL1, Optional.empty()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("mount");
      try (SnapshotContent content = snapshots().open(VOL1, SNAP1)) {
        BlockContent blocks = (BlockContent) content;
        long first = blocks.allocated().get(0).offsetBytes();
        assertThatThrownBy(() -> blocks.read(first, ByteBuffer.allocate(4096)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("Input/output error");
      }
      // These need the metadata alone.
      snapshots().create(VOL1, SNAP2, UUID.randomUUID());
      snapshots().delete(VOL1, SNAP2);

      disk.heal();

      assertThat(harness.read(VOL1)).isEqualTo("text");
      create(VOL2);
      harness.driver().delete(VOL1, DeleteMode.DATA);
      harness.driver().delete(VOL2, DeleteMode.DATA);
      harness.reopen();
      // The kernel itself keeps blocks that it was giving out at that moment; no thin device does.
      assertThat(harness.driver().info()).doesNotContainKeys("Problem", "UnknownThinDevices");
      harness.removeDevices();
    }
  }

  @Test
  void dataDeviceFailsUnderAMount_snapshotLeavesNothingStanding() throws IOException {
    try (FaultyDisk disk = faulty("faulty-data", 256 * MIB)) {
      harness =
          LabHarness.create(
              directory, MIB, Map.of(ThinPoolConfig.DATA_DEVICE, disk.device().toString()));
      create(VOL1);
      Path place = harness.driver().mount(VOL1, Optional.empty());
      Files.write(place.resolve("unwritten"), new byte[MIB]);
      disk.fail();

      assertThatThrownBy(() -> snapshots().create(VOL1, SNAP1, UUID.randomUUID()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("vol1");

      assertThat(NativeDeviceMapper.open().state("vol1").orElseThrow().suspended()).isFalse();
      assertThat(harness.driver().get(VOL1).orElseThrow().snapshots()).isEmpty();
      harness.driver().unmount(VOL1);
      disk.heal();
      harness.driver().mount(VOL1, Optional.empty());
      snapshots().create(VOL1, SNAP1, UUID.randomUUID());
      harness.driver().unmount(VOL1);
      harness.removeDevices();
    }
  }

  @Test
  void metadataDeviceFails_changesAreRefusedAndVolumesReadableUntilItIsChecked()
      throws IOException {
    try (FaultyDisk disk = faulty("faulty-metadata", 16 * MIB)) {
      harness =
          LabHarness.create(
              directory, 256 * MIB, Map.of(ThinPoolConfig.METADATA_DEVICE, disk.device() + ""));
      create(VOL1);
      harness.write(VOL1, "text");
      disk.failWrites();

      assertThatThrownBy(() -> create(VOL2))
          .isInstanceOf(IOException.class)
          // Whether this is the first to notice depends on when the kernel writes by itself.
          .hasMessageMatching("(?s).*(create_thin|needs a check).*");
      assertThat(names()).containsExactly("vol1");
      assertThat(harness.driver().info().get("Problem")).contains("dmsetup remove");
      assertThatThrownBy(() -> create(VOL2)).hasMessageContaining("dmsetup remove");
      assertThatThrownBy(() -> snapshots().create(VOL1, SNAP1, UUID.randomUUID()))
          .hasMessageContaining("Snapshot 'snap1' can't be created: thin pool");
      assertThatThrownBy(() -> harness.driver().delete(VOL1, DeleteMode.DATA))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Volume 'vol1' can't be deleted: thin pool");
      assertThat(harness.read(VOL1)).isEqualTo("text");
      // The driver can be opened as well, and what can be read is read.
      harness.reopen();
      assertThat(harness.read(VOL1)).isEqualTo("text");
      disk.heal();
      followRepairText(disk.device());

      assertThat(harness.driver().info()).doesNotContainKey("Problem");
      assertThat(harness.read(VOL1)).isEqualTo("text");
      create(VOL2);
      harness.removeDevices();
    }
  }

  private void followRepairText(Path metadata) throws IOException {
    harness.driver().close();
    harness.removeDevices();
    commands.run(List.of("thin_check", "--clear-needs-check-flag", metadata.toString()), LIMIT);
    harness.open();
  }

  @Test
  void dataIsFull_writersAreToldAtOnceAndGoOnWhenTheDeviceHasGrown() throws Exception {
    harness = LabHarness.create(directory, 64 * MIB, Map.of(ThinPoolConfig.MIN_FREE_DATA, "0"));
    harness
        .driver()
        .create(VolumeSpec.of(VOL1).withSizeBytes(16 * MIB), UUID.randomUUID(), Optional.empty());
    harness.write(VOL1, "text");
    harness
        .driver()
        .create(
            VolumeSpec.of(VOL2).withSizeBytes(128 * MIB),
            UUID.randomUUID(),
            Optional.of(target -> {}));
    assertThatThrownBy(() -> fill(VOL2, 128)).isInstanceOf(IOException.class);

    assertThat(harness.driver().info())
        .containsEntry("ThinpoolMode", "out_of_data_space")
        .containsEntry("ThinpoolFree", "0")
        .hasEntrySatisfying("Problem", text -> assertThat(text).contains("it is full"));
    assertThat(harness.read(VOL1)).isEqualTo("text");
    grow(harness.data(), 256 * MIB);
    awaitNoProblem();

    assertThat(harness.driver().info()).containsEntry("ThinpoolSize", 256 * MIB + "");
    fill(VOL2, 128);
    harness.write(VOL1, "goes on");
    assertThat(harness.read(VOL1)).isEqualTo("goes on");
  }

  private void fill(VolumeName volume, int mebibytes) throws IOException {
    try (FileChannel device =
        FileChannel.open(Path.of("/dev/mapper", volume.value()), StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocate(MIB);
      for (int i = 0; i < mebibytes; i++) {
        device.write(block.clear(), (long) i << 20);
        device.force(true);
      }
    }
  }

  private void grow(LoopDisk disk, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(disk.file().toFile(), "rw")) {
      file.setLength(bytes);
    }
    commands.run(List.of("losetup", "--set-capacity", disk.device().toString()), LIMIT);
  }

  private void awaitNoProblem() throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (harness.driver().info().containsKey("Problem")) {
      assertThat(System.nanoTime()).as("the watch takes the new size").isLessThan(end);
      Thread.sleep(200);
    }
  }

  @Test
  void metadataIsFull_isToldAndMendedByALargerDevice() throws Exception {
    try (LoopDisk metadata =
        LoopDisk.create(directory.toRealPath().resolve("small-metadata"), 2 * MIB)) {
      harness =
          LabHarness.create(
              directory,
              256 * MIB,
              Map.of(
                  ThinPoolConfig.METADATA_DEVICE,
                  metadata.device().toString(),
                  ThinPoolConfig.BLOCK_SIZE,
                  "128"));
      create(VOL1);
      harness.write(VOL1, "text");
      harness.driver().create(VolumeSpec.of(VOL2), UUID.randomUUID(), Optional.of(target -> {}));
      DeviceMapper deviceMapper = NativeDeviceMapper.open();
      assertThatThrownBy(
              () -> {
                // Each takes a block of metadata at least, of which there are 512.
                for (int id = 1000; id < 2000; id++) {
                  deviceMapper.message(LabHarness.POOL, "create_thin " + id);
                }
              })
          .isInstanceOf(DeviceMapperException.class);

      assertThatThrownBy(() -> create(VOL3))
          .hasMessageContaining("Volume 'vol3' can't be created")
          .hasMessageContaining("metadata is full")
          .hasMessageContaining("extend '" + metadata.device() + "'");
      assertThatThrownBy(() -> fill(VOL2, 64)).isInstanceOf(IOException.class);
      assertThat(harness.driver().info())
          .containsEntry("ThinpoolMode", "ro")
          .containsEntry("MetadataFree", "0")
          .hasEntrySatisfying("Problem", text -> assertThat(text).contains("metadata is full"));
      assertThat(harness.read(VOL1)).isEqualTo("text");
      // A pool in that state keeps no driver from opening.
      harness.reopen();
      assertThat(harness.read(VOL1)).isEqualTo("text");
      assertThatThrownBy(() -> harness.driver().delete(VOL2, DeleteMode.DATA))
          .hasMessageContaining("metadata is full");
      grow(metadata, 16 * MIB);
      awaitNoProblem();

      assertThat(harness.driver().info()).containsEntry("ThinpoolMode", "rw");
      create(VOL3);
      harness.write(VOL1, "goes on");
      assertThat(harness.read(VOL1)).isEqualTo("goes on");
      harness.driver().delete(VOL3, DeleteMode.DATA);
      harness.removeDevices();
    }
  }
}
