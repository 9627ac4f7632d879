package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Something that happened.
 *
 * @param volume the volume that it happened to, where it is about one
 * @param snapshot the snapshot, where it is about one
 * @param backup the backup's URL, where there is one
 * @param message more about it in one line, such as what went wrong
 * @param numbers such as {@code StoredBytes}, in order
 */
public record Event(
    Instant time,
    Kind kind,
    Optional<VolumeName> volume,
    Optional<SnapshotName> snapshot,
    Optional<String> backup,
    Optional<String> message,
    Map<String, Long> numbers) {
  public Event {
    requireNonNull(time, "time is null");
    requireNonNull(kind, "kind is null");
    requireNonNull(volume, "volume is null");
    requireNonNull(snapshot, "snapshot is null");
    requireNonNull(backup, "backup is null");
    requireNonNull(message, "message is null");
    numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
  }

  /** What can happen. */
  public enum Kind {
    /** A volume was created, empty. */
    VOLUME_CREATED,
    /** A volume was deleted; the message says if its data was kept. */
    VOLUME_DELETED,
    /** A volume came back from the trash. */
    VOLUME_UNDELETED,
    /** A volume grew. */
    VOLUME_RESIZED,
    /** Somebody has a volume mounted from now on: a container, or the command. */
    VOLUME_MOUNTED,
    /** Somebody no longer needs a volume mounted. */
    VOLUME_UNMOUNTED,
    SNAPSHOT_CREATED,
    SNAPSHOT_DELETED,
    BACKUP_STARTED,
    BACKUP_FINISHED,
    BACKUP_FAILED,
    BACKUP_DELETED,
    /** A volume is being made of a backup. */
    RESTORE_STARTED,
    RESTORE_FINISHED,
    RESTORE_FAILED,
    /** Something is not as it should be, such as a pool that is almost full. */
    WARNING;

    /** Returns the name in lower case with dashes, such as {@code backup-started}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Returns an event that is about nothing yet. */
  public static Event of(Instant time, Kind kind) {
    return new Event(
        time,
        kind,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  /** Returns this event, about a volume. */
  public Event withVolume(VolumeName name) {
    return new Event(time, kind, Optional.of(name), snapshot, backup, message, numbers);
  }

  /** Returns this event, about a snapshot. */
  public Event withSnapshot(SnapshotName name) {
    return new Event(time, kind, volume, Optional.of(name), backup, message, numbers);
  }

  /** Returns this event, about a backup. */
  public Event withBackup(String url) {
    return new Event(time, kind, volume, snapshot, Optional.of(url), message, numbers);
  }

  /** Returns this event with more about it. */
  public Event withMessage(String text) {
    return new Event(time, kind, volume, snapshot, backup, Optional.of(text), numbers);
  }

  /** Returns this event with one number more. */
  public Event withNumber(String name, long number) {
    Map<String, Long> more = new LinkedHashMap<>(numbers);
    more.put(name, number);
    return new Event(time, kind, volume, snapshot, backup, message, more);
  }
}
