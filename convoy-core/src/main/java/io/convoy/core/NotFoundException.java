package io.convoy.core;

import java.io.IOException;

/** The thing asked for is known not to be there. */
public final class NotFoundException extends IOException {
  private static final long serialVersionUID = 1;

  private final Kind kind;

  /** What there is none of. */
  public enum Kind {
    VOLUME,
    TRASHED_VOLUME,
    SNAPSHOT,
    BACKUP,
    JOB
  }

  private NotFoundException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** Returns the exception for a volume that is not there. */
  public static NotFoundException volume(VolumeName name) {
    return new NotFoundException(
        Kind.VOLUME,
        "There is no volume '%s' ('convoy list' shows those there are)".formatted(name));
  }

  /** Returns the exception for a deleted volume that is not kept, or not any more. */
  public static NotFoundException inTrash(String idOrName) {
    return new NotFoundException(
        Kind.TRASHED_VOLUME,
        "There is no '%s' in the trash ('convoy trash list' shows what is there)"
            .formatted(idOrName));
  }

  /** Returns the exception for a snapshot that is not there. */
  public static NotFoundException snapshot(SnapshotName name) {
    return new NotFoundException(
        Kind.SNAPSHOT,
        "There is no snapshot '%s' ('convoy list' shows those there are)".formatted(name));
  }

  /** Returns the exception for a backup that is not there. */
  public static NotFoundException backup(BackupUrl url) {
    return new NotFoundException(
        Kind.BACKUP,
        "There is no backup '%s' ('convoy backup list %s' shows those there are)"
            .formatted(url, url.destination()));
  }

  /** Returns the exception for long work that is not known, or not any more. */
  public static NotFoundException job(String id) {
    return new NotFoundException(
        Kind.JOB, "There is no job '%s' ('convoy jobs' shows those there are)".formatted(id));
  }

  /** Returns what there is none of. */
  public Kind kind() {
    return kind;
  }
}
