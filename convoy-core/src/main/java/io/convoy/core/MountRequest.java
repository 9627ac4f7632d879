package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Somebody's wish to have a volume mounted.
 *
 * @param mountId who asks; the volume stays mounted until each one that asked has let go. Docker
 *     makes one for each container.
 * @param mountPoint where to, or empty for the driver's choice
 * @param takeOver whether the volume may be taken away from a host that is gone
 */
public record MountRequest(String mountId, Optional<Path> mountPoint, boolean takeOver) {
  /** The mount ID of {@code convoy mount}. */
  public static final String COMMAND = "convoy";

  /**
   * The mount ID of a mount that Convoy v0.5.2 left; it kept none, so any unknown one ends it, and
   * so does {@code convoy umount}.
   */
  public static final String ADOPTED = "v0.5.2";

  public MountRequest {
    requireNonNull(mountPoint, "mountPoint is null");
    if (mountId.isEmpty() || mountId.length() > 256) {
      throw new IllegalArgumentException(
          "mount ID is %s characters long, expected 1 to 256".formatted(mountId.length()));
    }
  }

  /** Returns the wish of {@code convoy mount}. */
  public static MountRequest command(Optional<Path> mountPoint) {
    return new MountRequest(COMMAND, mountPoint, false);
  }

  /** Returns the wish of a container. */
  public static MountRequest docker(String mountId) {
    return new MountRequest(mountId, Optional.empty(), false);
  }

  /** Returns this wish, for which the volume may be taken away from a host that is gone. */
  public MountRequest withTakeOver() {
    return new MountRequest(mountId, mountPoint, true);
  }
}
