package io.convoy.devmapper;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BlockTarget;
import io.convoy.core.DeleteMode;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.state.JsonFile;
import io.convoy.core.testing.OldConvoy;
import io.convoy.devmapper.DeviceMapper.Access;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel-lab")
class PoolActivationLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private final CommandRunner commands = new ProcessCommandRunner();
  private LabHarness harness;

  @BeforeEach
  void open() throws IOException {
    harness = LabHarness.create(directory);
  }

  @AfterEach
  void close() throws IOException {
    harness.close();
  }

  private void assertRefused(String option, Object value, String... messages) throws IOException {
    harness.removeDevices();
    harness.setOption(option, value.toString());
    for (String message : messages) {
      assertThatThrownBy(() -> harness.open()).hasMessageContaining(message);
    }
    assertThat(NativeDeviceMapper.open().state(LabHarness.POOL)).isEmpty();
  }

  @Test
  void open_noSuchDevice_isRefused() throws IOException {
    assertRefused(ThinPoolConfig.DATA_DEVICE, "/dev/nosuch", "/dev/nosuch", "no such");
  }

  @Test
  void open_deviceIsAFile_isRefused() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[4 * MIB]);
    assertRefused(ThinPoolConfig.DATA_DEVICE, file, "'" + file + "' is not a block device");
    assertThat(file).hasSize(4 * MIB);
  }

  @Test
  void open_oneDeviceForBoth_isRefused() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), harness.data().device());
    assertRefused(ThinPoolConfig.METADATA_DEVICE, link, "are one device");
  }

  @Test
  void open_oneDeviceUnderTwoNodes_isRefused() throws IOException {
    DeviceNumber number = new KernelBlockDevices().number(harness.data().device());
    Path node = Path.of("/dev/another-node");
    commands.run(
        List.of("mknod", node.toString(), "b", number.major() + "", number.minor() + ""), LIMIT);
    try {
      assertRefused(ThinPoolConfig.METADATA_DEVICE, node, "are one device");
    } finally {
      Files.delete(node);
    }
  }

  @Test
  void open_deviceIsUsedBySomethingElse_isRefused() throws IOException {
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    try (LoopDisk disk = LoopDisk.create(directory.resolve("disk"), 64 * MIB)) {
      deviceMapper.create(
          "other", "", Target.whole(1024, "linear", disk.device() + " 0"), Access.READ_WRITE);
      try {
        assertRefused(
            ThinPoolConfig.DATA_DEVICE, disk.device(), "'" + disk.device() + "' is a part of [dm-");
      } finally {
        deviceMapper.remove("other");
      }
    }
  }

  @Test
  void open_foreignContents_areRefusedOnEitherDevice() throws IOException {
    try (LoopDisk data = LoopDisk.create(directory.resolve("d"), 64 * MIB);
        LoopDisk metadata = LoopDisk.create(directory.resolve("m"), 16 * MIB)) {
      harness.setOption(ThinPoolConfig.METADATA_DEVICE, metadata.device().toString());
      for (String content : List.of("swap", "LVM2_member", "gpt", "iso9660")) {
        write(content, data.device());
        assertRefused(
            ThinPoolConfig.DATA_DEVICE,
            data.device(),
            "'" + data.device() + "' holds something (" + content + ")",
            "dm.wipe=true");
        clear(data.device());
        write(content, metadata.device());
        assertRefused(
            ThinPoolConfig.DATA_DEVICE,
            data.device(),
            "'" + metadata.device() + "' holds something",
            "(" + content + ")",
            "dm.wipe=true");
        clear(metadata.device());
      }
    }
  }

  private void clear(Path device) throws IOException {
    commands.run(List.of("wipefs", "-q", "-a", device.toString()), LIMIT);
    // What it leaves beside the marks is something, too.
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(MIB), 0);
      channel.force(true);
    }
  }

  /** Writes what a program looks for when it asks what a device holds. */
  private void write(String content, Path device) throws IOException {
    switch (content) {
      case "swap" -> commands.run(List.of("mkswap", device.toString()), LIMIT);
      case "LVM2_member" -> commands.run(List.of("pvcreate", "-q", "-f", device.toString()), LIMIT);
      case "gpt" ->
          commands.run(List.of("sh", "-c", "echo label: gpt | sfdisk -q " + device), LIMIT);
      default -> {
        // The mark of an ISO 9660 file system, far from the device's start.
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap("\1CD001\1".getBytes(ISO_8859_1)), 32768);
          channel.force(true);
        }
      }
    }
  }

  @Test
  void open_metadataDeviceTooSmall_isRefused() throws IOException {
    try (LoopDisk small = LoopDisk.create(directory.resolve("small"), MIB)) {
      assertRefused(ThinPoolConfig.METADATA_DEVICE, small.device(), "expected at least 2097152");
    }
  }

  @Test
  void open_dataDeviceSmallerThanABlock_isRefused() throws IOException {
    try (LoopDisk small = LoopDisk.create(directory.resolve("small"), MIB)) {
      assertRefused(ThinPoolConfig.DATA_DEVICE, small.device(), "expected at least one block");
    }
  }

  @Test
  void open_dataDeviceIsMounted_isRefused() throws IOException {
    try (LoopDisk disk = LoopDisk.create(directory.resolve("disk"), 64 * MIB)) {
      commands.run(List.of("mkfs.ext4", "-q", disk.device().toString()), LIMIT);
      Path place = Files.createDirectory(directory.resolve("place"));
      commands.run(List.of("mount", disk.device().toString(), place.toString()), LIMIT);
      try {
        assertRefused(ThinPoolConfig.DATA_DEVICE, disk.device(), "is mounted at " + place);
      } finally {
        commands.run(List.of("umount", place.toString()), LIMIT);
      }
    }
  }

  @Test
  void open_dataDeviceIsSwappedTo_isRefusedWithWhatToLookFor() throws IOException {
    try (LoopDisk disk = LoopDisk.create(directory.resolve("disk"), 64 * MIB)) {
      commands.run(List.of("mkswap", disk.device().toString()), LIMIT);
      commands.run(List.of("swapon", disk.device().toString()), LIMIT);
      try {
        assertRefused(ThinPoolConfig.DATA_DEVICE, disk.device(), "holds something (swap)");
        harness.setOption(ThinPoolConfig.WIPE, "true");
        assertRefused(
            ThinPoolConfig.DATA_DEVICE,
            disk.device(),
            "'" + disk.device() + "' or '" + harness.metadata().device() + "' is in use",
            "swap; lsblk shows what");
      } finally {
        commands.run(List.of("swapoff", disk.device().toString()), LIMIT);
      }
    }
  }

  @Test
  void open_anotherDataDeviceHoldsSomething_isRefusedThoughNoVolumeIsRecorded() throws IOException {
    try (LoopDisk disk = LoopDisk.create(directory.resolve("disk"), 1L << 30)) {
      commands.run(List.of("mkfs.ext4", "-q", disk.device().toString()), LIMIT);

      assertRefused(
          ThinPoolConfig.DATA_DEVICE,
          disk.device(),
          "'" + disk.device() + "' holds something (ext4)",
          "dm.wipe=true");

      harness.setOption(ThinPoolConfig.WIPE, "true");
      harness.open();
      assertThat(harness.driver().info()).containsEntry("DataDevice", disk.device().toString());
      harness.removeDevices();
    }
  }

  @Test
  void open_foreignMetadata_isRefusedUntilItMayBeWiped() throws IOException {
    try (LoopDisk disk = LoopDisk.create(directory.resolve("disk"), 16 * MIB)) {
      commands.run(List.of("mkfs.ext4", "-q", disk.device().toString()), LIMIT);
      assertRefused(
          ThinPoolConfig.METADATA_DEVICE,
          disk.device(),
          "holds something that is no pool's metadata",
          "dm.wipe=true");

      // Data of another pool is still on the data device, and nothing that blkid knows.
      harness.setOption(ThinPoolConfig.WIPE, "true");
      harness.open();

      assertThat(harness.driver().info()).containsEntry("TransactionID", "0");
      harness.removeDevices();
    }
  }

  @Test
  void open_filesystemOnDataDevice_isRefusedUntilItMayBeWiped() throws IOException {
    try (LoopDisk data = LoopDisk.create(directory.resolve("d"), 64 * MIB);
        LoopDisk metadata = LoopDisk.create(directory.resolve("m"), 16 * MIB)) {
      commands.run(List.of("mkfs.ext4", "-q", data.device().toString()), LIMIT);
      harness.setOption(ThinPoolConfig.METADATA_DEVICE, metadata.device().toString());
      assertRefused(
          ThinPoolConfig.DATA_DEVICE, data.device(), "holds something (ext4)", "dm.wipe=true");
      harness.setOption(ThinPoolConfig.WIPE, "true");
      harness.open();
      assertThat(harness.driver().info()).containsEntry("ThinpoolUsed", "0");
      harness.removeDevices();
    }
  }

  @Test
  void open_anotherMetadataDevice_isRefusedWhileThereAreVolumes() throws IOException {
    create();
    try (LoopDisk empty = LoopDisk.create(directory.resolve("empty"), 16 * MIB)) {
      assertRefused(
          ThinPoolConfig.METADATA_DEVICE,
          empty.device(),
          "volumes are recorded that were made with '" + harness.metadata().device() + "'");
      harness.setOption(ThinPoolConfig.ADOPT, "true");
      assertThatThrownBy(() -> harness.open())
          .hasMessageContaining("holds no pool, but the records name volumes");
      harness.setOption(ThinPoolConfig.WIPE, "true");
      assertThatThrownBy(() -> harness.open())
          .hasMessageContaining("holds no pool, but the records name volumes");
    }
    harness.setOption(ThinPoolConfig.METADATA_DEVICE, harness.metadata().device().toString());
    harness.setOption(ThinPoolConfig.ADOPT, "false");
    harness.setOption(ThinPoolConfig.WIPE, "false");
    harness.open();
    assertThat(harness.driver().get(VOL1)).isPresent();
  }

  private Volume create() throws IOException {
    return harness.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
  }

  @Test
  void open_poolAtAnotherTransaction_isRefused() throws IOException {
    create();
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    deviceMapper.message(LabHarness.POOL, "set_transaction_id 1 7");

    assertThatThrownBy(() -> harness.reopen())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is at transaction 7, the records say 1")
        .hasMessageContaining("dm.adopt=true");
    harness.setOption(ThinPoolConfig.ADOPT, "true");
    harness.reopen();
    harness.setOption(ThinPoolConfig.ADOPT, "false");
    harness.reopen();
    assertThat(harness.driver().get(VOL1)).isPresent();
  }

  @Test
  void open_poolWithoutRecords_isRefused() throws IOException {
    create();
    harness.removeDevices();
    Files.delete(harness.root().resolve("devicemapper_volume_vol1.json"));
    Files.delete(harness.root().resolve("devicemapper.cfg"));

    assertThatThrownBy(() -> harness.open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a pool that no record here knows")
        .hasMessageContaining("dm.adopt=true")
        .hasMessageContaining("dm.wipe=true");
    harness.setOption(ThinPoolConfig.ADOPT, "true");
    harness.open();
    assertThat(harness.driver().info()).containsEntry("UnknownThinDevices", "[1]");
    // The id that is taken is not given out.
    assertThat(create().details()).containsEntry("DevID", "2");
  }

  @Test
  void open_wipeWhileThereAreVolumes_isRefused() throws IOException {
    create();
    harness.write(VOL1, "kept");
    harness.removeDevices();
    Path config = harness.root().resolve("devicemapper.cfg");
    byte[] recorded = Files.readAllBytes(config);
    Files.delete(config);
    harness.setOption(ThinPoolConfig.WIPE, "true");

    assertThatThrownBy(() -> harness.open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a pool that no record here knows");

    Files.write(config, recorded);
    harness.open();
    assertThat(harness.read(VOL1)).isEqualTo("kept");
  }

  @Test
  void open_wipedPool_startsAnew() throws IOException {
    create();
    harness.driver().delete(VOL1, DeleteMode.DATA);
    harness.removeDevices();
    Files.delete(harness.root().resolve("devicemapper.cfg"));
    harness.setOption(ThinPoolConfig.WIPE, "true");

    harness.open();

    assertThat(harness.driver().info()).containsEntry("TransactionID", "0");
    harness.reopen();
    assertThat(create().details()).containsEntry("DevID", "1");
  }

  @Test
  void open_anotherBlockSize_isRefused() throws IOException {
    create();
    assertRefused(
        ThinPoolConfig.BLOCK_SIZE, "1024", "has blocks of 4096 sectors", "can't be changed");
  }

  @Test
  void open_dataDeviceHasGrown_growsThePoolUnderItsVolumes() throws IOException {
    create();
    harness.write(VOL1, "text");
    harness.driver().mount(VOL1, Optional.empty());
    try (RandomAccessFile file = new RandomAccessFile(harness.data().file().toFile(), "rw")) {
      file.setLength(2L << 30);
    }
    commands.run(List.of("losetup", "--set-capacity", harness.data().device().toString()), LIMIT);

    harness.reopen();

    assertThat(harness.driver().info()).containsEntry("ThinpoolSize", Long.toString(2L << 30));
    assertThat(harness.read(VOL1)).isEqualTo("text");
    harness.driver().unmount(VOL1);
  }

  @Test
  void create_poolThatDoesNotClearItsBlocks_restoresZerosAllTheSame() throws IOException {
    harness.close();
    // Eight blocks: after two rounds all of them hold the secret.
    harness =
        LabHarness.create(
            Files.createDirectory(directory.resolve("small")),
            16 * MIB,
            Map.of(ThinPoolConfig.SKIP_BLOCK_ZEROING, "true"));
    assertThat(NativeDeviceMapper.open().table(LabHarness.POOL).get(0).parameters())
        .contains("skip_block_zeroing");
    byte[] secret = new byte[14 * MIB];
    Arrays.fill(secret, (byte) 7);
    for (int round = 0; round < 2; round++) {
      restore(secret.length, target -> target.write(0, ByteBuffer.wrap(secret)));
      harness.driver().delete(VOL1, DeleteMode.DATA);
    }

    restore(
        4 * MIB,
        target -> {
          target.write(3 * MIB, ByteBuffer.wrap(new byte[] {1, 2}));
          target.write(MIB, ByteBuffer.wrap(new byte[] {3}));
          target.write(MIB + 1, ByteBuffer.wrap(new byte[] {4}));
        });

    byte[] expected = new byte[4 * MIB];
    expected[3 * MIB] = 1;
    expected[3 * MIB + 1] = 2;
    expected[MIB] = 3;
    expected[MIB + 1] = 4;
    assertThat(Files.readAllBytes(Path.of("/dev/mapper/vol1"))).isEqualTo(expected);
  }

  private interface Fill {
    void fill(BlockTarget target) throws IOException;
  }

  private void restore(long sizeBytes, Fill fill) throws IOException {
    harness
        .driver()
        .create(
            VolumeSpec.of(VOL1).withSizeBytes(sizeBytes),
            UUID.randomUUID(),
            Optional.of(target -> fill.fill((BlockTarget) target)));
  }

  @Test
  void open_deviceOfThePoolsNameIsSomethingElse_isRefused() throws IOException {
    harness.removeDevices();
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    deviceMapper.create(LabHarness.POOL, "other", Target.whole(8, "zero", ""), Access.READ_WRITE);
    try {
      assertThatThrownBy(() -> harness.open())
          .hasMessageContaining("is there already")
          .hasMessageContaining("dm.thinpoolname");
    } finally {
      deviceMapper.remove(LabHarness.POOL);
    }
  }

  @Test
  void open_rootAndLivePoolOfOldConvoy_areAdopted() throws Exception {
    harness.removeDevices();
    zeroSuperblock(harness.metadata().device());
    OldConvoy.moveTo(directory.resolve("old"));
    Path oldRoot = directory.resolve("old/root/devicemapper");
    makePoolOfOldConvoy(oldRoot);
    for (Path file :
        List.of(
            oldRoot.resolve("devicemapper.cfg"),
            oldRoot.resolve("devicemapper_volume_blockvol.json"))) {
      Files.copy(
          file, harness.root().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    harness.setOption(ThinPoolConfig.DEFAULT_VOLUME_SIZE, "");

    harness.open();

    VolumeName name = new VolumeName("blockvol");
    Volume volume = harness.driver().get(name).orElseThrow();
    Map<String, String> details = new HashMap<>(volume.details());
    assertThat(details)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "DevID", "1",
                "Device", "/dev/mapper/blockvol",
                "Driver", "devicemapper",
                "Filesystem", "ext4",
                "MountPoint", "",
                "Size", "67108864",
                "VolumeCreatedAt", "Mon Nov 23 22:49:04 +0000 2026",
                "VolumeName", "blockvol"));
    assertThat(volume.snapshots())
        .extracting(snapshot -> snapshot.name().value())
        .containsExactly("bsnap1", "bsnap2");
    assertThat(volume.snapshots().get(0).details())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "DevID", "2",
                "Driver", "devicemapper",
                "Size", "67108864",
                "SnapshotCreatedAt", "Mon Nov 23 22:49:05 +0000 2026",
                "SnapshotName", "bsnap1",
                "UUID", "bsnap1",
                "VolumeUUID", "blockvol"));
    // v0.5.2 had the pool give out blocks with what was deleted from other volumes.
    assertThat(NativeDeviceMapper.open().table(LabHarness.POOL).get(0).parameters())
        .doesNotContain("skip_block_zeroing");
    assertThat(harness.driver().info())
        .containsEntry("DefaultVolumeSize", "67108864")
        .doesNotContainKey("UnknownThinDevices");
    harness.write(name, "new text");
    harness
        .driver()
        .snapshots()
        .orElseThrow()
        .create(name, new SnapshotName("new"), UUID.randomUUID());
    assertThat(create().details()).containsEntry("DevID", "5");
    Volume before = harness.driver().get(name).orElseThrow();
    harness.reboot();
    assertThat(harness.driver().get(name)).contains(before);
    assertThat(harness.read(name)).isEqualTo("new text");
  }

  private static void zeroSuperblock(Path device) throws IOException {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(4096), 0);
      channel.force(true);
    }
  }

  /** Makes the pool that belongs to the records, as Convoy v0.5.2 left it, and has them name it. */
  private void makePoolOfOldConvoy(Path oldRoot) throws IOException {
    JsonFile file = new JsonFile(oldRoot.resolve("devicemapper.cfg"));
    var config = file.read().orElseThrow();
    config.put("DataDevice", harness.data().device().toString());
    config.put("MetadataDevice", harness.metadata().device().toString());
    config.put("ThinpoolDevice", "/dev/mapper/" + LabHarness.POOL);
    file.write(config);
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    deviceMapper.create(
        LabHarness.POOL,
        "",
        Target.whole(
            1 << 21,
            "thin-pool",
            "%s %s 4096 32768 1 skip_block_zeroing"
                .formatted(harness.metadata().device(), harness.data().device())),
        Access.READ_WRITE);
    deviceMapper.message(LabHarness.POOL, "create_thin 1");
    deviceMapper.create(
        "blockvol",
        "",
        Target.whole(131072, "thin", "/dev/mapper/" + LabHarness.POOL + " 1"),
        Access.READ_WRITE);
    commands.run(List.of("mkfs.ext4", "-q", "/dev/mapper/blockvol"), LIMIT);
    for (int id = 2; id <= 3; id++) {
      deviceMapper.suspend("blockvol");
      deviceMapper.message(LabHarness.POOL, "create_snap " + id + " 1");
      deviceMapper.resume("blockvol");
    }
  }
}
