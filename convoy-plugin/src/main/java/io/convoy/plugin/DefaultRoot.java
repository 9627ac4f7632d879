package io.convoy.plugin;

import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Chooses the directory for state where none is given.
 *
 * @param current the one for root
 * @param former the one that v0.5.2 used
 */
record DefaultRoot(Path current, Path former) {
  private static final System.Logger LOGGER = System.getLogger(DefaultRoot.class.getName());

  static final DefaultRoot SYSTEM =
      new DefaultRoot(Path.of("/var/lib/convoy"), Path.of("/var/lib/rancher/convoy"));

  /** Returns the directory for the user that this process runs as. */
  Path choose(boolean isRoot, Map<String, String> environment) {
    if (!isRoot) {
      String data = environment.getOrDefault("XDG_DATA_HOME", "");
      // The specification: a relative one counts as not set.
      return data.startsWith("/")
          ? Path.of(data, "convoy")
          : Path.of(environment.getOrDefault("HOME", "/"), ".local", "share", "convoy");
    }
    if (!Files.exists(current) && Files.exists(former.resolve(ConfigFile.NAME))) {
      LOGGER.log(INFO, "Using the root {0}, which Convoy v0.5.2 left", former);
      return former;
    }
    return current;
  }

  static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }
}
