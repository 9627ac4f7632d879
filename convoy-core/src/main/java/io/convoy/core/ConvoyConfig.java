package io.convoy.core;

import static java.util.Objects.requireNonNull;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What {@link Convoy} is opened with.
 *
 * @param root the directory for state on this host; made if missing, used by one process at a time
 * @param drivers the drivers to open, the default one first
 * @param driverOptions such as {@code vfs.path}
 * @param commands runs programs
 * @param backupOptions how backups are kept whose callers do not mind
 */
public record ConvoyConfig(
    Path root,
    List<String> drivers,
    Map<String, String> driverOptions,
    CommandRunner commands,
    BackupOptions backupOptions) {
  public ConvoyConfig {
    requireNonNull(root, "root is null");
    requireNonNull(commands, "commands is null");
    requireNonNull(backupOptions, "backupOptions is null");
    drivers = List.copyOf(drivers);
    driverOptions = Map.copyOf(driverOptions);
    if (drivers.isEmpty()) {
      throw new IllegalArgumentException(
          "No driver given: expected at least one, for example 'vfs'");
    }
  }

  /** Returns the configuration for one driver without options. */
  public static ConvoyConfig of(Path root, String driver) {
    return new ConvoyConfig(
        root, List.of(driver), Map.of(), new ProcessCommandRunner(), BackupOptions.DEFAULT);
  }

  /** Returns this configuration with other driver options. */
  public ConvoyConfig withDriverOptions(Map<String, String> options) {
    return new ConvoyConfig(root, drivers, options, commands, backupOptions);
  }

  /** Returns this configuration with another way to keep backups. */
  public ConvoyConfig withBackupOptions(BackupOptions options) {
    return new ConvoyConfig(root, drivers, driverOptions, commands, options);
  }
}
