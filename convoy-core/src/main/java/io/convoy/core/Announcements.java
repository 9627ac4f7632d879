package io.convoy.core;

import io.convoy.core.Event.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Tells a listener what was done. */
final class Announcements {
  /** So much of an ID tells it from others, and is what Docker shows. */
  private static final int SHORT_ID = 12;

  private final EventListener listener;
  private final Clock clock;

  Announcements(EventListener listener, Clock clock) {
    this.listener = listener;
    this.clock = clock;
  }

  /** Work that is told of. */
  interface Work<T> {
    T run() throws IOException;
  }

  private Event event(Kind kind) {
    return Event.of(clock.instant(), kind);
  }

  private void tell(Kind kind, VolumeName volume) {
    listener.happened(event(kind).withVolume(volume));
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private static String message(Exception e) {
    return Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
  }

  VolumeStatus create(VolumeSpec spec, Work<VolumeStatus> work) throws IOException {
    if (spec.source().isPresent()) {
      return restore(spec, spec.source().get().toString(), work);
    }
    VolumeStatus status = work.run();
    tell(Kind.VOLUME_CREATED, spec.name());
    return status;
  }

  private VolumeStatus restore(VolumeSpec spec, String url, Work<VolumeStatus> work)
      throws IOException {
    long start = System.nanoTime();
    listener.happened(event(Kind.RESTORE_STARTED).withVolume(spec.name()).withBackup(url));
    try {
      VolumeStatus status = work.run();
      listener.happened(
          event(Kind.RESTORE_FINISHED)
              .withVolume(spec.name())
              .withBackup(url)
              .withNumber("Millis", millisSince(start)));
      return status;
    } catch (IOException | RuntimeException e) {
      listener.happened(
          event(Kind.RESTORE_FAILED)
              .withVolume(spec.name())
              .withBackup(url)
              .withMessage(message(e))
              .withNumber("Millis", millisSince(start)));
      throw e;
    }
  }

  void deleted(VolumeName volume, DeleteMode mode) {
    Event event = event(Kind.VOLUME_DELETED).withVolume(volume);
    listener.happened(mode == DeleteMode.REFERENCE ? event.withMessage("its data is kept") : event);
  }

  void undeleted(VolumeName volume) {
    tell(Kind.VOLUME_UNDELETED, volume);
  }

  void resized(VolumeStatus status) {
    Event event = event(Kind.VOLUME_RESIZED).withVolume(status.volume().name());
    listener.happened(
        status.volume().sizeBytes().isPresent()
            ? event.withNumber("Size", status.volume().sizeBytes().getAsLong())
            : event);
  }

  void mounted(VolumeName volume, String mountId, Path mountPoint) {
    listener.happened(
        event(Kind.VOLUME_MOUNTED)
            .withVolume(volume)
            .withMessage("at %s for %s".formatted(mountPoint, holder(mountId))));
  }

  void unmounted(VolumeName volume, String mountId) {
    listener.happened(
        event(Kind.VOLUME_UNMOUNTED).withVolume(volume).withMessage("for " + holder(mountId)));
  }

  void unmountedForAll(VolumeName volume) {
    listener.happened(event(Kind.VOLUME_UNMOUNTED).withVolume(volume).withMessage("for everybody"));
  }

  private static String holder(String mountId) {
    return mountId.equals(MountRequest.COMMAND)
        ? "the command"
        : "mount " + (mountId.length() <= SHORT_ID ? mountId : mountId.substring(0, SHORT_ID));
  }

  void snapshot(Snapshot snapshot) {
    listener.happened(
        event(Kind.SNAPSHOT_CREATED).withVolume(snapshot.volume()).withSnapshot(snapshot.name()));
  }

  void snapshotDeleted(VolumeName volume, SnapshotName snapshot) {
    listener.happened(event(Kind.SNAPSHOT_DELETED).withVolume(volume).withSnapshot(snapshot));
  }

  BackupResult backup(VolumeName volume, SnapshotName snapshot, Work<BackupResult> work)
      throws IOException {
    long start = System.nanoTime();
    listener.happened(event(Kind.BACKUP_STARTED).withVolume(volume).withSnapshot(snapshot));
    try {
      BackupResult result = work.run();
      listener.happened(
          event(Kind.BACKUP_FINISHED)
              .withVolume(volume)
              .withSnapshot(snapshot)
              .withBackup(result.backup().url().toString())
              .withNumber("Millis", millisSince(start))
              .withNumber("ContentBytes", result.contentBytes())
              .withNumber("NewBytes", result.newBytes())
              .withNumber("StoredBytes", result.storedBytes()));
      return result;
    } catch (IOException | RuntimeException e) {
      listener.happened(
          event(Kind.BACKUP_FAILED)
              .withVolume(volume)
              .withSnapshot(snapshot)
              .withMessage(message(e))
              .withNumber("Millis", millisSince(start)));
      throw e;
    }
  }

  void backupDeleted(BackupUrl url) {
    listener.happened(event(Kind.BACKUP_DELETED).withBackup(url.toString()));
  }
}
