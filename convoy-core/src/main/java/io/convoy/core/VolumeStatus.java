package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A volume with what Convoy knows of it beside its driver.
 *
 * @param driver the name of the driver
 * @param mountPoint where it is mounted on this host, if it is
 * @param mountIds who has it mounted, in order: see {@link MountRequest}
 * @param activity what is being done with it, for people: {@code backup of snap1: 43 %}
 * @param problem what is wrong with it, in one line
 */
public record VolumeStatus(
    Volume volume,
    String driver,
    VolumeState state,
    Optional<Path> mountPoint,
    List<String> mountIds,
    Optional<LastBackup> lastBackup,
    Optional<String> activity,
    Optional<String> problem) {
  public VolumeStatus {
    requireNonNull(volume, "volume is null");
    requireNonNull(driver, "driver is null");
    requireNonNull(state, "state is null");
    requireNonNull(mountPoint, "mountPoint is null");
    requireNonNull(lastBackup, "lastBackup is null");
    requireNonNull(activity, "activity is null");
    requireNonNull(problem, "problem is null");
    mountIds = List.copyOf(mountIds);
  }
}
