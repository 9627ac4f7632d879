package io.convoy.core;

import java.io.IOException;
import java.util.List;

/** Checks and cleans a store of backups. */
public interface BackupCare {
  /**
   * Reads everything that a backup needs and checks it, without restoring it.
   *
   * @return what is wrong, one line each; nothing if the backup is whole
   * @throws NotFoundException if there is no such backup
   */
  List<String> verify(BackupUrl url, Progress progress) throws IOException;

  /**
   * Deletes what no backup at a destination needs. Any doubt, such as a listing that fails, stops
   * it with nothing deleted for that volume.
   */
  GarbageReport collectGarbage(BackupDestination destination, boolean dryRun, Progress progress)
      throws IOException;

  /**
   * What was found that no backup needs, and deleted unless it was a dry run.
   *
   * @param skippedVolumes those that somebody was writing to, or that can't be read, and why
   */
  record GarbageReport(long objects, long bytes, List<String> skippedVolumes) {
    public GarbageReport {
      skippedVolumes = List.copyOf(skippedVolumes);
    }
  }
}
