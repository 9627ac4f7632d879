package io.convoy.plugin;

import static java.util.Objects.requireNonNull;

import io.convoy.core.BackupOptions;
import java.util.List;

/**
 * What the daemon works with, and leaves in {@code convoy.cfg} for its next start.
 *
 * @param drivers the default one first
 * @param mountNamespace empty if none was given
 * @param commandTimeout as it was written; empty if none was given
 * @param backupOptions how backups are kept whose callers do not mind
 */
record DaemonSettings(
    List<String> drivers,
    String mountNamespace,
    boolean ignoreDockerDelete,
    boolean createOnDockerMount,
    String commandTimeout,
    BackupOptions backupOptions) {
  DaemonSettings {
    requireNonNull(mountNamespace, "mountNamespace is null");
    requireNonNull(commandTimeout, "commandTimeout is null");
    requireNonNull(backupOptions, "backupOptions is null");
    drivers = List.copyOf(drivers);
  }
}
