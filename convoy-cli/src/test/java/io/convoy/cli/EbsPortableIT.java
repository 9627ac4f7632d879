package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.lab.S3Server;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupUrl;
import io.convoy.core.Convoy;
import io.convoy.core.MountRequest;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.testing.Environment;
import io.convoy.ebs.testing.InstanceConvoy;
import io.convoy.ebs.testing.Programs;
import io.convoy.ebs.testing.TestAccount;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backups that leave Amazon and come back: snapshots of EBS go to a directory and to an S3 server
 * and are restored to image files, which is what devices are elsewhere; a device's backup from
 * elsewhere is restored to a volume in EBS.
 */
final class EbsPortableIT {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final int UNIT = 512 * 1024;

  /** So many blocks that did not change are read, to see whether Amazon is right about that. */
  private static final int PROOF = 16;

  @TempDir private Path directory;
  private InstanceConvoy instance;
  private TestAccount account;
  private S3Server s3;
  private Convoy convoy;

  @BeforeEach
  void open() throws Exception {
    Environment.requireRoot();
    s3 = S3Server.start(Files.createDirectory(directory.resolve("s3")), Duration.ZERO);
    instance = InstanceConvoy.open(directory.resolve("root"));
    account = instance.account();
    convoy = instance.convoy();
  }

  @AfterEach
  void close() throws IOException {
    if (instance != null) {
      instance.close();
    }
    if (s3 != null) {
      s3.close();
    }
  }

  private interface Work {
    void at(Path mountPoint) throws IOException;
  }

  private void mounted(VolumeName volume, Work work) throws IOException {
    work.at(convoy.mount(volume, MountRequest.command(Optional.empty())));
    convoy.unmount(volume, MountRequest.COMMAND);
  }

  private static byte[] random(int seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Takes a snapshot, and returns the image of what it holds. */
  private Path snapshot(String name) throws IOException {
    Snapshot snapshot = convoy.createSnapshot(VOL1, Optional.of(new SnapshotName(name)));
    return account.snapshotImage(snapshot.details().get("EBSSnapshotID"));
  }

  private BackupUrl backUp(String snapshot, BackupDestination destination) throws IOException {
    return convoy
        .createBackup(new SnapshotName(snapshot), destination, Progress.NONE)
        .backup()
        .url();
  }

  private static String sha512(Path image) {
    return Programs.run("sha512sum", "--binary", image.toString()).substring(0, 128);
  }

  /** Restores a backup to an image file by the command that needs no daemon. */
  private Path restoredImage(BackupUrl url, String... options) {
    Path image = directory.resolve("restored-" + System.nanoTime() + ".img");
    List<String> arguments = new ArrayList<>(List.of("backup"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("restore", url.toString(), "--image", image.toString()));
    Run run = Run.of(Map.of(), arguments);
    assertThat(run.status()).as(run.err()).isZero();
    return image;
  }

  /** Returns how many blocks of Amazon's differ between two images. */
  private static int changedUnits(Path before, Path after) throws IOException {
    int changed = 0;
    byte[] first = new byte[UNIT];
    byte[] second = new byte[UNIT];
    try (RandomAccessFile one = new RandomAccessFile(before.toFile(), "r");
        RandomAccessFile other = new RandomAccessFile(after.toFile(), "r")) {
      for (long at = 0; at < one.length(); at += UNIT) {
        one.readFully(first);
        other.readFully(second);
        changed += Arrays.equals(first, second) ? 0 : 1;
      }
    }
    return changed;
  }

  @Test
  void backups_leaveAmazon_restoreToImagesThatAreTheSame() throws Exception {
    BackupDestination directoryStore =
        BackupDestination.parse("vfs://" + Files.createDirectory(directory.resolve("store")));
    BackupDestination s3Store = s3.destination("ebs/");
    convoy.create(VolumeSpec.of(VOL1), Optional.empty(), Progress.NONE);
    mounted(VOL1, place -> Files.write(place.resolve("large"), random(1, 60_000_000)));
    Path first = snapshot("snap1");
    BackupUrl inDirectory = backUp("snap1", directoryStore);
    backUp("snap1", s3Store);
    mounted(
        VOL1,
        place -> {
          try (RandomAccessFile file =
              new RandomAccessFile(place.resolve("large").toFile(), "rw")) {
            // Far apart: each is in another block.
            for (int at = 3_000_000; at < 50_000_000; at += 12_000_000) {
              file.seek(at);
              file.write(1);
            }
          }
        });
    Path second = snapshot("snap2");
    int changed = changedUnits(first, second);
    account.takeCalls();

    BackupUrl laterInDirectory = backUp("snap2", directoryStore);

    int read = account.takeCalls().getOrDefault("GetSnapshotBlock", 0);
    System.out.printf(
        "EBS, incremental: %s blocks of 512 KiB changed, %s were read%n", changed, read);
    assertThat(changed).isBetween(4, 40);
    assertThat(read).isBetween(changed, changed + PROOF);
    BackupUrl laterInS3 = backUp("snap2", s3Store);
    assertThat(account.takeCalls().get("GetSnapshotBlock")).isBetween(changed, changed + PROOF);
    String firstSum = sha512(first);
    String secondSum = sha512(second);
    assertThat(sha512(restoredImage(inDirectory))).isEqualTo(firstSum);
    assertThat(sha512(restoredImage(laterInDirectory))).isEqualTo(secondSum);
    assertThat(sha512(restoredImage(laterInS3, "--s3-endpoint", s3.endpoint())))
        .isEqualTo(secondSum);
    assertThat(firstSum).isNotEqualTo(secondSum);
  }

  @Test
  void backup_ofADeviceElsewhere_restoresToEbs() throws Exception {
    Path tree = Files.createDirectory(directory.resolve("tree"));
    byte[] content = random(2, 5_000_000);
    Files.write(tree.resolve("data"), content);
    Path image = directory.resolve("device.img");
    Programs.run("truncate", "-s", "300M", image.toString());
    Programs.run("mkfs.ext4", "-q", "-d", tree.toString(), image.toString());
    String destination = "vfs://" + Files.createDirectory(directory.resolve("store"));
    Run made =
        Run.of(
            Map.of(),
            List.of(
                "backup",
                "create",
                "--image",
                image.toString(),
                "--volume",
                "vol1",
                "--dest",
                destination));
    assertThat(made.status()).as(made.err()).isZero();

    convoy.create(
        VolumeSpec.of(VOL2).withSource(BackupUrl.parse(made.out().strip())),
        Optional.of("ebs"),
        Progress.NONE);

    assertThat(convoy.get(VOL2).volume().sizeBytes()).hasValue(1L << 30);
    mounted(
        VOL2,
        place -> {
          assertThat(place.resolve("data")).hasBinaryContent(content);
          // The file system has grown with the size, which is rounded up.
          assertThat(Files.getFileStore(place).getTotalSpace()).isGreaterThan(900_000_000);
        });
  }
}
