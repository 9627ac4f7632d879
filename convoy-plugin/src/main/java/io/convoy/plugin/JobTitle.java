package io.convoy.plugin;

import static java.util.Objects.requireNonNull;

import io.convoy.core.BackupUrl;
import io.convoy.core.VolumeName;
import java.util.Locale;
import java.util.Optional;

/**
 * What a job is for.
 *
 * @param subject the volume, snapshot or URL that it is about
 * @param detail where from or where to; often empty
 */
record JobTitle(Kind kind, String subject, String detail) {
  JobTitle {
    requireNonNull(kind, "kind is null");
    requireNonNull(subject, "subject is null");
    requireNonNull(detail, "detail is null");
  }

  /** What is done. */
  enum Kind {
    CREATE,
    RESTORE,
    RESIZE,
    SNAPSHOT,
    BACKUP,
    VERIFY,
    GC,
    TRASH_RESTORE,
    TRASH_EMPTY;

    String json() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Kind ofJson(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }

  static JobTitle of(Kind kind, String subject) {
    return new JobTitle(kind, subject, "");
  }

  /** Returns the title of the making of a volume. */
  static JobTitle creation(VolumeName volume, Optional<BackupUrl> source) {
    return new JobTitle(
        source.isPresent() ? Kind.RESTORE : Kind.CREATE,
        volume.value(),
        source.map(BackupUrl::toString).orElse(""));
  }

  /** Returns whether this is the making of a volume. */
  boolean creates(VolumeName volume) {
    return (kind == Kind.CREATE || kind == Kind.RESTORE) && subject.equals(volume.value());
  }

  @Override
  public String toString() {
    return kind.json() + (subject.isEmpty() ? "" : " of " + subject);
  }
}
