package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A backup as its store describes it.
 *
 * @param driver the driver of the volume that was backed up
 * @param volumeUuid the identity of that volume; Convoy v0.5.2 recorded none
 * @param volumeSizeBytes the size of the volume, 0 if it had none of its own
 * @param storedBytes the bytes that were stored for this backup alone, if that was recorded
 */
public record Backup(
    BackupUrl url,
    String driver,
    VolumeName volumeName,
    Optional<UUID> volumeUuid,
    Instant volumeCreatedTime,
    long volumeSizeBytes,
    SnapshotName snapshotName,
    Instant snapshotCreatedTime,
    Instant createdTime,
    OptionalLong storedBytes) {
  public Backup {
    requireNonNull(url, "url is null");
    requireNonNull(driver, "driver is null");
    requireNonNull(volumeName, "volumeName is null");
    requireNonNull(volumeUuid, "volumeUuid is null");
    requireNonNull(volumeCreatedTime, "volumeCreatedTime is null");
    requireNonNull(snapshotName, "snapshotName is null");
    requireNonNull(snapshotCreatedTime, "snapshotCreatedTime is null");
    requireNonNull(createdTime, "createdTime is null");
    requireNonNull(storedBytes, "storedBytes is null");
  }
}
