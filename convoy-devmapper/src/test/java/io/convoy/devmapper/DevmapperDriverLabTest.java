package io.convoy.devmapper;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import io.convoy.core.MountTable;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.devmapper.DeviceMapper.Access;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the driver does on one host with a real pool. */
@Tag("kernel-lab")
final class DevmapperDriverLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL10 = new VolumeName("vol10");
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
  void info_newPool_hasTheKeysOfConvoyAndThePoolsNumbers() throws IOException {
    harness.create(VOL1);

    Map<String, String> info = harness.driver().info();

    assertThat(info)
        .containsEntry("Driver", "devicemapper")
        .containsEntry("Root", harness.root().toString())
        .containsEntry("DataDevice", harness.data().device().toString())
        .containsEntry("MetadataDevice", harness.metadata().device().toString())
        .containsEntry("ThinpoolDevice", "/dev/mapper/" + LabHarness.POOL)
        .containsEntry("ThinpoolSize", Long.toString(1L << 30))
        .containsEntry("ThinpoolBlockSize", Integer.toString(2 << 20))
        .containsEntry("DefaultVolumeSize", Integer.toString(64 << 20))
        .containsEntry("Filesystem", "ext4")
        .containsEntry("TransactionID", "1")
        .containsEntry("ThinpoolMode", "rw")
        .containsEntry("NeedsCheck", "false")
        .doesNotContainKeys("Problem", "UnknownThinDevices");
    assertThat(Long.parseLong(info.get("ThinpoolUsed"))).isBetween(1L, 64L << 20);
    assertThat(Long.parseLong(info.get("MetadataUsed"))).isPositive();
  }

  @Test
  void create_sizeThatIsNoMultipleOfABlock_isRoundedUp() throws IOException {
    Volume volume =
        harness
            .driver()
            .create(
                VolumeSpec.of(VOL1).withSizeBytes(5_000_000), UUID.randomUUID(), Optional.empty());

    assertThat(volume.sizeBytes()).hasValue(6 << 20);
    assertThat(new KernelBlockDevices().sizeBytes(Path.of("/dev/mapper/vol1"))).isEqualTo(6 << 20);
  }

  @Test
  void create_deviceOfSomebodyElse_isLeftAlone() throws IOException {
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    deviceMapper.create("vol1", "other", Target.whole(8, "zero", ""), Access.READ_WRITE);
    try {
      assertThatThrownBy(() -> harness.create(VOL1))
          .isInstanceOf(AlreadyExistsException.class)
          .hasMessageContaining("/dev/mapper/vol1");
      assertThat(deviceMapper.table("vol1")).containsExactly(Target.whole(8, "zero", ""));
    } finally {
      deviceMapper.remove("vol1");
    }
  }

  @Test
  void create_blocksOfADeletedVolume_readAsZeros() throws IOException {
    harness.create(VOL1);
    Path node = Path.of("/dev/mapper/vol1");
    try (FileChannel device = FileChannel.open(node, StandardOpenOption.WRITE)) {
      ByteBuffer secret = ByteBuffer.allocate(1 << 20);
      while (secret.hasRemaining()) {
        secret.put((byte) 'S');
      }
      for (int i = 0; i < 64; i++) {
        device.write(secret.clear(), (long) i << 20);
      }
      device.force(true);
    }
    harness.driver().delete(VOL1, DeleteMode.DATA);
    harness.create(VOL1);

    // One byte has the pool give a whole block.
    try (FileChannel device =
        FileChannel.open(node, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
      for (int block = 0; block < 32; block++) {
        device.write(ByteBuffer.wrap(new byte[] {1}), ((long) block << 21) + (1 << 20));
      }
      device.force(true);
      ByteBuffer all = ByteBuffer.allocate(64 << 20);
      while (all.hasRemaining()) {
        device.read(all, all.position());
      }
      ByteBuffer secretSector = ByteBuffer.wrap("S".repeat(512).getBytes(US_ASCII));
      for (int at = 0; at < all.capacity(); at += 512) {
        assertThat(all.slice(at, 512)).as("sector at %s", at).isNotEqualTo(secretSector);
      }
    }
  }

  @Test
  void reboot_volumesAndSnapshots_comeBack() throws IOException {
    harness.create(VOL1);
    harness.write(VOL1, "text");
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    harness.create(VOL10);
    Path mountPoint = harness.driver().mount(VOL10, Optional.empty());
    List<Volume> before = harness.driver().list((name, problem) -> {});

    harness.reboot();

    assertThat(harness.driver().list((name, problem) -> {})).isEqualTo(before);
    assertThat(harness.read(VOL1)).isEqualTo("text");
    try (SnapshotContent content = harness.driver().snapshots().orElseThrow().open(VOL1, SNAP1)) {
      assertThat(harness.read(content)).isEqualTo("text");
    }
    // What was mounted is recorded so; whoever counts the mounts has it mounted again.
    assertThat(MountTable.ofThisProcess().isMountPoint(mountPoint)).isFalse();
    assertThat(harness.driver().mount(VOL10, Optional.empty())).isEqualTo(mountPoint);
    assertThat(MountTable.ofThisProcess().isMountPoint(mountPoint)).isTrue();
    harness.driver().unmount(VOL10);
  }

  @Test
  void mount_longerNameIsMounted_mountsTheShorterTooAtItsOwnPlace() throws IOException {
    harness.create(VOL10);
    harness.create(VOL1);
    Path ten = harness.driver().mount(VOL10, Optional.empty());

    Path one = harness.driver().mount(VOL1, Optional.empty());

    MountTable mounts = MountTable.ofThisProcess();
    assertThat(mounts.isMountPoint(one)).isTrue();
    assertThat(mounts.isMountPoint(ten)).isTrue();
    harness.driver().unmount(VOL1);
    assertThat(mounts.isMountPoint(one)).isFalse();
    assertThat(mounts.isMountPoint(ten)).isTrue();
    harness.driver().unmount(VOL10);
  }

  @Test
  void mount_placeGiven_isThere() throws IOException {
    harness.create(VOL1);
    Path place = Files.createDirectory(harness.root().resolve("my place"));
    Path other = Files.createDirectory(harness.root().resolve("other"));

    assertThat(harness.driver().mount(VOL1, Optional.of(place))).isEqualTo(place);

    assertThat(harness.driver().mount(VOL1, Optional.empty())).isEqualTo(place);
    assertThatThrownBy(() -> harness.driver().mount(VOL1, Optional.of(other)))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("is mounted at '" + place + "'");
    assertThatThrownBy(() -> harness.driver().delete(VOL1, DeleteMode.DATA))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("mounted at " + place);
    harness.driver().unmount(VOL1);
    assertThat(harness.driver().get(VOL1).orElseThrow().details()).containsEntry("MountPoint", "");
    harness.driver().delete(VOL1, DeleteMode.DATA);
  }

  @Test
  void mount_placeIsTaken_isRefused() throws IOException {
    harness.create(VOL1);
    harness.create(VOL10);
    Path place = Files.createDirectory(harness.root().resolve("place"));
    harness.driver().mount(VOL10, Optional.of(place));

    assertThatThrownBy(() -> harness.driver().mount(VOL1, Optional.of(place)))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("something else is mounted there");
    assertThatThrownBy(
            () -> harness.driver().mount(VOL1, Optional.of(harness.root().resolve("nosuch"))))
        .isInstanceOf(IllegalArgumentException.class);
    harness.driver().unmount(VOL10);
  }

  @Test
  void reopen_leftByACrash_isClearedAway() throws IOException {
    Volume volume = harness.create(VOL1);
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    String leftOver = "convoy-" + volume.uuid() + "-snap-7";
    DeviceNumber pool = deviceMapper.state(LabHarness.POOL).orElseThrow().number();
    deviceMapper.message(LabHarness.POOL, "reserve_metadata_snap");
    deviceMapper.message(LabHarness.POOL, "create_thin 99");
    deviceMapper.create(
        leftOver, leftOver, Target.whole(4096, "thin", pool + " 99"), Access.READ_ONLY);
    deviceMapper.suspend("vol1");

    harness.reopen();

    assertThat(deviceMapper.names()).doesNotContain(leftOver);
    assertThat(deviceMapper.state("vol1").orElseThrow().suspended()).isFalse();
    assertThat(deviceMapper.status(LabHarness.POOL).get(0).parameters()).contains(" - rw ");
    assertThat(harness.driver().info()).containsEntry("UnknownThinDevices", "[99]");
    // What no record names is told of and left alone.
    harness.create(VOL10);
    assertThat(harness.driver().info()).containsEntry("UnknownThinDevices", "[99]");
  }

  @Test
  void reopen_recordIsDamaged_hidesThatVolumeAlone() throws IOException {
    harness.create(VOL1);
    harness.create(VOL10);
    Path record = harness.root().resolve("devicemapper_volume_vol1.json");
    Files.writeString(record, "{half");

    harness.reopen();

    List<String> problems = new ArrayList<>();
    assertThat(harness.driver().list((name, problem) -> problems.add(name + ": " + problem)))
        .extracting(Volume::name)
        .containsExactly(VOL10);
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0)).startsWith("vol1: ").contains(record.toString());
    assertThatThrownBy(() -> harness.create(VOL1)).isInstanceOf(AlreadyExistsException.class);
  }

  @Test
  void manyAtOnce_createSnapshotDelete_leaveNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Callable<Void>> lives = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        VolumeName name = new VolumeName("life-" + i);
        lives.add(() -> live(name));
      }
      for (Future<Void> life : threads.invokeAll(lives)) {
        life.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(harness.driver().list((name, problem) -> {})).isEmpty();
    assertThat(harness.driver().info())
        .containsEntry("ThinpoolUsed", "0")
        .containsEntry("TransactionID", Integer.toString(4 * 32));
    harness.removeDevices();
    new ProcessCommandRunner()
        .run(List.of("thin_check", harness.metadata().device() + ""), Duration.ofSeconds(30));
    harness.open();
  }

  private Void live(VolumeName name) throws IOException {
    harness
        .driver()
        .create(VolumeSpec.of(name).withSizeBytes(6 << 20), UUID.randomUUID(), Optional.empty());
    SnapshotName snapshot = new SnapshotName("snap-" + name);
    harness.driver().snapshots().orElseThrow().create(name, snapshot, UUID.randomUUID());
    harness.driver().snapshots().orElseThrow().delete(name, snapshot);
    harness.driver().delete(name, DeleteMode.DATA);
    return null;
  }

  @Test
  void latency_manyVolumes_isPrintedAndNoProgramIsStartedForDevices() throws IOException {
    int rounds = 10;
    long[][] nanos = new long[4][rounds];
    for (int i = 0; i < rounds; i++) {
      VolumeName name = new VolumeName("latency-" + i);
      harness.startedPrograms();
      long start = System.nanoTime();
      harness
          .driver()
          .create(VolumeSpec.of(name).withSizeBytes(1L << 30), UUID.randomUUID(), Optional.empty());
      long created = System.nanoTime();
      assertThat(harness.startedPrograms()).containsExactly("mkfs.ext4");
      long begin = System.nanoTime();
      harness.driver().snapshots().orElseThrow().create(name, SNAP1, UUID.randomUUID());
      long taken = System.nanoTime();
      harness.driver().snapshots().orElseThrow().delete(name, SNAP1);
      long dropped = System.nanoTime();
      harness.driver().delete(name, DeleteMode.DATA);
      long deleted = System.nanoTime();
      assertThat(harness.startedPrograms()).isEmpty();
      nanos[0][i] = created - start;
      nanos[1][i] = taken - begin;
      nanos[2][i] = dropped - taken;
      nanos[3][i] = deleted - dropped;
    }
    System.out.printf("%-26s %10s %10s %10s%n", "in the lab, ms", "least", "median", "most");
    String[] names = {"create (ext4, 1 GiB)", "snapshot create", "snapshot delete", "delete"};
    for (int i = 0; i < names.length; i++) {
      Arrays.sort(nanos[i]);
      System.out.printf(
          "%-26s %10.1f %10.1f %10.1f%n",
          names[i], nanos[i][0] / 1e6, nanos[i][rounds / 2] / 1e6, nanos[i][rounds - 1] / 1e6);
    }

    assertThat(harness.driver().info()).containsEntry("ThinpoolUsed", "0");
  }
}
