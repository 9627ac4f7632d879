package io.convoy.core;

import java.io.IOException;
import java.util.List;

/** Checks and cleans a store of backups. */
public interface BackupCare {
  /**
   * Checks what a backup needs, without restoring it. A block that is found to be damaged is noted
   * in the store, where that can be written, so that the next backup that has it stores it again.
   *
   * @throws NotFoundException if there is no such backup
   */
  VerifyReport verify(BackupUrl url, VerifyOptions options, Progress progress) throws IOException;

  /**
   * Reads and checks all of a backup.
   *
   * @return what is wrong, one line each; nothing if the backup is whole
   * @throws NotFoundException if there is no such backup
   */
  default List<String> verify(BackupUrl url, Progress progress) throws IOException {
    return verify(url, VerifyOptions.ALL, progress).problems();
  }

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
