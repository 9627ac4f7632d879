package io.convoy.objectstore;

import io.convoy.core.BackupDestination;
import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens directories: {@code vfs:///path}. */
final class DirectoryStores implements ObjectStores {
  static final String SCHEME = "vfs";

  private final CommandRunner commands;

  DirectoryStores(CommandRunner commands) {
    this.commands = commands;
  }

  @Override
  public ObjectStore open(BackupDestination destination) throws IOException {
    Path directory;
    try {
      directory = Path.of(destination.location());
    } catch (InvalidPathException e) {
      throw invalid(destination);
    }
    if (!directory.isAbsolute()) {
      throw invalid(destination);
    }
    return new DirectoryObjectStore(directory, commands);
  }

  private static IllegalArgumentException invalid(BackupDestination destination) {
    return new IllegalArgumentException(
        "Invalid destination '%s': expected an absolute path, as in vfs:///srv/backups"
            .formatted(destination));
  }

  @Override
  public void close() {}
}
