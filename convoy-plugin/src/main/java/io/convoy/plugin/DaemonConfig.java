package io.convoy.plugin;

import static java.util.Objects.requireNonNull;

import io.convoy.core.BackupOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the daemon is told at its start. What is empty comes from {@code convoy.cfg} under the root,
 * where the last start left it, else is the default.
 *
 * @param root the directory for state; empty means {@code /var/lib/convoy}, or where Convoy v0.5.2
 *     left its state, or a directory of the user's who is not root
 * @param sockets where it listens
 * @param drivers the drivers to open, the default one first
 * @param driverOptions such as {@code vfs.path}
 * @param mountNamespace the mount namespace for mounts, such as {@code /proc/1/ns/mnt}
 * @param ignoreDockerDelete whether {@code docker volume rm} shall change nothing
 * @param createOnDockerMount whether Docker's mounting of an unknown volume creates it
 * @param commandTimeout how long a program may run where its own limit is shorter, such as {@code
 *     5m}
 * @param backupOptions how backups are kept whose callers do not mind
 * @param ignoreConfigFile whether {@code convoy.cfg} is left unread; it is written all the same
 * @param observation how it can be watched
 */
public record DaemonConfig(
    Optional<Path> root,
    Sockets sockets,
    List<String> drivers,
    Map<String, String> driverOptions,
    Optional<Path> mountNamespace,
    Optional<Boolean> ignoreDockerDelete,
    Optional<Boolean> createOnDockerMount,
    Optional<String> commandTimeout,
    BackupOptions backupOptions,
    boolean ignoreConfigFile,
    Observation observation) {
  /** Where the commands ask unless told otherwise. */
  public static final Path DEFAULT_SOCKET = Path.of("/var/run/convoy/convoy.sock");

  /** Where Docker finds plugins by itself. */
  public static final Path DEFAULT_PLUGIN_SOCKET = Path.of("/run/docker/plugins/convoy.sock");

  public DaemonConfig {
    requireNonNull(root, "root is null");
    requireNonNull(sockets, "sockets is null");
    requireNonNull(mountNamespace, "mountNamespace is null");
    requireNonNull(ignoreDockerDelete, "ignoreDockerDelete is null");
    requireNonNull(createOnDockerMount, "createOnDockerMount is null");
    requireNonNull(commandTimeout, "commandTimeout is null");
    requireNonNull(backupOptions, "backupOptions is null");
    requireNonNull(observation, "observation is null");
    drivers = List.copyOf(drivers);
    driverOptions = Map.copyOf(driverOptions);
    commandTimeout.ifPresent(GoDuration::parse);
  }

  /**
   * Where the daemon listens.
   *
   * @param commands where the commands ask
   * @param plugin where Docker finds the plugin by itself; the daemon goes on without it if it
   *     can't listen there
   * @param group whose members may use the sockets, beside root
   */
  public record Sockets(Path commands, Optional<Path> plugin, Optional<String> group) {
    public Sockets {
      requireNonNull(commands, "commands is null");
      requireNonNull(plugin, "plugin is null");
      requireNonNull(group, "group is null");
    }
  }

  /**
   * How the daemon can be watched.
   *
   * @param log the file to log to; empty means standard output
   * @param debug whether to log more
   * @param logFormat how the log is written
   * @param metricsAddress where metrics are served, beside the sockets; it is never checked who
   *     asks there
   */
  public record Observation(
      Optional<Path> log,
      boolean debug,
      LogFormat logFormat,
      Optional<InetSocketAddress> metricsAddress) {
    /** A log in words on standard output. */
    public static final Observation DEFAULT =
        new Observation(Optional.empty(), false, LogFormat.TEXT, Optional.empty());

    public Observation {
      requireNonNull(log, "log is null");
      requireNonNull(logFormat, "logFormat is null");
      requireNonNull(metricsAddress, "metricsAddress is null");
    }
  }

  /** Returns the configuration that leaves everything open. */
  public static DaemonConfig defaults() {
    return of(
        Optional.empty(),
        new Sockets(DEFAULT_SOCKET, Optional.of(DEFAULT_PLUGIN_SOCKET), Optional.empty()));
  }

  /**
   * Returns a configuration that touches nothing outside two paths: for programs that embed the
   * daemon.
   */
  public static DaemonConfig embedded(Path root, Path socket) {
    return of(Optional.of(root), new Sockets(socket, Optional.empty(), Optional.empty()));
  }

  private static DaemonConfig of(Optional<Path> root, Sockets sockets) {
    return new DaemonConfig(
        root,
        sockets,
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        BackupOptions.DEFAULT,
        false,
        Observation.DEFAULT);
  }

  /** Returns this configuration with other drivers, the default one first, and their options. */
  public DaemonConfig withDrivers(List<String> newDrivers, Map<String, String> options) {
    return with(sockets, newDrivers, options, observation);
  }

  /** Returns this configuration with a file to log to. */
  public DaemonConfig withLog(Path file) {
    return with(
        sockets,
        drivers,
        driverOptions,
        new Observation(
            Optional.of(file),
            observation.debug(),
            observation.logFormat(),
            observation.metricsAddress()));
  }

  /** Returns this configuration with another way to log, and with a port for metrics or without. */
  public DaemonConfig withObservation(LogFormat format, Optional<InetSocketAddress> metrics) {
    return with(
        sockets,
        drivers,
        driverOptions,
        new Observation(observation.log(), observation.debug(), format, metrics));
  }

  /** Returns this configuration with a plugin socket, or without one. */
  public DaemonConfig withPluginSocket(Optional<Path> path) {
    return with(
        new Sockets(sockets.commands(), path, sockets.group()),
        drivers,
        driverOptions,
        observation);
  }

  private DaemonConfig with(
      Sockets newSockets,
      List<String> newDrivers,
      Map<String, String> options,
      Observation newObservation) {
    return new DaemonConfig(
        root,
        newSockets,
        newDrivers,
        options,
        mountNamespace,
        ignoreDockerDelete,
        createOnDockerMount,
        commandTimeout,
        backupOptions,
        ignoreConfigFile,
        newObservation);
  }
}
