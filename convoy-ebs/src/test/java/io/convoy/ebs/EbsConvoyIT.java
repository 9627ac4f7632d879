package io.convoy.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.Convoy;
import io.convoy.core.DeleteMode;
import io.convoy.core.MountRequest;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.testing.Environment;
import io.convoy.ebs.testing.Delays;
import io.convoy.ebs.testing.InstanceConvoy;
import io.convoy.ebs.testing.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of volumes in EBS, made and restored as every caller does it: through {@link Convoy}. */
final class EbsConvoyIT {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");
  private static final SnapshotName SNAP2 = new SnapshotName("snap2");

  @TempDir private Path directory;
  private InstanceConvoy instance;
  private TestAccount account;
  private Convoy convoy;

  @BeforeEach
  void open() throws IOException {
    Environment.requireRoot();
    instance = InstanceConvoy.open(directory.resolve("root"));
    account = instance.account();
    convoy = instance.convoy();
  }

  @AfterEach
  void close() throws IOException {
    if (instance != null) {
      instance.close();
    }
  }

  private void write(VolumeName volume, String file, byte[] content) throws IOException {
    Path place = convoy.mount(volume, MountRequest.command(Optional.empty()));
    Files.write(place.resolve(file), content);
    convoy.unmount(volume, MountRequest.COMMAND);
  }

  private byte[] read(VolumeName volume, String file) throws IOException {
    Path place = convoy.mount(volume, MountRequest.command(Optional.empty()));
    byte[] content = Files.readAllBytes(place.resolve(file));
    convoy.unmount(volume, MountRequest.COMMAND);
    return content;
  }

  private static byte[] bytes(int value, int count) {
    byte[] bytes = new byte[count];
    new Random(value).nextBytes(bytes);
    return bytes;
  }

  @Test
  void backup_withoutDestination_staysAtAmazonAndRestores() throws IOException {
    convoy.create(VolumeSpec.of(VOL1), Optional.empty(), Progress.NONE);
    byte[] content = bytes(1, 3_000_000);
    write(VOL1, "data", content);
    account.setDelays(Delays.NONE.withSnapshot(Duration.ofSeconds(2)));
    Snapshot snapshot = convoy.createSnapshot(VOL1, Optional.of(SNAP1));
    assertThat(snapshot.details()).containsEntry("State", "pending");

    BackupResult made = convoy.createBackup(SNAP1, Progress.NONE);

    BackupUrl url = made.backup().url();
    assertThat(url.toString())
        .isEqualTo("ebs://us-east-1/" + snapshot.details().get("EBSSnapshotID"));
    Backup backup = convoy.inspectBackup(url);
    assertThat(backup.details())
        .containsEntry("State", "completed")
        .containsKeys("EBSSnapshotID", "EBSVolumeID", "StartTime", "Size", "KmsKeyId");
    assertThat(backup.volumeName()).isEqualTo(VOL1);
    assertThat(convoy.listBackups(BackupDestination.parse("ebs://us-east-1"), Optional.of(VOL1)))
        .satisfies(list -> assertThat(list.backups()).hasSize(1));

    convoy.deleteSnapshot(SNAP1);
    convoy.delete(VOL1, DeleteMode.DATA);
    convoy.create(VolumeSpec.of(VOL2).withSource(url), Optional.empty(), Progress.NONE);

    assertThat(read(VOL2, "data")).isEqualTo(content);
    convoy.deleteBackup(url);
    assertThat(account.snapshots()).isEmpty();
    assertThatThrownBy(() -> convoy.deleteBackup(url)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> convoy.inspectBackup(url)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void backup_toADirectory_leavesAmazonAndComesBack() throws IOException {
    BackupDestination store =
        BackupDestination.parse("vfs://" + Files.createDirectory(directory.resolve("store")));
    convoy.create(VolumeSpec.of(VOL1), Optional.empty(), Progress.NONE);
    write(VOL1, "large", bytes(1, 40_000_000));
    convoy.createSnapshot(VOL1, Optional.of(SNAP1));
    BackupResult first = convoy.createBackup(SNAP1, store, Progress.NONE);
    byte[] changed = bytes(2, 300_000);
    write(VOL1, "small", changed);
    convoy.createSnapshot(VOL1, Optional.of(SNAP2));
    account.takeCalls();

    BackupResult second = convoy.createBackup(SNAP2, store, Progress.NONE);

    Map<String, Integer> calls = account.takeCalls();
    assertThat(first.newBytes()).isGreaterThan(40_000_000);
    assertThat(second.newBytes()).isLessThan(first.newBytes() / 2);
    assertThat(calls.get("ListChangedBlocks")).isPositive();
    convoy.create(
        VolumeSpec.of(VOL2).withSource(second.backup().url()).withSizeBytes(2L << 30),
        Optional.empty(),
        Progress.NONE);
    assertThat(read(VOL2, "small")).isEqualTo(changed);
    assertThat(read(VOL2, "large")).isEqualTo(bytes(1, 40_000_000));
    assertThat(account.volumes()).hasSize(2);
  }
}
