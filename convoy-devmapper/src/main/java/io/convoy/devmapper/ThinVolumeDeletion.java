package io.convoy.devmapper;

import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/**
 * Deletes volumes that nobody uses: record, device, thin devices, record. From the first record on
 * the next start finishes what is cut off.
 */
final class ThinVolumeDeletion {
  private final ThinPool pool;
  private final VolumeDevices devices;
  private final ThinVolumes volumes;
  private final Clock clock;

  ThinVolumeDeletion(ThinPool pool, VolumeDevices devices, ThinVolumes volumes, Clock clock) {
    this.clock = clock;
    this.pool = pool;
    this.devices = devices;
    this.volumes = volumes;
  }

  void delete(ThinVolume volume, DeleteMode mode) throws IOException {
    devices.checkUnused(volume, "deleted");
    switch (mode) {
      case REFERENCE -> keep(volume);
      case DATA -> {
        pool.checkChangeable("Volume '" + volume.name() + "' can't be deleted");
        ThinVolume deleting = volume.withStep(Step.DELETING);
        volumes.save(deleting);
        try {
          deactivate(volume);
        } catch (IOException | RuntimeException e) {
          try {
            volumes.save(volume);
          } catch (IOException undo) {
            e.addSuppressed(undo);
          }
          throw e;
        }
        try {
          finish(deleting);
        } catch (IOException | RuntimeException e) {
          volumes.report(volume.name().value(), "it is half deleted: " + e.getMessage());
          throw e;
        }
      }
    }
  }

  /** Deletes a volume that is lost, with those of its snapshots that are not. */
  void deleteLost(ThinVolume volume) throws IOException {
    pool.checkChangeable("Volume '" + volume.name() + "' can't be deleted");
    if (pool.mayHave(volume.thinId())) {
      throw new IOException(
          "Volume '%s' can't be deleted: thin device %s, which was lost, is in pool '%s' now: restart the daemon"
              .formatted(volume.name(), volume.thinId(), pool.config().poolName()));
    }
    for (ThinSnapshot snapshot : volume.snapshots()) {
      devices.checkNotOpen(volume, snapshot, "deleted");
    }
    ThinVolume deleting = volume.withStep(Step.DELETING);
    volumes.save(deleting);
    finish(deleting);
  }

  /** Frees a volume's name; the record, and with it the data, stays as trash. */
  private void keep(ThinVolume volume) throws IOException {
    Kept facts = new Kept(clock.instant(), devices.mappedBytes(volume));
    ThinVolume kept = volume.withKept(Optional.of(facts)).withMountPoint(Optional.empty());
    volumes.save(kept);
    try {
      deactivate(volume);
      volumes.moveToTrash(kept);
    } catch (IOException | RuntimeException e) {
      try {
        if (volumes.find(volume.name()).isPresent()) {
          volumes.save(volume);
        }
      } catch (IOException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  private void deactivate(ThinVolume volume) throws IOException {
    try {
      devices.deactivate(volume);
    } catch (DeviceMapperException e) {
      if (e.isBusy()) {
        InUseException inUse =
            new InUseException(
                "Volume '%s' can't be deleted: its device '%s' is in use (%s)"
                    .formatted(
                        volume.name(), devices.node(volume.name()), devices.holders(volume)));
        inUse.initCause(e);
        throw inUse;
      }
      throw e;
    }
  }

  /** Deletes what a volume has in the pool, and its record. */
  void finish(ThinVolume volume) throws IOException {
    deleteThins(volume);
    volumes.forget(volume.name());
  }

  /** Deletes what a volume has in the pool. */
  void deleteThins(ThinVolume volume) throws IOException {
    for (ThinSnapshot snapshot : volume.snapshots()) {
      pool.delete(snapshot.thinId());
    }
    pool.delete(volume.thinId());
  }
}
