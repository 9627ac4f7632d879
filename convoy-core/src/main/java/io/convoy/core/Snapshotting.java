package io.convoy.core;

import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Takes and deletes snapshots. A snapshot's name is unique across volumes. */
final class Snapshotting {
  private final Drivers drivers;
  private final VolumeDirectory directory;
  private final VolumeUses uses;
  private final Set<SnapshotName> beingMade = new HashSet<>();

  Snapshotting(Drivers drivers, VolumeDirectory directory, VolumeUses uses) {
    this.drivers = drivers;
    this.directory = directory;
    this.uses = uses;
  }

  Snapshot create(VolumeName volume, Optional<SnapshotName> wanted) throws IOException {
    SnapshotName name = wanted.orElseGet(SnapshotName::random);
    try (Use use = uses.enter(volume, Kind.SNAPSHOT, "snapshot " + name)) {
      VolumeStatus status = directory.getReady(volume);
      Snapshots snapshots = snapshots(drivers, status);
      reserve(name, status.driver());
      try {
        return snapshots.create(volume, name, UUID.randomUUID());
      } finally {
        release(name);
      }
    }
  }

  /**
   * Keeps a name from being given to a snapshot until it is released.
   *
   * @param driver that takes the snapshot
   */
  void reserve(SnapshotName name, String driver) throws IOException {
    synchronized (beingMade) {
      if (!beingMade.add(name)) {
        throw new AlreadyExistsException("Snapshot '%s' is being taken already".formatted(name));
      }
    }
    try {
      Optional<VolumeDirectory.Located> existing = directory.findSnapshotInTheWay(name, driver);
      if (existing.isPresent()) {
        throw new AlreadyExistsException(
            "Snapshot '%s' already exists, of volume '%s'; names of snapshots are unique across volumes"
                .formatted(name, existing.get().volume().volume().name()));
      }
    } catch (IOException | RuntimeException e) {
      release(name);
      throw e;
    }
  }

  void release(SnapshotName name) {
    synchronized (beingMade) {
      beingMade.remove(name);
    }
  }

  void delete(SnapshotName name) throws IOException {
    VolumeName volume = directory.getSnapshot(name).volume().volume().name();
    try (Use use = uses.enter(volume, Kind.SNAPSHOT, "delete of snapshot " + name)) {
      VolumeDirectory.Located found = directory.getSnapshot(name);
      if (!found.volume().volume().name().equals(volume)) {
        throw new InUseException(
            "Snapshot '%s' was made anew meanwhile: try again".formatted(name));
      }
      if (uses.isPinned(found.snapshot().uuid())) {
        throw new InUseException(
            "Snapshot '%s' of volume '%s' is being backed up: try again when that is done"
                .formatted(name, volume));
      }
      snapshots(drivers, found.volume()).delete(volume, name);
    }
  }

  /** Returns the snapshot operations of a volume's driver. */
  static Snapshots snapshots(Drivers drivers, VolumeStatus status) {
    return drivers
        .get(status.driver())
        .snapshots()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Volume '%s' can't have snapshots: driver '%s' has none"
                        .formatted(status.volume().name(), status.driver())));
  }
}
