package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A deleted volume whose data is kept.
 *
 * @param id the volume's identity
 * @param name the name that it had
 * @param usedBytes what the volume itself takes of the storage, if that is known; its snapshots may
 *     take more
 * @param expiryTime when it will be destroyed, if nobody needs the room earlier
 * @param snapshots in order of creation
 */
public record TrashedVolume(
    UUID id,
    VolumeName name,
    String driver,
    OptionalLong sizeBytes,
    OptionalLong usedBytes,
    Instant deletedTime,
    Instant expiryTime,
    List<SnapshotName> snapshots) {
  public TrashedVolume {
    requireNonNull(id, "id is null");
    requireNonNull(name, "name is null");
    requireNonNull(driver, "driver is null");
    requireNonNull(sizeBytes, "sizeBytes is null");
    requireNonNull(usedBytes, "usedBytes is null");
    requireNonNull(deletedTime, "deletedTime is null");
    requireNonNull(expiryTime, "expiryTime is null");
    snapshots = List.copyOf(snapshots);
  }
}
