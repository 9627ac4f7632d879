package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BlockContent;
import io.convoy.core.Extent;
import io.convoy.core.Growth;
import io.convoy.core.InUseException;
import io.convoy.core.MountTable;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes that grow, with the file systems and devices of a real kernel. */
@Tag("kernel-lab")
class ResizeLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");
  private static final SnapshotName SNAP2 = new SnapshotName("snap2");
  private static final Path NODE = Path.of("/dev/mapper/vol1");

  /** The least that mkfs.xfs makes. */
  private static final long BYTES = 320L << 20;

  private static final long LARGER_BYTES = 480L << 20;

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

  private void create(String filesystem) throws IOException {
    harness.setOption(ThinPoolConfig.FILESYSTEM, filesystem);
    harness.reopen();
    harness
        .driver()
        .create(VolumeSpec.of(VOL1).withSizeBytes(BYTES), UUID.randomUUID(), Optional.empty());
    harness.write(VOL1, "text");
  }

  private Growth growth() {
    return harness.driver().growth().orElseThrow();
  }

  private long space() throws IOException {
    return harness.whileMounted(VOL1, place -> Files.getFileStore(place).getTotalSpace());
  }

  private void assertGrown() throws IOException {
    assertThat(new KernelBlockDevices().sizeBytes(NODE)).isEqualTo(LARGER_BYTES);
    assertThat(harness.driver().get(VOL1).orElseThrow().sizeBytes()).hasValue(LARGER_BYTES);
    assertThat(space()).isBetween(LARGER_BYTES * 8 / 10, LARGER_BYTES);
    assertThat(harness.read(VOL1)).isEqualTo("text");
  }

  private void growMounted(String filesystem) throws IOException {
    create(filesystem);
    Path place = harness.driver().mount(VOL1, Optional.empty());
    Path open = Files.createFile(place.resolve("open"));

    // Somebody writes all the while.
    try (FileChannel file = FileChannel.open(open, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1}));
      growth().grow(VOL1, LARGER_BYTES);
      file.write(ByteBuffer.wrap(new byte[] {2}));
    }

    assertGrown();
    assertThat(Files.readAllBytes(open)).containsExactly(1, 2);
    harness.driver().unmount(VOL1);
    harness.reboot();
    assertGrown();
  }

  private void growUnmounted(String filesystem) throws IOException {
    create(filesystem);

    growth().grow(VOL1, LARGER_BYTES);

    assertGrown();
    assertThat(harness.driver().get(VOL1).orElseThrow().details()).containsEntry("MountPoint", "");
    assertThat(MountTable.ofThisProcess().mountPointsOf(number().toString())).isEmpty();
  }

  private static DeviceNumber number() throws IOException {
    return new KernelBlockDevices().number(NODE);
  }

  @Test
  void grow_ext4Mounted_growsUnderItsUsers() throws IOException {
    growMounted("ext4");
  }

  @Test
  void grow_xfsMounted_growsUnderItsUsers() throws IOException {
    growMounted("xfs");
  }

  @Test
  void grow_ext4Unmounted_growsTheFileSystem() throws IOException {
    growUnmounted("ext4");
  }

  @Test
  void grow_xfsUnmounted_growsTheFileSystem() throws IOException {
    growUnmounted("xfs");
  }

  @Test
  void grow_noWholeBlocks_isRoundedUp() throws IOException {
    create("ext4");

    assertThat(growth().grow(VOL1, LARGER_BYTES - 5).sizeBytes()).hasValue(LARGER_BYTES);
    assertGrown();
  }

  @Test
  void grow_deviceIsOpen_isRefusedAndNamesTheHolder() throws IOException {
    create("ext4");

    try (FileChannel open = FileChannel.open(NODE, StandardOpenOption.READ)) {
      assertThatThrownBy(() -> growth().grow(VOL1, LARGER_BYTES))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid() + " (java)");
      assertThat(open.isOpen()).isTrue();
    }
    assertThat(new KernelBlockDevices().sizeBytes(NODE)).isEqualTo(BYTES);
  }

  @Test
  void reopen_growthWasCutOff_isFinished() throws IOException {
    create("xfs");
    // As after a crash between the record and the device.
    ThinVolumeFiles files = new ThinVolumeFiles(harness.root());
    ThinVolume recorded = files.all((name, problem) -> {}).get(VOL1);
    files.write(recorded.withSizeBytes(LARGER_BYTES).withStep(Step.GROWING));

    harness.reopen();

    assertGrown();
  }

  @Test
  void changedSince_volumeGrew_isAllThatTheNextBackupNeeds() throws IOException {
    create("ext4");
    UUID first =
        harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID()).uuid();
    growth().grow(VOL1, LARGER_BYTES);
    Path place = harness.driver().mount(VOL1, Optional.empty());
    Files.write(place.resolve("new"), new byte[8 << 20]);
    harness.driver().unmount(VOL1);
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP2, UUID.randomUUID());

    Path image = Files.createFile(directory.resolve("image"));
    try (FileChannel restored = FileChannel.open(image, StandardOpenOption.WRITE);
        BlockContent before = open(SNAP1);
        BlockContent after = open(SNAP2)) {
      copy(before, before.allocated(), restored);
      List<Extent> changed = after.changedSince(first).orElseThrow();
      copy(after, changed, restored);
      assertThat(before.sizeBytes()).isEqualTo(BYTES);
      assertThat(after.sizeBytes()).isEqualTo(LARGER_BYTES);
      assertThat(changed.stream().mapToLong(Extent::lengthBytes).sum()).isLessThan(64 << 20);
    }

    assertSame(image);
  }

  private BlockContent open(SnapshotName snapshot) throws IOException {
    return (BlockContent) harness.driver().snapshots().orElseThrow().open(VOL1, snapshot);
  }

  private static void copy(BlockContent content, List<Extent> extents, FileChannel to)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    for (Extent extent : extents) {
      for (long at = extent.offsetBytes(); at < extent.endBytes(); at += buffer.capacity()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), extent.endBytes() - at));
        content.read(at, buffer);
        to.write(buffer.flip(), at);
      }
    }
  }

  /** What is not in the image's end is zeros on the device. */
  private static void assertSame(Path image) throws IOException {
    try (FileChannel device = FileChannel.open(NODE, StandardOpenOption.READ);
        FileChannel copy = FileChannel.open(image, StandardOpenOption.READ)) {
      ByteBuffer expected = ByteBuffer.allocate(1 << 20);
      ByteBuffer actual = ByteBuffer.allocate(1 << 20);
      for (long at = 0; at < LARGER_BYTES; at += expected.capacity()) {
        device.read(expected.clear(), at);
        actual.clear().put(new byte[actual.capacity()]);
        copy.read(actual.clear(), at);
        assertThat(actual.array()).as("bytes from %s", at).isEqualTo(expected.array());
      }
    }
  }
}
