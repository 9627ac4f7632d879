package io.convoy.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupDestination;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.Convoy;
import io.convoy.core.DeleteMode;
import io.convoy.core.MountRequest;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each backup of a chain gives the device of its snapshot back, byte for byte. */
@Tag("kernel-lab")
final class BlockChainLabTest {
  private static final int LINKS = 10;

  /** Where the snapshots so far are deleted, so that the next backup is a full one again. */
  private static final int FULL_AGAIN = 6;

  /** What a backup is made of. */
  private static final long BACKUP_BLOCK_BYTES = 2L << 20;

  private static final VolumeName VOLUME = new VolumeName("chain");
  private static final VolumeName RESTORED = new VolumeName("restored");
  private static final long EXT4_BYTES = 64L << 20;

  /** The least that mkfs.xfs takes is 300 MiB. */
  private static final long XFS_BYTES = 304L << 20;

  @TempDir static Path directory;
  private static S3Server s3;

  @BeforeAll
  static void startS3() throws Exception {
    S3Server.useCredentials();
    s3 = S3Server.start(Files.createDirectory(directory.resolve("s3")), Duration.ZERO);
  }

  @AfterAll
  static void stopS3() {
    s3.close();
  }

  /** Sectors in a block of the pool, file system, stores. */
  static List<Arguments> chains() {
    if (!Boolean.getBoolean("convoy.lab.long")) {
      return List.of(
          Arguments.of(128, "ext4", List.of("vfs")),
          Arguments.of(4096, "xfs", List.of("s3")),
          Arguments.of(8192, "ext4", List.of("s3")));
    }
    List<Arguments> all = new ArrayList<>();
    for (int sectors : new int[] {128, 4096, 8192}) {
      for (String filesystem : List.of("ext4", "xfs")) {
        all.add(Arguments.of(sectors, filesystem, List.of("vfs", "s3")));
      }
    }
    return all;
  }

  /**
   * A backup of one snapshot in each store.
   *
   * @param mappedBytes how much of the snapshot the pool has blocks for
   * @param touchedBytes how much of a restored volume it may have blocks for
   */
  private record Link(String sha512, long mappedBytes, long touchedBytes, List<BackupUrl> urls) {}

  @ParameterizedTest
  @MethodSource("chains")
  void restore_everyLink_givesTheSnapshotsDevice(
      int blockSectors, String filesystem, List<String> stores) throws Exception {
    String name = blockSectors + "-" + filesystem;
    long seed = Long.getLong("convoy.lab.seed", System.nanoTime());
    Random random = new Random(seed);
    long bytes = filesystem.equals("xfs") ? XFS_BYTES : EXT4_BYTES;
    long poolBlockBytes = blockSectors * 512L;
    long unitBytes = Math.max(poolBlockBytes, BACKUP_BLOCK_BYTES);
    long start = System.nanoTime();
    List<BackupDestination> destinations = new ArrayList<>();
    for (String store : stores) {
      destinations.add(
          store.equals("s3")
              ? s3.destination(name + "/")
              : BackupDestination.parse(
                  "vfs://" + Files.createDirectory(directory.resolve("store-" + name))));
    }
    try (ThinHost host =
        ThinHost.create(
            directory.resolve(name),
            2L << 30,
            Map.of("dm.thinpoolblocksize", blockSectors + "", "dm.fs", filesystem))) {
      Convoy convoy = host.open();
      host.create(VOLUME, bytes);
      Path mountPoint = convoy.mount(VOLUME, MountRequest.command(Optional.empty()));
      List<Link> links = new ArrayList<>();
      List<SnapshotName> snapshots = new ArrayList<>();
      long stored = 0;
      for (int i = 0; i < LINKS; i++) {
        change(host, mountPoint, i, random);
        if (i == FULL_AGAIN) {
          for (SnapshotName old : snapshots) {
            convoy.deleteSnapshot(old);
          }
        }
        Snapshot snapshot =
            convoy.createSnapshot(VOLUME, Optional.of(new SnapshotName("link-" + name + i)));
        snapshots.add(snapshot.name());
        List<BackupUrl> urls = new ArrayList<>();
        for (BackupDestination destination : destinations) {
          BackupResult result = convoy.createBackup(snapshot.name(), destination, Progress.NONE);
          urls.add(result.backup().url().withEndpoint(destination.endpoint()));
          stored += result.storedBytes();
        }
        links.add(
            new Link(
                host.sha512(snapshot),
                host.touchedBytes(snapshot, poolBlockBytes),
                host.touchedBytes(snapshot, unitBytes),
                urls));
      }
      assertThat(links).extracting(Link::sha512).doesNotHaveDuplicates();
      if (poolBlockBytes < BACKUP_BLOCK_BYTES) {
        // Before the last snapshot everything was deleted and given back to the pool. Of larger
        // blocks the file system may keep a part of each.
        assertThat(links.get(LINKS - 1).mappedBytes())
            .as("mapped at last, seed %s", seed)
            .isLessThan(links.stream().mapToLong(Link::mappedBytes).max().orElseThrow());
      }
      long mapped = 0;
      long mostMapped = 0;
      for (Link link : links) {
        for (BackupUrl url : link.urls()) {
          convoy.create(VolumeSpec.of(RESTORED).withSource(url), Optional.empty(), Progress.NONE);
          assertThat(host.sha512(RESTORED)).as("%s, seed %s", url, seed).isEqualTo(link.sha512());
          mapped = host.mappedBytes(RESTORED);
          assertThat(mapped)
              .as("%s, mapped, seed %s", url, seed)
              .isPositive()
              .isLessThanOrEqualTo(link.touchedBytes());
          mostMapped = Math.max(mostMapped, mapped);
          // Beside its origin, which is mounted and whose UUID its file system has.
          Path twin = convoy.mount(RESTORED, MountRequest.command(Optional.empty()));
          assertThat(twin).isNotEmptyDirectory();
          convoy.unmount(RESTORED, MountRequest.COMMAND);
          convoy.delete(RESTORED, DeleteMode.DATA);
        }
      }
      convoy.unmount(VOLUME, MountRequest.COMMAND);
      System.out.printf(
          "chain of %d on %s, pool blocks of %d KiB, to %s: %d backups and restores, %d KiB stored,"
              + " at most %d KiB mapped, %d KiB at last, %d s%n",
          LINKS,
          filesystem,
          blockSectors / 2,
          stores,
          LINKS * stores.size(),
          stored >> 10,
          mostMapped >> 10,
          mapped >> 10,
          Duration.ofNanos(System.nanoTime() - start).toSeconds());
      host.checkPool();
    }
  }

  /** Writes new files, writes into old ones, deletes some, and gives back what is unused. */
  private static void change(ThinHost host, Path mountPoint, int link, Random random)
      throws IOException {
    if (link == LINKS - 1) {
      try (Stream<Path> files = Files.list(mountPoint)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
    }
    byte[] bytes = new byte[1 << 20];
    for (int i = 0; i < 2; i++) {
      random.nextBytes(bytes);
      Path file = mountPoint.resolve("file-" + random.nextInt(12));
      try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
        open.seek(random.nextInt(4 << 20));
        open.write(bytes, 0, 1 + random.nextInt(bytes.length));
      }
    }
    if (link % 3 == 2) {
      Files.deleteIfExists(mountPoint.resolve("file-" + random.nextInt(12)));
      host.run("fstrim", mountPoint.toString());
    }
    if (link == LINKS - 1) {
      host.run("sync");
      host.run("fstrim", mountPoint.toString());
    }
  }
}
