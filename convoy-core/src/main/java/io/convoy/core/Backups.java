package io.convoy.core;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Backups in one kind of store. All calls may come together, from several hosts: a backup that is
 * listed is whole, whatever else goes on.
 */
// Add a method only when every store needs it.
public interface Backups extends AutoCloseable {
  /**
   * Stores the content. The backup is listed once it is complete and on stable storage; after a
   * failure it is not listed, and what was stored for it is used by the next try or collected.
   */
  BackupResult create(BackupRequest request, SnapshotContent content, Progress progress)
      throws IOException;

  /**
   * Writes a backup's content to a target of the kind it was taken from, checking all of it.
   *
   * @throws NotFoundException if there is no such backup
   * @throws CorruptDataException if the store no longer has what was backed up
   * @throws IllegalArgumentException if the target is of the wrong kind, or too small
   */
  void restore(BackupUrl url, RestoreTarget target, Progress progress) throws IOException;

  /**
   * Deletes one backup; every other one stays whole.
   *
   * @throws NotFoundException if there is no such backup
   */
  void delete(BackupUrl url) throws IOException;

  /**
   * Returns what is known of a backup.
   *
   * @throws NotFoundException if there is no such backup
   */
  Backup inspect(BackupUrl url) throws IOException;

  /**
   * Returns the backups at a destination in order of URL, or those of volumes of one name. One that
   * can't be read is left out and told to {@code problems}.
   */
  List<Backup> list(
      BackupDestination destination, Optional<VolumeName> volume, ProblemListener problems)
      throws IOException;

  /** Returns how to check and clean this kind of store, or empty if there is no need. */
  Optional<BackupCare> care();

  /** Closes connections. */
  @Override
  void close() throws IOException;

  /** Hears of backups that can't be read. */
  interface ProblemListener {
    /** What is stored as {@code key} can't be used because of {@code problem} (one line). */
    void report(String key, String problem);
  }
}
