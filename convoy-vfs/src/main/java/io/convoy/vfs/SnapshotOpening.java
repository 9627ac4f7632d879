package io.convoy.vfs;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.convoy.core.CorruptDataException;
import io.convoy.core.FileTreeContent;
import io.convoy.core.SnapshotContent;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.RunningCommand;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Opens snapshots for reading; an archive of Convoy v0.5.2 is unpacked for that time. */
final class SnapshotOpening {
  private static final Logger LOGGER = System.getLogger(SnapshotOpening.class.getName());
  private static final String PREFIX = "open-";

  private final Path driverRoot;
  private final SnapshotFiles files;
  private final CommandRunner commands;
  private final TreePrograms programs;

  SnapshotOpening(
      Path driverRoot, SnapshotFiles files, CommandRunner commands, TreePrograms programs) {
    this.driverRoot = driverRoot;
    this.files = files;
    this.commands = commands;
    this.programs = programs;
  }

  SnapshotContent open(UUID volume, VfsSnapshot snapshot) throws IOException {
    Path location = files.locate(volume, snapshot);
    return switch (snapshot.kind()) {
      case DIRECTORY -> {
        if (!Files.isDirectory(location, NOFOLLOW_LINKS)) {
          throw missing(snapshot, location);
        }
        yield new Directory(location);
      }
      case ARCHIVE -> {
        if (!Files.isRegularFile(location, NOFOLLOW_LINKS)) {
          throw missing(snapshot, location);
        }
        yield unpack(snapshot, location);
      }
    };
  }

  private static CorruptDataException missing(VfsSnapshot snapshot, Path location) {
    return new CorruptDataException(
        "Snapshot '%s' of volume '%s' is recorded, but its files are not at %s%s"
            .formatted(
                snapshot.name(),
                snapshot.volume(),
                location,
                snapshot.kind() == VfsSnapshot.Kind.ARCHIVE
                    ? "; Convoy v0.5.2 kept them on the host that took the snapshot"
                    : ""));
  }

  private SnapshotContent unpack(VfsSnapshot snapshot, Path archive) throws IOException {
    Path directory = driverRoot.resolve(PREFIX + UUID.randomUUID());
    VolumeRoot.createPrivateDirectory(directory);
    try (RunningCommand tar =
        commands.start(
            List.of(
                "tar",
                "--extract",
                "--gzip",
                "--numeric-owner",
                "--preserve-permissions",
                "--file",
                archive.toString(),
                "--directory",
                directory.toString()))) {
      tar.standardInput().close();
      tar.waitForSuccess();
    } catch (IOException e) {
      programs.removeAfter(e, directory);
      throw new IOException(
          "Snapshot '%s' of volume '%s' can't be unpacked from %s: %s"
              .formatted(snapshot.name(), snapshot.volume(), archive, e.getMessage()),
          e);
    }
    return new Unpacked(directory, programs);
  }

  /** Removes what a crash left unpacked; what can't be removed is in nobody's way. */
  void removeLeftovers() {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(driverRoot, PREFIX + "*")) {
      for (Path leftover : leftovers) {
        programs.remove(leftover);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOGGER.log(
          WARNING,
          "{0}: what an earlier run unpacked could not be removed: {1}",
          driverRoot,
          e.getMessage());
    }
  }

  private record Directory(Path directory) implements FileTreeContent {
    @Override
    public void close() {}
  }

  private record Unpacked(Path directory, TreePrograms programs) implements FileTreeContent {
    @Override
    public void close() throws IOException {
      programs.remove(directory);
    }
  }
}
