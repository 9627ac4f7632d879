package io.convoy.core;

import java.util.List;

/**
 * Backups found at a destination.
 *
 * @param backups in order of URL
 * @param problems what could not be read there, one line each
 */
public record BackupList(List<Backup> backups, List<String> problems) {
  public BackupList {
    backups = List.copyOf(backups);
    problems = List.copyOf(problems);
  }
}
