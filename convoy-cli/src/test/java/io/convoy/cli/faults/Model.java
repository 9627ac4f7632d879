package io.convoy.cli.faults;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What one client knows of its volumes, snapshots and backups. No other client touches them. */
final class Model {
  final Map<String, Volume> volumes = new TreeMap<>();
  final Map<String, Backup> backups = new TreeMap<>();

  /** The URLs of backups that were reported as deleted; none is given out twice. */
  final Set<String> deletedBackups = new TreeSet<>();

  /** What every snapshot that was ever asked for holds if it is there; names are not used twice. */
  final Map<String, Content> snapshots = new TreeMap<>();

  void deleted(Backup backup) {
    backups.remove(backup.url);
    deletedBackups.add(backup.url);
  }

  /** Whether something is there. */
  enum Phase {
    THERE,
    /** Its making was asked for, and is not known to have been done. */
    MAYBE,
    /** Its deletion was asked for, and is not known to have been done. */
    GOING
  }

  /** A volume. */
  static final class Volume {
    final String name;
    final Content content;
    final Map<String, Phase> snapshots = new TreeMap<>();
    Phase phase = Phase.MAYBE;
    boolean seen;
    String mountId = "";

    Volume(String name, Content content) {
      this.name = name;
      this.content = content;
    }
  }

  /** A backup whose URL is known. */
  static final class Backup {
    final String url;
    final String snapshot;
    final Store store;
    Phase phase = Phase.THERE;
    boolean seen;

    Backup(String url, String snapshot, Store store) {
      this.url = url;
      this.snapshot = snapshot;
      this.store = store;
    }
  }

  /**
   * A place for backups.
   *
   * @param endpoint of an S3 server, empty for none
   */
  record Store(String url, String endpoint) {}
}
