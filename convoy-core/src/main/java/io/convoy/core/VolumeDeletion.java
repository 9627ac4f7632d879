package io.convoy.core;

import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;
import java.util.Optional;

/** Deletes volumes. */
final class VolumeDeletion {
  private final Drivers drivers;
  private final VolumeRecords records;
  private final VolumeDirectory directory;
  private final VolumeUses uses;

  VolumeDeletion(
      Drivers drivers, VolumeRecords records, VolumeDirectory directory, VolumeUses uses) {
    this.drivers = drivers;
    this.records = records;
    this.directory = directory;
    this.uses = uses;
  }

  /**
   * Deletes a volume.
   *
   * @param force whether other hosts' mounts of it count for nothing
   */
  void delete(VolumeName name, DeleteMode mode, boolean force) throws IOException {
    try (Use use = uses.enter(name, Kind.DELETE, "delete")) {
      VolumeStatus status = directory.get(name);
      if (!status.mountIds().isEmpty()) {
        throw new InUseException(
            "Volume '%s' can't be deleted: it is mounted%s by %s; stop the containers that use it, or 'convoy umount' it"
                .formatted(
                    name,
                    status.mountPoint().map(path -> " at " + path).orElse(""),
                    MountHolders.describe(status.mountIds())));
      }
      VolumeDriver driver = drivers.get(status.driver());
      Optional<String> unreadable = records.problem(name);
      if (unreadable.isPresent()) {
        throw new InUseException(
            "Volume '%s' can't be deleted: %s".formatted(name, unreadable.get()));
      }
      Optional<OtherHosts> others = driver.otherHosts();
      if (force && others.isPresent()) {
        others.get().forget(name);
      }
      VolumeRecord record = directory.record(status);
      records.save(record.deleting(mode));
      try {
        driver.delete(name, mode);
      } catch (IOException | RuntimeException e) {
        restoreRecord(record, driver, e);
        throw e;
      }
      records.delete(name);
    }
  }

  /** A failed delete left the volume as it was, or it is gone after all. */
  private void restoreRecord(VolumeRecord record, VolumeDriver driver, Exception cause) {
    try {
      if (driver.get(record.name()).isPresent()) {
        records.save(record);
      }
    } catch (IOException e) {
      // The record says that the volume is being deleted: the next start finishes that.
      cause.addSuppressed(e);
    }
  }
}
