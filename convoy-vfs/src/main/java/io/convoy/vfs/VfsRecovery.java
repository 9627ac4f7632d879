package io.convoy.vfs;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.VolumeName;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import io.convoy.vfs.WorkArea.Item;
import io.convoy.vfs.WorkArea.Work;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Finishes or undoes what this host left half done. What can't be decided, because a record can't
 * be read, stays as it is until the next start.
 */
final class VfsRecovery {
  private static final Logger LOGGER = System.getLogger(VfsRecovery.class.getName());
  private static final Duration TEMPORARY_AGE = Duration.ofDays(1);

  private final VolumeRoot root;
  private final VfsRecords records;
  private final WorkArea work;
  private final TreePrograms programs;
  private final SnapshotFiles snapshotFiles;
  private final VolumeDeletion deletion;

  VfsRecovery(
      VolumeRoot root,
      VfsRecords records,
      WorkArea work,
      TreePrograms programs,
      SnapshotFiles snapshotFiles,
      VolumeDeletion deletion) {
    this.root = root;
    this.records = records;
    this.work = work;
    this.programs = programs;
    this.snapshotFiles = snapshotFiles;
    this.deletion = deletion;
  }

  /** Does it, and returns what was dealt with, one line each. */
  List<String> recover() throws IOException {
    List<String> done = new ArrayList<>();
    for (Item item : work.leftBehind()) {
      if (item.isIntent()) {
        recover(item, () -> resolve(item), done);
      }
    }
    for (Item item : work.leftBehind()) {
      if (!item.isIntent()) {
        recover(item, () -> programs.remove(item.path()), done);
      }
    }
    for (Path file : oldTemporaries()) {
      removeTemporary(file, done);
    }
    return done;
  }

  private static void removeTemporary(Path file, List<String> done) {
    try {
      Files.deleteIfExists(file);
      done.add(file + ": removed, as no write takes so long");
    } catch (IOException e) {
      LOGGER.log(WARNING, "{0}: this old temporary file could not be removed: {1}", file, e);
    }
  }

  /** Returns what no name says whose it is, if nobody can be at it any more. */
  List<Path> oldTemporaries() {
    Instant old = Instant.now().minus(TEMPORARY_AGE);
    List<Path> found = new ArrayList<>();
    for (Path directory :
        List.of(
            root.workDirectory(),
            root.configDirectory(),
            root.removedDirectory(),
            root.hostsDirectory(),
            root.mountsDirectory())) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(directory, AtomicFiles.TEMPORARY_PREFIX + "*")) {
        for (Path file : files) {
          if (isOlder(file, old)) {
            found.add(file);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        LOGGER.log(WARNING, "{0}: old temporary files could not be looked for: {1}", directory, e);
      }
    }
    return found;
  }

  private static boolean isOlder(Path file, Instant time) throws IOException {
    try {
      return Files.getLastModifiedTime(file, NOFOLLOW_LINKS).toInstant().isBefore(time);
    } catch (NoSuchFileException e) {
      return false; // it has got its name since
    }
  }

  private static void recover(Item item, Step step, List<String> done) {
    try {
      step.run();
      LOGGER.log(INFO, "{0}: found from an earlier run, and dealt with", item.path());
      done.add(item.path() + ": left behind, and dealt with");
    } catch (IOException | RuntimeException e) {
      LOGGER.log(
          WARNING, "{0}: left as it is until the next start: {1}", item.path(), e.getMessage());
    }
  }

  private void resolve(Item item) throws IOException {
    ObjectNode json = new JsonFile(item.path()).read().orElseThrow();
    switch (item.work()) {
      case RESTORING -> undoRestore(item, json);
      case SNAPSHOTTING -> removeUnrecorded(item, json);
      case DELETING ->
          deletion.resume(
              records
                  .readFile(item.path(), new VolumeName(json.path("Name").asText("")))
                  .orElseThrow());
      case IMAGING -> throw new IOException("unexpected file");
    }
  }

  /** Removes the files of a restore that got no record. */
  private void undoRestore(Item item, ObjectNode json) throws IOException {
    VolumeName name = new VolumeName(json.path("Name").asText(""));
    Path staging = work.staging(Work.RESTORING, item.uuid());
    try (RecordLock.Held held = records.lock()) {
      Path target = root.volume(name);
      if (!records.mentions(item.uuid())
          && !Files.exists(root.record(name), NOFOLLOW_LINKS)
          && Files.isDirectory(target, NOFOLLOW_LINKS)
          && VolumeCreation.inode(target) == json.path("Inode").asLong()) {
        Files.move(target, staging, ATOMIC_MOVE);
      }
    }
    programs.remove(staging);
    work.done(Work.RESTORING, item.uuid());
  }

  /** Removes the files of a snapshot that no record has, yet or any more. */
  private void removeUnrecorded(Item item, ObjectNode json) throws IOException {
    UUID volume = UUID.fromString(json.path(VfsSnapshots.VOLUME_RECORD_UUID).asText(""));
    VolumeName name = new VolumeName(json.path("VolumeUUID").asText(""));
    VfsSnapshot snapshot = VfsSnapshot.parse(json, name, volume);
    if (!records.mentions(snapshot.uuid())) {
      snapshotFiles.remove(volume, snapshot);
    }
    programs.remove(work.staging(Work.SNAPSHOTTING, item.uuid()));
    work.done(Work.SNAPSHOTTING, item.uuid());
  }

  private interface Step {
    void run() throws IOException;
  }
}
