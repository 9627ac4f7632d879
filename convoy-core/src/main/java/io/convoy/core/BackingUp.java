package io.convoy.core;

import static java.lang.System.Logger.Level.DEBUG;

import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Clock;
import java.util.Optional;

/** Backs up snapshots. No lock is held: the snapshot is pinned, and everything else goes on. */
final class BackingUp {
  private static final Logger LOGGER = System.getLogger(BackingUp.class.getName());

  private final Drivers drivers;
  private final BackupStores stores;
  private final VolumeRecords records;
  private final VolumeDirectory directory;
  private final VolumeUses uses;
  private final Clock clock;

  BackingUp(
      Drivers drivers,
      BackupStores stores,
      VolumeRecords records,
      VolumeDirectory directory,
      VolumeUses uses,
      Clock clock) {
    this.drivers = drivers;
    this.stores = stores;
    this.records = records;
    this.directory = directory;
    this.uses = uses;
    this.clock = clock;
  }

  BackupResult create(
      SnapshotName name,
      Optional<BackupDestination> wanted,
      BackupOptions options,
      Progress progress)
      throws IOException {
    wanted.ifPresent(stores::forScheme);
    VolumeStatus status = directory.getSnapshot(name).volume();
    VolumeName volume = status.volume().name();
    BackupDestination destination = wanted.isPresent() ? wanted.get() : own(name, status);
    Backups backups = stores.forScheme(destination);
    BackupResult result;
    try (Use use = uses.enter(volume, Kind.BACKUP, "backup of " + name)) {
      VolumeDirectory.Located found = directory.getSnapshot(name);
      if (!found.volume().volume().name().equals(volume)) {
        throw new InUseException(
            "Snapshot '%s' was made anew meanwhile: try again".formatted(name));
      }
      uses.pin(use, found.snapshot().uuid());
      BackupRequest request =
          new BackupRequest(
              BackupName.random(),
              found.volume().volume(),
              found.volume().driver(),
              found.snapshot(),
              destination,
              options);
      Snapshots snapshots = Snapshotting.snapshots(drivers, found.volume());
      try (SnapshotContent content = snapshots.open(volume, name)) {
        result = backups.create(request, content, use.watch(progress));
      }
    }
    remember(volume, result);
    return result;
  }

  private BackupDestination own(SnapshotName name, VolumeStatus volume) {
    return Snapshotting.snapshots(drivers, volume)
        .ownBackups()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Snapshot '%s' can't be backed up without a destination: driver '%s' keeps no backups itself (--dest vfs:///path/ or s3://bucket@region/path/)"
                        .formatted(name, volume.driver())));
  }

  private void remember(VolumeName volume, BackupResult result) throws IOException {
    // Beside mounts, which change the same record.
    try (Use use = uses.enter(volume, Kind.MOUNT, "record of the backup")) {
      VolumeStatus status = directory.get(volume);
      records.save(
          directory
              .record(status)
              .withLastBackup(new LastBackup(result.backup().url().toString(), clock.instant())));
    } catch (NotFoundException | InUseException e) {
      // Deleted meanwhile: there is nothing left to remember it with. The backup is complete.
      LOGGER.log(DEBUG, "Backup of ''{0}'' not noted: {1}", volume, e.getMessage());
    }
  }
}
