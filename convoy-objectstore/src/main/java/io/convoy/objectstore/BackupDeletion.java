package io.convoy.objectstore;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.BackupUrl;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.List;
import java.util.Optional;

/**
 * Deletes a backup: the header first, which ends it, and then what only it needed. That needs the
 * lock; while somebody else has it, what is left over is left to the next writer or {@code gc}.
 */
final class BackupDeletion {
  private static final Logger LOGGER = System.getLogger(BackupDeletion.class.getName());

  private final ObjectStore store;
  private final StoreLock.Timing timing;
  private final String hostId;

  BackupDeletion(ObjectStore store, StoreLock.Timing timing, String hostId) {
    this.store = store;
    this.timing = timing;
    this.hostId = hostId;
  }

  void delete(BackupUrl url) throws IOException {
    BackupLayout layout = new BackupLayout(url.volumeName().orElseThrow());
    ObjectKey header = layout.header(url.backupName().orElseThrow());
    if (store.sizeBytes(header).isEmpty()) {
      throw NotFoundException.backup(url);
    }
    // What waits to be published would come back.
    store.delete(List.of(layout.pending(url.backupName().orElseThrow())));
    store.delete(List.of(header));
    try {
      Optional<StoreLock> lock = StoreLock.tryAcquire(store, layout, timing, hostId);
      if (lock.isEmpty()) {
        LOGGER.log(
            INFO,
            "Backup ''{0}'' is deleted; its blocks are left to ''convoy backup gc'', as somebody writes there",
            url);
        return;
      }
      try (StoreLock held = lock.get()) {
        new Sweep(store, layout, held, Progress.NONE).run(false);
      }
    } catch (IOException e) {
      LOGGER.log(
          WARNING,
          "Backup ''{0}'' is deleted; its blocks are left to ''convoy backup gc'': {1}",
          url,
          e.getMessage());
    }
  }
}
