package io.convoy.vfs;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import io.convoy.core.MountTable;
import io.convoy.core.NotFoundException;
import io.convoy.core.VolumeName;
import io.convoy.core.state.AtomicFiles;
import io.convoy.vfs.WorkArea.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Deletes volumes, so that a crash at any point leaves one that is there or one that is gone. */
final class VolumeDeletion {
  private final VolumeRoot root;
  private final VfsRecords records;
  private final WorkArea work;
  private final TreePrograms programs;
  private final SnapshotFiles snapshotFiles;
  private final MountTable mounts;
  private final MountNotes notes;

  VolumeDeletion(
      VolumeRoot root,
      VfsRecords records,
      WorkArea work,
      TreePrograms programs,
      SnapshotFiles snapshotFiles,
      MountTable mounts,
      MountNotes notes) {
    this.root = root;
    this.records = records;
    this.work = work;
    this.programs = programs;
    this.snapshotFiles = snapshotFiles;
    this.mounts = mounts;
    this.notes = notes;
  }

  void delete(VolumeName name, DeleteMode mode) throws IOException {
    switch (mode) {
      case DATA -> deleteData(name);
      case REFERENCE -> deleteReference(name);
    }
  }

  private void deleteReference(VolumeName name) throws IOException {
    try (RecordLock.Held held = records.lock()) {
      VfsRecord record = records.get(name).orElseThrow(() -> NotFoundException.volume(name));
      checkNoOtherHost(record);
      Path directory = root.volume(name);
      notes.remove(name);
      records.remove(
          record.withInode(
              Files.isDirectory(directory, NOFOLLOW_LINKS) ? VolumeCreation.inode(directory) : 0));
    }
  }

  private void deleteData(VolumeName name) throws IOException {
    VfsRecord record = records.get(name).orElseThrow(() -> NotFoundException.volume(name));
    try (WorkArea.UnderWay deleting = work.begin(record.uuid())) {
      deleteData(name, record.uuid());
    }
  }

  private void deleteData(VolumeName name, UUID uuid) throws IOException {
    VfsRecord record;
    Path deleted;
    try (RecordLock.Held held = records.lock()) {
      record =
          records
              .get(name)
              .filter(found -> found.uuid().equals(uuid))
              .orElseThrow(() -> NotFoundException.volume(name));
      checkNoOtherHost(record);
      checkNothingMounted(name);
      notes.remove(name);
      deleted = work.intent(Work.DELETING, record.uuid());
      try {
        records.move(root.record(name), deleted);
        moveAway(name, record.uuid());
      } catch (IOException | RuntimeException e) {
        undo(e, record, deleted);
        throw e;
      }
    }
    try {
      finish(record);
    } catch (IOException e) {
      throw new IOException(
          "Volume '%s' is deleted, but some of its files could not be removed: %s; see %s, the next start tries again"
              .formatted(name, e.getMessage(), root.workDirectory()),
          e);
    }
  }

  /**
   * Finishes what a crash cut off.
   *
   * @param deleted the record of a volume whose deletion had begun
   */
  void resume(VfsRecord deleted) throws IOException {
    try (RecordLock.Held held = records.lock()) {
      // A record of that name is of a new volume, and so is the directory.
      if (!Files.exists(work.staging(Work.DELETING, deleted.uuid()), NOFOLLOW_LINKS)
          && !Files.exists(root.record(deleted.name()), NOFOLLOW_LINKS)) {
        moveAway(deleted.name(), deleted.uuid());
      }
    }
    finish(deleted);
  }

  private void finish(VfsRecord deleted) throws IOException {
    programs.remove(work.staging(Work.DELETING, deleted.uuid()));
    for (VfsSnapshot snapshot : deleted.snapshots()) {
      snapshotFiles.remove(deleted.uuid(), snapshot);
    }
    Files.deleteIfExists(root.snapshots(deleted.uuid()));
    work.done(Work.DELETING, deleted.uuid());
  }

  private void moveAway(VolumeName name, UUID uuid) throws IOException {
    Path directory = root.volume(name);
    if (Files.exists(directory, NOFOLLOW_LINKS)) {
      Files.move(directory, work.staging(Work.DELETING, uuid), ATOMIC_MOVE);
      AtomicFiles.syncDirectory(root.path());
      AtomicFiles.syncDirectory(root.workDirectory());
    }
  }

  private void checkNoOtherHost(VfsRecord record) throws IOException {
    List<String> others = notes.others(record.uuid());
    if (!others.isEmpty()) {
      throw new InUseException(
          "Volume '%s' can't be deleted: %s; unmount it there, or add --force if nobody needs it"
              .formatted(record.name(), String.join(", ", others)));
    }
  }

  private void checkNothingMounted(VolumeName name) throws IOException {
    Path directory = root.volume(name);
    if (Files.isDirectory(directory, NOFOLLOW_LINKS)) {
      Optional<Path> mountPoint = mounts.mountedBelow(directory);
      if (mountPoint.isPresent()) {
        throw new InUseException(
            "Volume '%s' can't be deleted: something is mounted at %s; unmount it first"
                .formatted(name, mountPoint.get()));
      }
    }
  }

  /** Puts back what was moved, in the opposite order. */
  private void undo(Exception cause, VfsRecord record, Path deleted) {
    Path directory = root.volume(record.name());
    Path staging = work.staging(Work.DELETING, record.uuid());
    try {
      if (Files.exists(staging, NOFOLLOW_LINKS) && !Files.exists(directory, NOFOLLOW_LINKS)) {
        Files.move(staging, directory, ATOMIC_MOVE);
      }
      if (Files.exists(deleted, NOFOLLOW_LINKS)) {
        records.move(deleted, root.record(record.name()));
      }
    } catch (IOException e) {
      // Its record says that it is being deleted: the next start finishes that.
      cause.addSuppressed(e);
    }
  }
}
