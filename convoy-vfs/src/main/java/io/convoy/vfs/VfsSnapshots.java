package io.convoy.vfs;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.AlreadyExistsException;
import io.convoy.core.NotFoundException;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Snapshots;
import io.convoy.core.VolumeName;
import io.convoy.core.state.AtomicFiles;
import io.convoy.vfs.WorkArea.Work;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;

/** Snapshots that are copies of the volume's tree, and the archives of Convoy v0.5.2. */
final class VfsSnapshots implements Snapshots {
  /**
   * In an intent, the UUID of the volume; what else is in it is the snapshot's part of a record.
   */
  static final String VOLUME_RECORD_UUID = "VolumeRecordUUID";

  private final VolumeRoot root;
  private final VfsRecords records;
  private final WorkArea work;
  private final TreeCopy copy;
  private final TreePrograms programs;
  private final SocketRemoval sockets;
  private final SnapshotFiles files;
  private final SnapshotOpening opening;

  VfsSnapshots(
      VolumeRoot root,
      VfsRecords records,
      WorkArea work,
      TreeCopy copy,
      TreePrograms programs,
      SocketRemoval sockets,
      SnapshotFiles files,
      SnapshotOpening opening) {
    this.root = root;
    this.records = records;
    this.work = work;
    this.copy = copy;
    this.programs = programs;
    this.sockets = sockets;
    this.files = files;
    this.opening = opening;
  }

  @Override
  public Snapshot create(VolumeName volume, SnapshotName name, UUID uuid) throws IOException {
    VfsRecord record = records.get(volume).orElseThrow(() -> NotFoundException.volume(volume));
    checkFree(record, name);
    Path source = sourceOf(volume);
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Path target = root.snapshot(record.uuid(), uuid);
    if (Files.exists(target, NOFOLLOW_LINKS)) {
      throw new AlreadyExistsException("There is a snapshot with the UUID %s".formatted(uuid));
    }
    VfsSnapshot snapshot = VfsSnapshot.taken(name, uuid, volume, now, target.toString(), Map.of());
    try (WorkArea.UnderWay copying = work.begin(uuid)) {
      return copy(record, snapshot, source).toSnapshot();
    }
  }

  private VfsSnapshot copy(VfsRecord record, VfsSnapshot intended, Path source) throws IOException {
    UUID uuid = intended.uuid();
    Path target = root.snapshot(record.uuid(), uuid);
    Path staging = work.staging(Work.SNAPSHOTTING, uuid);
    Path reference = root.workDirectory().resolve(AtomicFiles.TEMPORARY_PREFIX + uuid);
    VfsSnapshot snapshot = intended;
    declare(record, snapshot);
    try {
      Map<String, String> facts = copy.copy(source, staging, reference);
      facts.put("Host", work.host());
      sockets.removeFrom(staging);
      programs.sync(staging);
      createSnapshotsDirectory(record.uuid());
      Files.move(staging, target, ATOMIC_MOVE);
      AtomicFiles.syncDirectory(target.getParent());
      snapshot =
          VfsSnapshot.taken(
              intended.name(),
              uuid,
              intended.volume(),
              intended.createdTime(),
              target.toString(),
              facts);
      publish(record, snapshot);
    } catch (IOException | RuntimeException e) {
      undo(e, record, snapshot);
      throw e;
    } finally {
      Files.deleteIfExists(reference);
    }
    work.done(Work.SNAPSHOTTING, uuid);
    return snapshot;
  }

  private void declare(VfsRecord record, VfsSnapshot snapshot) throws IOException {
    ObjectNode intent = snapshot.toJson().put(VOLUME_RECORD_UUID, record.uuid().toString());
    work.declare(Work.SNAPSHOTTING, snapshot.uuid(), intent);
  }

  private Path sourceOf(VolumeName volume) throws IOException {
    Path directory = root.volume(volume);
    try {
      // The program that copies would take a link for what is to be copied.
      return directory.toRealPath();
    } catch (NoSuchFileException e) {
      throw new IOException(
          "Volume '%s' can't be copied: its directory %s is missing".formatted(volume, directory),
          e);
    }
  }

  private void createSnapshotsDirectory(UUID volume) throws IOException {
    try {
      VolumeRoot.createPrivateDirectory(root.snapshots(volume));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          "%s is not a directory, so no snapshot can be kept there"
              .formatted(root.snapshots(volume)),
          e);
    }
  }

  private static void checkFree(VfsRecord record, SnapshotName name) throws AlreadyExistsException {
    if (record.snapshot(name).isPresent()) {
      throw new AlreadyExistsException(
          "Volume '%s' already has a snapshot '%s'".formatted(record.name(), name));
    }
  }

  private void publish(VfsRecord before, VfsSnapshot snapshot) throws IOException {
    try (RecordLock.Held held = records.lock()) {
      VfsRecord now =
          records
              .get(before.name())
              .filter(record -> record.uuid().equals(before.uuid()))
              .orElseThrow(() -> NotFoundException.volume(before.name()));
      checkFree(now, snapshot.name());
      records.replace(now.withSnapshot(snapshot));
    }
  }

  private void undo(Exception cause, VfsRecord record, VfsSnapshot snapshot) {
    programs.removeAfter(cause, work.staging(Work.SNAPSHOTTING, snapshot.uuid()));
    try {
      // The record may have been written nevertheless, if only its flush was refused.
      if (!records.mentions(snapshot.uuid())) {
        Path target = root.snapshot(record.uuid(), snapshot.uuid());
        if (Files.exists(target, NOFOLLOW_LINKS)) {
          programs.removeAfter(cause, target);
        }
        work.done(Work.SNAPSHOTTING, snapshot.uuid());
      }
    } catch (IOException e) {
      // The intent stays: the next start sees to it.
      cause.addSuppressed(e);
    }
  }

  @Override
  public void delete(VolumeName volume, SnapshotName name) throws IOException {
    UUID uuid =
        records
            .get(volume)
            .orElseThrow(() -> NotFoundException.volume(volume))
            .snapshot(name)
            .orElseThrow(() -> NotFoundException.snapshot(name))
            .uuid();
    try (WorkArea.UnderWay deleting = work.begin(uuid)) {
      delete(volume, name, uuid);
    }
  }

  private void delete(VolumeName volume, SnapshotName name, UUID uuid) throws IOException {
    VfsRecord record;
    VfsSnapshot snapshot;
    try (RecordLock.Held held = records.lock()) {
      record = records.get(volume).orElseThrow(() -> NotFoundException.volume(volume));
      snapshot =
          record
              .snapshot(name)
              .filter(found -> found.uuid().equals(uuid))
              .orElseThrow(() -> NotFoundException.snapshot(name));
      // Fails if the record names something that must not be deleted; then nothing has changed.
      files.locate(record.uuid(), snapshot);
      declare(record, snapshot);
      records.replace(record.withoutSnapshot(snapshot.uuid()));
    }
    try {
      files.remove(record.uuid(), snapshot);
    } catch (IOException e) {
      throw new IOException(
          "Snapshot '%s' is deleted, but some of its files could not be removed: %s; the next start tries again"
              .formatted(name, e.getMessage()),
          e);
    }
    work.done(Work.SNAPSHOTTING, snapshot.uuid());
  }

  @Override
  public SnapshotContent open(VolumeName volume, SnapshotName name) throws IOException {
    VfsRecord record = records.get(volume).orElseThrow(() -> NotFoundException.volume(volume));
    VfsSnapshot snapshot =
        record.snapshot(name).orElseThrow(() -> NotFoundException.snapshot(name));
    return opening.open(record.uuid(), snapshot);
  }
}
