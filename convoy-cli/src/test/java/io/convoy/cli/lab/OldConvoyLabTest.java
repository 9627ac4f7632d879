package io.convoy.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupDestination;
import io.convoy.core.BackupUrl;
import io.convoy.core.Convoy;
import io.convoy.core.DeleteMode;
import io.convoy.core.MountRequest;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.VolumeStatus;
import io.convoy.core.testing.OldConvoy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Convoy v0.5.2 left, its backups and its live pool, is used where it lies. */
@Tag("kernel-lab")
final class OldConvoyLabTest {
  private static final VolumeName BLOCKVOL = new VolumeName("blockvol");
  private static final VolumeName RESTORED = new VolumeName("restored");
  private static final long POOL_BYTES = 1L << 30;
  private static final long VOLUME_BYTES = 64L << 20;

  @TempDir Path directory;

  private Path old() {
    return directory.resolve("host");
  }

  private List<BackupUrl> oldUrls() throws IOException {
    return Files.readAllLines(old().resolve("urls.txt")).stream()
        .filter(url -> url.endsWith("volume=blockvol"))
        .map(url -> BackupUrl.parse(url.replace("vfs:///run/w/", "vfs://" + old() + "/")))
        .toList();
  }

  private String recordedSha512(int backup) throws IOException {
    return Files.readString(old().resolve("blockvol-%s.sha512".formatted(backup))).split(" ", 2)[0];
  }

  @Test
  void restore_backupsOfOldConvoy_giveTheRecordedDevices() throws Exception {
    OldConvoy.moveTo(old());
    try (ThinHost host = ThinHost.create(directory.resolve("new"), POOL_BYTES, Map.of())) {
      Convoy convoy = host.open();
      List<BackupUrl> urls = oldUrls();
      assertThat(urls).hasSize(2);
      for (int i = 0; i < urls.size(); i++) {
        VolumeName name = new VolumeName("restored-" + (i + 1));
        convoy.create(VolumeSpec.of(name).withSource(urls.get(i)), Optional.empty(), Progress.NONE);

        assertThat(host.sha512(name)).isEqualTo(recordedSha512(i + 1));
        Path mountPoint = convoy.mount(name, MountRequest.command(Optional.empty()));
        assertThat(mountPoint).isNotEmptyDirectory();
        convoy.unmount(name, MountRequest.COMMAND);
      }
      host.checkPool();
    }
  }

  @Test
  void open_rootAndLivePoolOfOldConvoy_goOnWithAllThatIsInThem() throws Exception {
    OldConvoy.moveTo(old());
    // The daemon has ended; the pool runs, and the volume is mounted.
    try (ThinHost host = ThinHost.create(old(), POOL_BYTES, Map.of())) {
      Path mountPoint = old().resolve("root/devicemapper/mounts/blockvol");
      List<String> sums = makeOldPool(host, mountPoint);
      Files.writeString(mountPoint.resolve("written-before"), "by a container");

      Convoy convoy = host.open();

      VolumeStatus status = convoy.get(BLOCKVOL);
      assertThat(convoy.info().problems()).isEmpty();
      assertThat(status.mountPoint()).contains(mountPoint);
      assertThat(status.mountIds()).containsExactly(MountRequest.ADOPTED);
      assertThat(status.volume().snapshots())
          .extracting(snapshot -> snapshot.name().value())
          .containsExactly("bsnap1", "bsnap2");
      assertThat(convoy.mount(BLOCKVOL, MountRequest.docker("container"))).isEqualTo(mountPoint);
      assertThat(mountPoint.resolve("written-before")).hasContent("by a container");

      // Its snapshots, and one of now, make a chain.
      Files.writeString(mountPoint.resolve("written-after"), "too");
      Snapshot now = convoy.createSnapshot(BLOCKVOL, Optional.of(new SnapshotName("now")));
      sums.add(host.sha512(now));
      BackupDestination store =
          BackupDestination.parse("vfs://" + Files.createDirectory(directory.resolve("store")));
      List<BackupUrl> urls = new ArrayList<>();
      for (String snapshot : List.of("bsnap1", "bsnap2", "now")) {
        urls.add(
            convoy.createBackup(new SnapshotName(snapshot), store, Progress.NONE).backup().url());
      }
      convoy.unmountForAll(BLOCKVOL);
      host.shutDown();
      convoy = host.open();
      for (int i = 0; i < urls.size(); i++) {
        VolumeName name = new VolumeName("restored-" + i);
        convoy.create(VolumeSpec.of(name).withSource(urls.get(i)), Optional.empty(), Progress.NONE);
        assertThat(host.sha512(name)).as("%s", urls.get(i)).isEqualTo(sums.get(i));
      }
      host.checkPool();
    }
  }

  /**
   * Makes the pool that belongs to the records as v0.5.2 did, with the same tables and names and
   * what its backups hold, and has the records name its devices. Returns the sums of the snapshots.
   */
  private List<String> makeOldPool(ThinHost host, Path mountPoint) throws Exception {
    Path records = old().resolve("root/devicemapper");
    Path config = records.resolve("devicemapper.cfg");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("/dev/ubda", host.data())
            .replace("/dev/ubdb", host.metadata()));
    List<Path> images = restoredImages();
    host.run(
        "dmsetup",
        "create",
        "convoy-pool",
        "--table",
        "0 %s thin-pool %s %s 4096 32768 1 skip_block_zeroing"
            .formatted(POOL_BYTES / 512, host.metadata(), host.data()));
    host.run("dmsetup", "message", "convoy-pool", "0", "create_thin 1");
    host.run(
        "dmsetup",
        "create",
        "blockvol",
        "--table",
        "0 %s thin /dev/mapper/convoy-pool 1".formatted(VOLUME_BYTES / 512));
    for (int i = 0; i < images.size(); i++) {
      host.run("dd", "if=" + images.get(i), "of=/dev/mapper/blockvol", "bs=2M", "conv=fsync");
      host.run("dmsetup", "suspend", "blockvol");
      host.run("dmsetup", "message", "convoy-pool", "0", "create_snap %s 1".formatted(i + 2));
      host.run("dmsetup", "resume", "blockvol");
    }
    Path record = records.resolve("devicemapper_volume_blockvol.json");
    Files.writeString(
        record,
        Files.readString(record)
            .replace("\"MountPoint\":\"\"", "\"MountPoint\":\"%s\"".formatted(mountPoint)));
    Files.createDirectories(mountPoint);
    host.run("mount", "/dev/mapper/blockvol", mountPoint.toString());
    return new ArrayList<>(List.of(recordedSha512(1), recordedSha512(2)));
  }

  /** Returns what the old backups hold, as image files that another host restored. */
  private List<Path> restoredImages() throws Exception {
    List<Path> images = new ArrayList<>();
    try (ThinHost host = ThinHost.create(directory.resolve("other"), POOL_BYTES, Map.of())) {
      Convoy convoy = host.open();
      for (BackupUrl url : oldUrls()) {
        convoy.create(VolumeSpec.of(RESTORED).withSource(url), Optional.empty(), Progress.NONE);
        Path image = directory.resolve("image-" + images.size());
        host.run("dd", "if=/dev/mapper/restored", "of=" + image, "bs=2M", "conv=sparse");
        images.add(image);
        convoy.delete(RESTORED, DeleteMode.DATA);
      }
    }
    return images;
  }
}
