package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A backup as its store describes it.
 *
 * @param driver the driver of the volume that was backed up
 * @param volumeUuid the identity of that volume; Convoy v0.5.2 recorded none
 * @param volumeSizeBytes the size of the volume, 0 if it had none of its own
 * @param storedBytes the bytes that were stored for this backup alone, if that was recorded
 * @param details what only this kind of store knows, in order of key
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
    OptionalLong storedBytes,
    Map<String, String> details) {
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
    details = Collections.unmodifiableMap(new TreeMap<>(details));
  }

  /** Makes one of which there is no more to tell. */
  public Backup(
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
    this(
        url,
        driver,
        volumeName,
        volumeUuid,
        volumeCreatedTime,
        volumeSizeBytes,
        snapshotName,
        snapshotCreatedTime,
        createdTime,
        storedBytes,
        Map.of());
  }
}
