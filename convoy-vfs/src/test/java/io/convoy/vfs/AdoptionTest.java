package io.convoy.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DeleteMode;
import io.convoy.core.FileTreeContent;
import io.convoy.core.NotFoundException;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeName;
import io.convoy.core.testing.Environment;
import io.convoy.core.testing.OldConvoy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Convoy v0.5.2 left behind is taken over as it is. */
class AdoptionTest {
  private static final VolumeName FILEVOL = new VolumeName("filevol");
  private static final VolumeName A1 = new VolumeName("a1");
  private static final SnapshotName FSNAP1 = new SnapshotName("fsnap1");
  private static final SnapshotName ASNAP = new SnapshotName("asnap");

  @TempDir Path directory;
  private Path root;
  private Path path;

  @BeforeEach
  void extractFixture() throws Exception {
    Environment.requireRoot();
    OldConvoy.moveTo(directory);
    root = directory.resolve("root/vfs");
    path = directory.resolve("vfs");
  }

  private VolumeDriver open(String host) throws IOException {
    return VfsHarness.open(
        host.equals("host-1") ? root : directory.resolve(host),
        host,
        Map.of("vfs.path", path.toString()));
  }

  @Test
  void open_volumes_areAllThereAndTheirRecordsUntouched() throws IOException {
    String before = Files.readString(path.resolve("config/vfs_volume_filevol.json"));

    try (VolumeDriver driver = open("host-1")) {
      List<Volume> volumes =
          driver.list(
              (name, problem) -> {
                throw new AssertionError(name + ": " + problem);
              });
      assertThat(volumes).extracting(Volume::name).containsExactly(A1, FILEVOL);
      assertThat(volumes.get(1).createdTime()).isEqualTo("2026-11-23T22:49:10Z");
      assertThat(volumes.get(1).details())
          .containsEntry("Path", path + "/filevol")
          .containsEntry("Size", "0")
          .containsEntry("PrepareForVM", "false")
          .doesNotContainKey("MountPoint");
      Snapshot snapshot = volumes.get(1).snapshots().get(0);
      assertThat(snapshot.name()).isEqualTo(FSNAP1);
      assertThat(snapshot.createdTime()).isEqualTo("2026-11-23T22:49:11Z");
      assertThat(snapshot.details())
          .containsEntry("FilePath", root + "/snapshots/filevol_fsnap1.tar.gz")
          .containsEntry("VolumeUUID", "filevol")
          .containsEntry("Kind", "archive");
      assertThat(driver.mount(FILEVOL, Optional.empty())).isEqualTo(path.resolve("filevol"));
    }

    assertThat(path.resolve("config/vfs_volume_filevol.json")).hasContent(before);
  }

  @Test
  void open_onTwoHostsAndAgain_agreeOnTheIdentity() throws IOException {
    try (VolumeDriver driver = open("host-1");
        VolumeDriver other = open("host-2")) {
      Volume volume = driver.get(FILEVOL).orElseThrow();
      assertThat(other.get(FILEVOL)).contains(volume);
      assertThat(other.get(A1).orElseThrow().uuid()).isNotEqualTo(volume.uuid());

      other.snapshots().orElseThrow().create(FILEVOL, new SnapshotName("new1"), UUID.randomUUID());

      assertThat(driver.get(FILEVOL).orElseThrow().uuid()).isEqualTo(volume.uuid());
      assertThat(driver.get(FILEVOL).orElseThrow().snapshots())
          .hasSize(2)
          .contains(volume.snapshots().get(0));
    }
  }

  @Test
  void openSnapshot_archive_hasAllFilesAndIsRemovedAfterwards() throws Exception {
    try (VolumeDriver driver = open("host-1")) {
      Path unpacked;
      try (FileTreeContent content =
          (FileTreeContent) driver.snapshots().orElseThrow().open(FILEVOL, FSNAP1)) {
        unpacked = content.directory();
        assertThat(Programs.describe(unpacked))
            .isEqualTo(Programs.describe(path.resolve("filevol")));
        assertThat(Files.readString(unpacked.resolve("hello.txt"), UTF_8)).hasSize(6);
        assertThat(Files.getAttribute(unpacked.resolve("hard"), "unix:ino"))
            .isEqualTo(Files.getAttribute(unpacked.resolve("hello.txt"), "unix:ino"));
        assertThat(Files.getAttribute(unpacked.resolve("hello.txt"), "unix:uid")).isEqualTo(1000);
      }
      assertThat(unpacked).doesNotExist();
      driver.snapshots().orElseThrow().open(A1, ASNAP).close();
    }
  }

  @Test
  void openSnapshot_archiveGone_isNotThatThereIsNoSnapshot() throws IOException {
    Files.delete(root.resolve("snapshots/filevol_fsnap1.tar.gz"));

    try (VolumeDriver driver = open("host-1")) {
      assertThatThrownBy(() -> driver.snapshots().orElseThrow().open(FILEVOL, FSNAP1))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(NotFoundException.class)
          .hasMessageContaining(root + "/snapshots/filevol_fsnap1.tar.gz");
      assertThat(driver.get(FILEVOL).orElseThrow().snapshots()).hasSize(1);
    }
  }

  @Test
  void openSnapshot_archiveCut_isAnErrorAndLeavesNothing() throws IOException {
    Path archive = root.resolve("snapshots/filevol_fsnap1.tar.gz");
    Files.write(archive, Arrays.copyOf(Files.readAllBytes(archive), 1000));

    try (VolumeDriver driver = open("host-1")) {
      assertThatThrownBy(() -> driver.snapshots().orElseThrow().open(FILEVOL, FSNAP1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("can't be unpacked");
    }
    assertThat(root).isDirectoryNotContaining("glob:**/open-*");
  }

  @Test
  void deleteSnapshot_archive_removesExactlyThatFile() throws IOException {
    try (VolumeDriver driver = open("host-1")) {
      driver.snapshots().orElseThrow().delete(FILEVOL, FSNAP1);

      assertThat(driver.get(FILEVOL).orElseThrow().snapshots()).isEmpty();
      assertThat(root.resolve("snapshots/filevol_fsnap1.tar.gz")).doesNotExist();
      assertThat(root.resolve("snapshots/a1_asnap.tar.gz")).exists();
    }
  }

  @Test
  void deleteSnapshot_recordNamesAnotherFile_touchesNothing() throws IOException {
    Path precious = Files.writeString(directory.resolve("precious"), "text");
    Path record = path.resolve("config/vfs_volume_filevol.json");
    Files.writeString(
        record,
        Files.readString(record)
            .replace(root + "/snapshots/filevol_fsnap1.tar.gz", precious.toString()));

    try (VolumeDriver driver = open("host-1")) {
      assertThatThrownBy(() -> driver.snapshots().orElseThrow().delete(FILEVOL, FSNAP1))
          .hasMessageContaining(precious.toString());
      assertThat(driver.get(FILEVOL).orElseThrow().snapshots()).hasSize(1);
    }
    assertThat(precious).hasContent("text");
  }

  @Test
  void deleteVolume_data_removesDirectoryAndArchive() throws IOException {
    try (VolumeDriver driver = open("host-1")) {
      driver.delete(FILEVOL, DeleteMode.DATA);

      assertThat(driver.get(FILEVOL)).isEmpty();
    }
    assertThat(path.resolve("filevol").toFile().exists()).isFalse();
    assertThat(Files.exists(path.resolve("a1"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(root.resolve("snapshots/filevol_fsnap1.tar.gz")).doesNotExist();
    assertThat(root.resolve("snapshots/a1_asnap.tar.gz")).exists();
  }

  @Test
  void unmount_mountNotedInTheRecord_isReportedOnceOnly() throws IOException {
    Path record = path.resolve("config/vfs_volume_filevol.json");
    Files.writeString(
        record,
        Files.readString(record)
            .replace("\"MountPoint\":\"\"", "\"MountPoint\":\"" + path + "/filevol\""));

    try (VolumeDriver driver = open("host-1")) {
      assertThat(driver.get(FILEVOL).orElseThrow().details())
          .containsEntry("MountPoint", path + "/filevol");

      driver.unmount(FILEVOL);

      assertThat(driver.get(FILEVOL).orElseThrow().details()).doesNotContainKey("MountPoint");
      assertThat(driver.get(FILEVOL).orElseThrow().snapshots()).hasSize(1);
    }
  }
}
