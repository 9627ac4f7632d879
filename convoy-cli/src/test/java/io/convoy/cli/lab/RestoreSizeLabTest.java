package io.convoy.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BackupDestination;
import io.convoy.core.BackupUrl;
import io.convoy.core.Convoy;
import io.convoy.core.DeleteMode;
import io.convoy.core.MountRequest;
import io.convoy.core.Progress;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A backup is restored to a volume of another size. */
@Tag("kernel-lab")
final class RestoreSizeLabTest {
  private static final VolumeName VOLUME = new VolumeName("original");
  private static final VolumeName RESTORED = new VolumeName("restored");
  private static final String TEXT = "what was backed up";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"ext4, 64", "xfs, 304"})
  void create_fromABackup_isRefusedSmallerAndGrowsWhenLarger(String filesystem, long mebibytes)
      throws Exception {
    long bytes = mebibytes << 20;
    BackupDestination store =
        BackupDestination.parse("vfs://" + Files.createDirectory(directory.resolve("store")));
    try (ThinHost host =
        ThinHost.create(directory.resolve("host"), 1L << 30, Map.of("dm.fs", filesystem))) {
      Convoy convoy = host.open();
      host.create(VOLUME, bytes);
      Path place = convoy.mount(VOLUME, MountRequest.command(Optional.empty()));
      Files.writeString(place.resolve("text"), TEXT);
      convoy.unmount(VOLUME, MountRequest.COMMAND);
      SnapshotName snapshot = new SnapshotName("snapshot-of-" + filesystem);
      convoy.createSnapshot(VOLUME, Optional.of(snapshot));
      BackupUrl url = convoy.createBackup(snapshot, store, Progress.NONE).backup().url();
      String used = host.run("dmsetup", "status", "convoy-pool");

      assertThatThrownBy(() -> restore(convoy, url, bytes - (2 << 20)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Long.toString(bytes));
      assertThat(convoy.list()).hasSize(1);
      assertThat(usedBlocks(host.run("dmsetup", "status", "convoy-pool")))
          .isEqualTo(usedBlocks(used));

      restore(convoy, url, 2 * bytes);
      assertThat(host.run("blockdev", "--getsize64", "/dev/mapper/" + RESTORED).strip())
          .isEqualTo(Long.toString(2 * bytes));
      place = convoy.mount(RESTORED, MountRequest.command(Optional.empty()));
      assertThat(place.resolve("text")).hasContent(TEXT);
      assertThat(Files.getFileStore(place).getTotalSpace()).isBetween(bytes * 3 / 2, bytes * 2);
      // More than there was before: of the file system's blocks, not of the pool's.
      host.run("fallocate", "--length", Long.toString(bytes), place.resolve("fills").toString());
      convoy.unmount(RESTORED, MountRequest.COMMAND);
      host.run(filesystem.equals("xfs") ? "xfs_repair" : "e2fsck", "-n", "/dev/mapper/" + RESTORED);
      convoy.delete(RESTORED, DeleteMode.DATA);
      host.checkPool();
    }
  }

  private static void restore(Convoy convoy, BackupUrl url, long bytes) throws IOException {
    convoy.create(
        VolumeSpec.of(RESTORED).withSource(url).withSizeBytes(bytes),
        Optional.empty(),
        Progress.NONE);
  }

  /** Returns the field {@code <used>/<total>} of data blocks. */
  private static String usedBlocks(String status) {
    return status.split(" ", -1)[5];
  }
}
