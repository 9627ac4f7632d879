package io.convoy.vfs;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.AlreadyExistsException;
import io.convoy.core.CorruptDataException;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.InUseException;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import io.convoy.vfs.WorkArea.Work;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/** Makes volumes: empty, from a directory that is there, or restored. */
final class VolumeCreation {
  private static final Logger LOGGER = System.getLogger(VolumeCreation.class.getName());

  private final VfsSettings settings;
  private final VolumeRoot root;
  private final VfsRecords records;
  private final WorkArea work;
  private final TreePrograms programs;

  VolumeCreation(VfsSettings settings, VfsRecords records, WorkArea work, TreePrograms programs) {
    this.settings = settings;
    this.root = settings.root();
    this.records = records;
    this.work = work;
    this.programs = programs;
  }

  VfsRecord create(VolumeSpec spec, UUID uuid, Optional<VolumeFiller> filler) throws IOException {
    check(spec);
    checkFree(spec.name());
    if (filler.isEmpty()) {
      return createOrPickUp(spec, uuid);
    }
    try (WorkArea.UnderWay restoring = work.begin(uuid)) {
      return restore(spec, uuid, filler.get());
    }
  }

  private static void check(VolumeSpec spec) {
    if (spec.name().equals(VolumeRoot.CONFIG)) {
      throw new IllegalArgumentException(
          "A vfs volume can't be called '%s': the driver keeps its records in the directory of that name"
              .formatted(spec.name()));
    }
    refuse(spec, "id", spec.driverVolumeId().isPresent());
    refuse(spec, "type", spec.type().isPresent());
    refuse(spec, "iops", spec.iops().isPresent());
  }

  private static void refuse(VolumeSpec spec, String option, boolean given) {
    if (given) {
      throw new IllegalArgumentException(
          "Volume '%s' can't have the option '%s': the vfs driver has no such option"
              .formatted(spec.name(), option));
    }
  }

  private void checkFree(VolumeName name) throws IOException {
    if (records.get(name).isPresent()) {
      throw new AlreadyExistsException("Volume '%s' already exists".formatted(name));
    }
    if (inodeOf(name) != 0) {
      for (Path deletion : work.deletions()) {
        if (new JsonFile(deletion)
            .read()
            .map(json -> json.path("Name").asText(""))
            .filter(name.value()::equals)
            .isPresent()) {
          throw new InUseException(
              "Volume '%s' can't be created: its deletion was cut off, see %s; Convoy finishes it when it is started on the host of that file"
                  .formatted(name, deletion));
        }
      }
    }
  }

  /** Returns the inode number of the volume's directory, or 0 if nothing is there. */
  private long inodeOf(VolumeName name) throws IOException {
    Path directory = root.volume(name);
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(directory, BasicFileAttributes.class, NOFOLLOW_LINKS);
      if (!attributes.isDirectory()) {
        throw new AlreadyExistsException(
            "Volume '%s' can't be created: %s is there and is %s, expected a directory or nothing"
                .formatted(
                    name, directory, attributes.isSymbolicLink() ? "a symbolic link" : "a file"));
      }
      return inode(directory);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  static long inode(Path directory) throws IOException {
    return (Long) Files.getAttribute(directory, "unix:ino", NOFOLLOW_LINKS);
  }

  private VfsRecord createOrPickUp(VolumeSpec spec, UUID uuid) throws IOException {
    try (RecordLock.Held held = records.lock()) {
      checkFree(spec.name());
      Path directory = root.volume(spec.name());
      long inode = inodeOf(spec.name());
      Optional<VfsRecord> removed = inode == 0 ? Optional.empty() : removed(spec.name(), inode);
      if (inode == 0) {
        VolumeRoot.createPrivateDirectory(directory);
      }
      try {
        VfsRecord record =
            removed
                .map(before -> spec.prepareForVm() ? before.forVm(sizeBytes(spec)) : before)
                .orElseGet(() -> newRecord(spec, uuid));
        records.create(record.withInode(0));
      } catch (IOException | RuntimeException e) {
        if (inode == 0) {
          deleteAfter(e, directory);
        }
        throw e;
      }
      if (removed.isPresent()) {
        records.deleteRemoved(spec.name());
      }
      return records.get(spec.name()).orElseThrow();
    }
  }

  /** Returns the record of the volume that this directory was before, if it was one. */
  private Optional<VfsRecord> removed(VolumeName name, long inode) throws IOException {
    try {
      Optional<VfsRecord> removed = records.getRemoved(name);
      if (removed.isPresent() && removed.get().inode() != inode) {
        LOGGER.log(
            WARNING,
            "Volume ''{0}'' was deleted by reference, but its directory is another one by now: its snapshots are not brought back; {1} names them",
            name,
            root.removedRecord(name));
        return Optional.empty();
      }
      return removed;
    } catch (CorruptDataException e) {
      throw new CorruptDataException(
          "Volume '%s' was deleted by reference, and what its record says about its snapshots can't be read: %s; put the file aside to create the volume without them"
              .formatted(name, e.getMessage()),
          e);
    }
  }

  private VfsRecord newRecord(VolumeSpec spec, UUID uuid) {
    return VfsRecord.created(
        spec.name(),
        uuid,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        spec.prepareForVm() ? sizeBytes(spec) : 0,
        spec.prepareForVm());
  }

  private long sizeBytes(VolumeSpec spec) {
    return spec.sizeBytes().orElse(settings.defaultVolumeSizeBytes());
  }

  private VfsRecord restore(VolumeSpec spec, UUID uuid, VolumeFiller filler) throws IOException {
    checkEmpty(spec.name());
    Path staging = work.staging(Work.RESTORING, uuid);
    Path target = root.volume(spec.name());
    VolumeRoot.createPrivateDirectory(staging);
    boolean moved = false;
    try {
      ObjectNode intent =
          JsonFile.newObject()
              .put("Name", spec.name().value())
              .put("UUID", uuid.toString())
              .put("Inode", inode(staging));
      work.declare(Work.RESTORING, uuid, intent);
      filler.fill(new FileTreeTarget(staging));
      programs.sync(staging);
      try (RecordLock.Held held = records.lock()) {
        checkFree(spec.name());
        checkEmpty(spec.name());
        Files.move(staging, target, ATOMIC_MOVE);
        moved = true;
        AtomicFiles.syncDirectory(root.path());
        records.create(newRecord(spec, uuid));
      }
    } catch (IOException | RuntimeException e) {
      undo(e, spec.name(), uuid, moved);
      throw e;
    }
    work.done(Work.RESTORING, uuid);
    return records.get(spec.name()).orElseThrow();
  }

  private void undo(Exception cause, VolumeName name, UUID uuid, boolean moved) {
    Path staging = work.staging(Work.RESTORING, uuid);
    try {
      if (moved) {
        // The record may be there nevertheless, if only the flush of its directory was refused.
        if (records.get(name).isPresent()) {
          return;
        }
        Files.move(root.volume(name), staging, ATOMIC_MOVE);
      }
    } catch (IOException e) {
      // The intent stays: the next start sees to it.
      cause.addSuppressed(e);
      return;
    }
    programs.removeAfter(cause, staging);
    try {
      work.done(Work.RESTORING, uuid);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private void checkEmpty(VolumeName name) throws IOException {
    if (inodeOf(name) == 0) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.volume(name))) {
      if (entries.iterator().hasNext()) {
        throw new AlreadyExistsException(
            "Volume '%s' can't be restored: the directory %s exists and has files; move them away, or choose another name"
                .formatted(name, root.volume(name)));
      }
    }
  }

  private static void deleteAfter(Exception cause, Path emptyDirectory) {
    try {
      Files.delete(emptyDirectory);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
