package io.convoy.core;

import static java.lang.System.Logger.Level.DEBUG;

import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Clock;

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

  BackupResult create(SnapshotName name, BackupDestination destination, Progress progress)
      throws IOException {
    Backups backups = stores.forScheme(destination);
    VolumeName volume = directory.getSnapshot(name).volume().volume().name();
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
              destination);
      Snapshots snapshots = Snapshotting.snapshots(drivers, found.volume());
      try (SnapshotContent content = snapshots.open(volume, name)) {
        result = backups.create(request, content, use.watch(progress));
      }
    }
    remember(volume, result);
    return result;
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
