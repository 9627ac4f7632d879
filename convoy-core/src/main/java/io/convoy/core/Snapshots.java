package io.convoy.core;

import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * Snapshots of a driver's volumes. What holds for {@link VolumeDriver}'s calls holds for these; a
 * volume's snapshots are listed in its {@link Volume}.
 */
public interface Snapshots {
  /**
   * Takes a snapshot of a volume, mounted or not.
   *
   * @throws NotFoundException if there is no such volume
   * @throws AlreadyExistsException if the volume has a snapshot of that name
   */
  Snapshot create(VolumeName volume, SnapshotName name, UUID uuid) throws IOException;

  /**
   * Deletes a snapshot that is not open.
   *
   * @throws NotFoundException if there is no such volume or snapshot
   */
  void delete(VolumeName volume, SnapshotName name) throws IOException;

  /**
   * Opens a snapshot for reading. {@link Convoy} keeps it from being deleted until it is closed.
   *
   * @throws NotFoundException if there is no such volume or snapshot
   */
  SnapshotContent open(VolumeName volume, SnapshotName name) throws IOException;

  /**
   * Returns where this storage itself keeps a snapshot as a backup, for those who name no other
   * destination; empty if it does not.
   */
  default Optional<BackupDestination> ownBackups() {
    return Optional.empty();
  }
}
