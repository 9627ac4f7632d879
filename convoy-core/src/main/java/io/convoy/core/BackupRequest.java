package io.convoy.core;

import static java.util.Objects.requireNonNull;

/**
 * What shall be backed up, and to where.
 *
 * @param driver the name of the volume's driver
 * @param snapshot one of the volume's
 */
public record BackupRequest(
    BackupName name,
    Volume volume,
    String driver,
    Snapshot snapshot,
    BackupDestination destination,
    BackupOptions options) {
  public BackupRequest {
    requireNonNull(name, "name is null");
    requireNonNull(volume, "volume is null");
    requireNonNull(driver, "driver is null");
    requireNonNull(snapshot, "snapshot is null");
    requireNonNull(destination, "destination is null");
    requireNonNull(options, "options is null");
  }

  /** Makes a request that leaves it to the store how to keep the backup. */
  public BackupRequest(
      BackupName name,
      Volume volume,
      String driver,
      Snapshot snapshot,
      BackupDestination destination) {
    this(name, volume, driver, snapshot, destination, BackupOptions.DEFAULT);
  }
}
