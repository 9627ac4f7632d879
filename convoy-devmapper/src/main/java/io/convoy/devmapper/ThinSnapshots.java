package io.convoy.devmapper;

import static java.lang.System.Logger.Level.DEBUG;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.NotFoundException;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Snapshots;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Snapshots: thin devices that share their blocks with the volume's. */
final class ThinSnapshots implements Snapshots {
  private static final Logger LOGGER = System.getLogger(ThinSnapshots.class.getName());

  private final Surroundings host;
  private final ThinPool pool;
  private final VolumeDevices devices;
  private final ThinVolumes volumes;
  private final ThinTrash trash;
  private final Clock clock;

  ThinSnapshots(
      Surroundings host,
      ThinPool pool,
      VolumeDevices devices,
      ThinVolumes volumes,
      ThinTrash trash,
      Clock clock) {
    this.host = host;
    this.pool = pool;
    this.devices = devices;
    this.volumes = volumes;
    this.trash = trash;
    this.clock = clock;
  }

  @Override
  public Snapshot create(VolumeName volumeName, SnapshotName name, UUID uuid) throws IOException {
    ThinVolume volume = volumes.get(volumeName);
    if (volume.snapshot(name).isPresent()) {
      throw new AlreadyExistsException(
          "Snapshot '%s' of volume '%s' already exists%s"
              .formatted(
                  name,
                  volumeName,
                  volume.snapshot(name).get().step() == Step.READY
                      ? ""
                      : ", half deleted: delete it again"));
    }
    trash.makeRoom();
    pool.checkReserve("Snapshot '" + name + "'");
    ThinSnapshot creating =
        new ThinSnapshot(
            name,
            uuid,
            pool.newThinId(),
            volume.sizeBytes(),
            clock.instant().truncatedTo(ChronoUnit.SECONDS),
            Step.CREATING);
    volumes.change(volumeName, now -> now.with(creating));
    try {
      take(volume, creating.thinId());
      ThinSnapshot ready = creating.withStep(Step.READY);
      volumes.change(volumeName, now -> now.with(ready));
      return ready.toSnapshot(volumeName);
    } catch (IOException | RuntimeException e) {
      try {
        pool.delete(creating.thinId());
        volumes.change(volumeName, now -> now.without(name));
      } catch (IOException | RuntimeException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  /** Takes the picture while the volume's device, with the file system on it, stands still. */
  private void take(ThinVolume volume, int thinId) throws IOException {
    String device = volume.name().value();
    if (devices.state(volume).isEmpty()) {
      pool.createSnapshot(thinId, volume.thinId());
      return;
    }
    long start = System.nanoTime();
    host.deviceMapper().suspend(device);
    try {
      pool.createSnapshot(thinId, volume.thinId());
    } finally {
      host.deviceMapper().resume(device);
    }
    LOGGER.log(
        DEBUG,
        "Volume ''{0}'': stood still for {1} us",
        volume.name(),
        (System.nanoTime() - start) / 1000);
  }

  @Override
  public void delete(VolumeName volumeName, SnapshotName name) throws IOException {
    ThinVolume volume = volumes.get(volumeName);
    // One whose deletion failed before can be deleted again.
    ThinSnapshot snapshot =
        volume.snapshot(name).orElseThrow(() -> NotFoundException.snapshot(name));
    devices.checkNotOpen(volume, snapshot, "deleted");
    pool.checkChangeable("Snapshot '" + name + "' can't be deleted");
    volumes.change(volumeName, now -> now.with(snapshot.withStep(Step.DELETING)));
    try {
      pool.delete(snapshot.thinId());
    } catch (DeviceMapperException e) {
      // The kernel refused, so it is there still.
      try {
        volumes.change(volumeName, now -> now.with(snapshot));
      } catch (IOException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
    volumes.change(volumeName, now -> now.without(name));
  }

  @Override
  public SnapshotContent open(VolumeName volumeName, SnapshotName name) throws IOException {
    ThinVolume volume = volumes.get(volumeName);
    ThinSnapshot snapshot = snapshot(volume, name);
    String device = devices.activate(snapshot);
    try {
      return ThinContent.open(
          snapshot,
          host.node(device),
          pool,
          // What snapshots there are is asked when it matters: some may be deleted until then.
          () -> volumes.get(volumeName).snapshots(),
          () -> devices.deactivateSnapshot(device));
    } catch (IOException | RuntimeException e) {
      try {
        devices.deactivateSnapshot(device);
      } catch (IOException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  private static ThinSnapshot snapshot(ThinVolume volume, SnapshotName name)
      throws NotFoundException {
    return volume
        .snapshot(name)
        .filter(found -> found.step() == Step.READY)
        .orElseThrow(() -> NotFoundException.snapshot(name));
  }
}
