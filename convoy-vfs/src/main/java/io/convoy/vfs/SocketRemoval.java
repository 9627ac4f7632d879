package io.convoy.vfs;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Removes the sockets from a copied tree: they mean nothing without the process behind them. The
 * directories that they were in keep their times.
 */
final class SocketRemoval {
  private static final int TYPE_MASK = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int SOCKET = 0140000;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final CommandRunner commands;

  SocketRemoval(CommandRunner commands) {
    this.commands = commands;
  }

  void removeFrom(Path tree) throws IOException {
    Deque<Path> directories = new ArrayDeque<>();
    directories.push(tree);
    while (!directories.isEmpty()) {
      Path directory = directories.pop();
      FileTime modified = Files.getLastModifiedTime(directory, NOFOLLOW_LINKS);
      boolean removed = false;
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          int mode = (Integer) Files.getAttribute(entry, "unix:mode", NOFOLLOW_LINKS);
          if ((mode & TYPE_MASK) == DIRECTORY) {
            directories.push(entry);
          } else if ((mode & TYPE_MASK) == SOCKET) {
            Files.delete(entry);
            removed = true;
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
      if (removed) {
        setModified(directory, modified);
      }
    }
  }

  private void setModified(Path directory, FileTime modified) throws IOException {
    if (!Path.of(directory.toString()).equals(directory)) {
      // A name that is not text can't be handed to a program; Java sets microseconds only.
      Files.setLastModifiedTime(directory, modified);
      return;
    }
    Instant time = modified.toInstant();
    commands.run(
        List.of(
            "touch",
            "--no-create",
            "-m",
            "--date=@%d.%09d".formatted(time.getEpochSecond(), time.getNano()),
            "--",
            directory.toString()),
        LIMIT);
  }
}
