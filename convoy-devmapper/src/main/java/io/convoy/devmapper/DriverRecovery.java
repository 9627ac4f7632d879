package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.VolumeName;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings records, pool and devices together when the driver is opened: undoes creations and
 * finishes deletions and growth that a crash cut off, and makes the devices of all volumes, as
 * after a reboot. One volume's trouble keeps no other down.
 */
final class DriverRecovery {
  private static final Logger LOGGER = System.getLogger(DriverRecovery.class.getName());

  private final ThinPool pool;
  private final VolumeDevices devices;
  private final ThinVolumes volumes;
  private final ThinVolumeDeletion deletion;
  private final ThinGrowth growth;

  DriverRecovery(
      ThinPool pool,
      VolumeDevices devices,
      ThinVolumes volumes,
      ThinVolumeDeletion deletion,
      ThinGrowth growth) {
    this.pool = pool;
    this.devices = devices;
    this.volumes = volumes;
    this.deletion = deletion;
    this.growth = growth;
  }

  /**
   * Does it, and returns the thin devices in the pool that no record names.
   *
   * @param recorded the volumes as they were read
   */
  Set<Integer> recover(Map<VolumeName, ThinVolume> recorded) throws IOException {
    List<ThinVolume> all = new ArrayList<>(recorded.values());
    all.addAll(volumes.files().trash(DriverRecovery::unreadableTrash));
    removeSnapshotDevices(all);
    Set<Integer> unknown = new HashSet<>(pool.thinIds());
    for (ThinVolume volume : all) {
      unknown.removeAll(volume.thinIds());
      pool.neverGiveOut(volume.thinIds());
    }
    for (ThinVolume volume : recorded.values()) {
      try {
        recover(volume);
      } catch (IOException | RuntimeException e) {
        problem(volume.name().value(), e.getMessage());
      }
    }
    if (!unknown.isEmpty() && volumes.problems().isEmpty()) {
      LOGGER.log(
          WARNING,
          "Thin pool ''{0}'' has thin devices that no record names: {1}",
          pool.config().poolName(),
          unknown);
    }
    return unknown;
  }

  /** What read snapshots before is gone. */
  private void removeSnapshotDevices(List<ThinVolume> recorded) throws IOException {
    for (String device : devices.staleSnapshotDevices(recorded)) {
      try {
        devices.deactivateSnapshot(device);
        LOGGER.log(INFO, "Device ''{0}'': removed, it was left by a crash", device);
      } catch (DeviceMapperException e) {
        LOGGER.log(WARNING, "{0}", e.getMessage());
      }
    }
  }

  private void recover(ThinVolume volume) throws IOException {
    switch (volume.step()) {
      case CREATING -> {
        devices.deactivate(volume);
        deletion.finish(volume);
        LOGGER.log(
            WARNING, "Volume ''{0}'': its creation was cut off and has been undone", volume.name());
      }
      case DELETING -> {
        devices.deactivate(volume);
        deletion.finish(volume);
        LOGGER.log(INFO, "Volume ''{0}'': its deletion was finished", volume.name());
      }
      case READY, GROWING -> {
        if (pool.mayHave(volume.thinId())) {
          bringUp(volume);
        } else {
          String problem =
              notInPool(volume) + "; 'convoy delete " + volume.name() + "' gives it up";
          LOGGER.log(WARNING, "Volume ''{0}'': {1}", volume.name(), problem);
          volumes.reportLost(volume, problem);
        }
      }
    }
  }

  private String notInPool(ThinVolume volume) {
    return "thin device %s, which it is recorded to be, is not in pool '%s'"
        .formatted(volume.thinId(), pool.config().poolName());
  }

  /** Makes the device of a volume whose record is there, and clears away what is half made. */
  void bringUp(ThinVolume volume) throws IOException {
    if (!pool.mayHave(volume.thinId())) {
      throw new IOException(notInPool(volume));
    }
    // A deletion that keeps the data was cut off, or its undoing was complete but for this.
    ThinVolume mended = withoutHalfSnapshots(volume).withKept(Optional.empty());
    devices.fit(mended);
    // Also records the UUID of a volume that an older Convoy made.
    volumes.save(mended);
    if (mended.step() == Step.GROWING) {
      finishGrowth(mended);
    }
  }

  /** The volume can be used, with the file system that it had, if this fails. */
  private void finishGrowth(ThinVolume volume) {
    try {
      growth.finish(volume);
    } catch (IOException | RuntimeException e) {
      LOGGER.log(
          WARNING,
          "Volume ''{0}'': its device has grown, but its file system has not: {1}",
          volume.name(),
          e.getMessage());
    }
  }

  private ThinVolume withoutHalfSnapshots(ThinVolume volume) throws IOException {
    ThinVolume mended = volume;
    for (ThinSnapshot snapshot : volume.snapshots()) {
      if (snapshot.step() != Step.READY) {
        pool.delete(snapshot.thinId());
        mended = mended.without(snapshot.name());
        LOGGER.log(
            WARNING,
            "Snapshot ''{0}'' of volume ''{1}'': what was cut off has been cleared away",
            snapshot.name(),
            volume.name());
      }
    }
    return mended;
  }

  private static void unreadableTrash(String name, String problem) {
    LOGGER.log(WARNING, "Deleted volume ''{0}'', whose data is kept: {1}", name, problem);
  }

  private void problem(String name, String problem) {
    LOGGER.log(WARNING, "Volume ''{0}'': {1}", name, problem);
    volumes.report(name, problem);
  }
}
