package io.convoy.ebs;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.MountTable;
import io.convoy.core.process.CommandFailedException;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Which file systems stand still, on disk before they do. A process of its own thaws them when
 * Convoy is gone; where that was killed, too, the next start does it.
 */
final class FrozenMounts {
  private static final Logger LOGGER = System.getLogger(FrozenMounts.class.getName());
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path directory;
  private final CommandRunner commands;

  FrozenMounts(Path root, CommandRunner commands) throws IOException {
    this.directory = root.resolve("frozen");
    this.commands = commands;
    AtomicFiles.createDirectories(directory);
  }

  private Path file(String volumeId) {
    return directory.resolve(volumeId + ".json");
  }

  /** Stops a volume's file system until the result is closed. */
  Freeze freeze(String volumeId, Path mountPoint) throws IOException {
    ObjectNode record = JsonFile.newObject();
    record.put("MountPoint", mountPoint.toString());
    new JsonFile(file(volumeId)).write(record);
    return Freeze.of(commands, mountPoint, () -> AtomicFiles.delete(file(volumeId)));
  }

  /** Thaws what an earlier run left standing still. */
  void thawAll() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
      for (Path file : files) {
        String mountPoint =
            new JsonFile(file).read().map(r -> r.path("MountPoint").asText("")).orElse("");
        boolean mayBeFrozen =
            !mountPoint.isEmpty() && MountTable.ofThisProcess().isMountPoint(Path.of(mountPoint));
        if (!mayBeFrozen || thaw(mountPoint)) {
          AtomicFiles.delete(file);
        }
      }
    }
  }

  /** Returns whether it is certain that a file system does not stand still any more. */
  private boolean thaw(String mountPoint) {
    try {
      commands.run(List.of("fsfreeze", "--unfreeze", mountPoint), LIMIT);
      LOGGER.log(WARNING, "''{0}'' was left frozen and is thawed now", mountPoint);
      return true;
    } catch (CommandFailedException e) {
      // The process that froze it has thawed it.
      LOGGER.log(
          INFO, "''{0}'' was frozen when Convoy ended: {1}", mountPoint, e.errorOutput().strip());
      return true;
    } catch (IOException e) {
      LOGGER.log(
          WARNING,
          "''{0}'' may be frozen, try ''fsfreeze --unfreeze {0}'': {1}",
          mountPoint,
          e.getMessage());
      return false;
    }
  }
}
