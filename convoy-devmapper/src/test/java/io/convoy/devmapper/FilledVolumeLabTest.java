package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes whose first content is that of a snapshot. */
@Tag("kernel-lab")
final class FilledVolumeLabTest {
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
  void xfs_restoredVolume_isMountedBesideItsOrigin() throws IOException {
    harness.setOption(ThinPoolConfig.FILESYSTEM, "xfs");
    harness.setOption(ThinPoolConfig.DEFAULT_VOLUME_SIZE, "320M");
    harness.reopen();
    harness.create(VOL1);
    harness.write(VOL1, "on xfs");
    harness.driver().mount(VOL1, Optional.empty());
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());

    try (SnapshotContent content = harness.driver().snapshots().orElseThrow().open(VOL1, SNAP1)) {
      harness
          .driver()
          .create(
              VolumeSpec.of(VOL10),
              UUID.randomUUID(),
              Optional.of(target -> LabHarness.copyTo(content, target)));
    }

    assertThat(harness.driver().get(VOL10).orElseThrow().details())
        .containsEntry("Filesystem", "xfs");
    assertThat(harness.read(VOL10)).isEqualTo("on xfs");
    harness.driver().unmount(VOL1);
  }

  @Test
  void create_ext4ToALargerSize_growsTheFileSystem() throws IOException {
    harness.create(VOL1);
    restoredLarger(128L << 20);
  }

  @Test
  void create_xfsToALargerSize_growsTheFileSystem() throws IOException {
    harness.setOption(ThinPoolConfig.FILESYSTEM, "xfs");
    harness.setOption(ThinPoolConfig.DEFAULT_VOLUME_SIZE, "320M");
    harness.reopen();
    harness.create(VOL1);
    restoredLarger(400L << 20);
  }

  private void restoredLarger(long bytes) throws IOException {
    harness.write(VOL1, "text");
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    try (SnapshotContent content = harness.driver().snapshots().orElseThrow().open(VOL1, SNAP1)) {
      harness
          .driver()
          .create(
              VolumeSpec.of(VOL10).withSizeBytes(bytes),
              UUID.randomUUID(),
              Optional.of(target -> LabHarness.copyTo(content, target)));
    }

    assertThat(harness.read(VOL10)).isEqualTo("text");
    long space =
        harness.whileMounted(VOL10, mountPoint -> Files.getFileStore(mountPoint).getTotalSpace());
    assertThat(space).isGreaterThan(bytes * 8 / 10);
  }

  @Test
  void create_fromASnapshotOfTheSameSize_isTheSameToTheByte() throws IOException {
    harness.create(VOL1);
    harness.write(VOL1, "text");
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    byte[] expected = Files.readAllBytes(Path.of("/dev/mapper/vol1"));

    try (SnapshotContent content = harness.driver().snapshots().orElseThrow().open(VOL1, SNAP1)) {
      harness
          .driver()
          .create(
              VolumeSpec.of(VOL10),
              UUID.randomUUID(),
              Optional.of(target -> LabHarness.copyTo(content, target)));
    }

    assertThat(Files.readAllBytes(Path.of("/dev/mapper/vol10"))).isEqualTo(expected);
  }
}
