package io.convoy.core;

import static java.util.Objects.requireNonNull;

import io.convoy.core.process.CommandRunner;
import java.nio.file.Path;

/**
 * What a driver is given to work with.
 *
 * @param root the driver's own directory for its state on this host; exists
 * @param hostId tells this root from those on other hosts that share a storage; lasts
 * @param commands runs programs
 */
public record DriverContext(Path root, String hostId, CommandRunner commands) {
  public DriverContext {
    requireNonNull(root, "root is null");
    requireNonNull(hostId, "hostId is null");
    requireNonNull(commands, "commands is null");
  }
}
