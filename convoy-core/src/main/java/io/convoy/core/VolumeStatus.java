package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * A volume with what Convoy knows of it beside its driver.
 *
 * @param driver the name of the driver
 * @param mountPoint where it is mounted on this host, if it is
 * @param mountIds who has it mounted: Docker's mount IDs, and {@link Mounts#COMMAND} for {@code
 *     convoy mount}
 * @param problem what is wrong with it, in one line
 */
public record VolumeStatus(
    Volume volume,
    String driver,
    VolumeState state,
    Optional<Path> mountPoint,
    Set<String> mountIds,
    Optional<String> problem) {
  public VolumeStatus {
    requireNonNull(volume, "volume is null");
    requireNonNull(driver, "driver is null");
    requireNonNull(state, "state is null");
    requireNonNull(mountPoint, "mountPoint is null");
    requireNonNull(problem, "problem is null");
    mountIds = Set.copyOf(mountIds);
  }
}
