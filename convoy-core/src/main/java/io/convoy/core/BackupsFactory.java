package io.convoy.core;

import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Makes the {@link Backups} of some URL schemes. Found with {@link java.util.ServiceLoader}. */
public interface BackupsFactory {
  /** Returns the schemes, such as {@code vfs}. */
  Set<String> schemes();

  /**
   * Opens the stores; connects to nothing yet.
   *
   * @param hostId tells this host from others that write to the same store
   * @param defaults how backups are kept whose callers do not mind, where the store knows that
   * @throws IllegalArgumentException if it does not know them, naming those that it does
   */
  Backups open(String hostId, CommandRunner commands, BackupOptions defaults) throws IOException;

  /**
   * Tries what backups need of a destination, with one small object that is gone afterwards.
   *
   * @return what works, one line each
   * @throws IOException if it can't hold backups, and why
   */
  default List<String> tryOut(BackupDestination destination, CommandRunner commands)
      throws IOException {
    throw new IOException(
        "Destinations like '%s' can't be tried without a backup".formatted(destination));
  }
}
