package io.convoy.vfs;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.convoy.core.CorruptDataException;
import io.convoy.core.state.AtomicFiles;
import io.convoy.vfs.WorkArea.Work;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.UUID;

/** Finds and removes the files of snapshots. */
final class SnapshotFiles {
  private static final Logger LOGGER = System.getLogger(SnapshotFiles.class.getName());

  private final VolumeRoot root;
  private final WorkArea work;
  private final TreePrograms programs;

  SnapshotFiles(VolumeRoot root, WorkArea work, TreePrograms programs) {
    this.root = root;
    this.work = work;
    this.programs = programs;
  }

  /** Returns where the snapshot is on this host: a directory, or an archive of v0.5.2. */
  Path locate(UUID volume, VfsSnapshot snapshot) throws CorruptDataException {
    return switch (snapshot.kind()) {
      case DIRECTORY -> root.snapshot(volume, snapshot.uuid());
      case ARCHIVE -> archive(snapshot);
    };
  }

  /** Removes exactly the snapshot's files, if they are there. */
  void remove(UUID volume, VfsSnapshot snapshot) throws IOException {
    switch (snapshot.kind()) {
      case DIRECTORY -> removeDirectory(volume, snapshot.uuid());
      case ARCHIVE -> {
        Path archive = archive(snapshot);
        if (Files.isRegularFile(archive, NOFOLLOW_LINKS)) {
          AtomicFiles.delete(archive);
        } else if (Files.exists(archive, NOFOLLOW_LINKS)) {
          throw new IOException(
              "Snapshot '%s': %s is not a file, so it is not deleted"
                  .formatted(snapshot.name(), archive));
        } else {
          LOGGER.log(
              WARNING,
              "Snapshot ''{0}'' of volume ''{1}'': {2} is not on this host; if another host took the snapshot, the file is there",
              snapshot.name(),
              snapshot.volume(),
              archive);
        }
      }
    }
  }

  void removeDirectory(UUID volume, UUID snapshot) throws IOException {
    Path directory = root.snapshot(volume, snapshot);
    Path garbage = work.staging(Work.SNAPSHOTTING, snapshot);
    programs.remove(garbage);
    if (Files.exists(directory, NOFOLLOW_LINKS)) {
      Files.move(directory, garbage, ATOMIC_MOVE);
      AtomicFiles.syncDirectory(directory.getParent());
      programs.remove(garbage);
    }
  }

  /** Whoever can write to the share chooses the path: only what v0.5.2 would call it is touched. */
  private static Path archive(VfsSnapshot snapshot) throws CorruptDataException {
    String expected = VolumeRoot.archiveName(snapshot.volume(), snapshot.name());
    try {
      Path file = Path.of(snapshot.filePath());
      if (file.isAbsolute() && file.endsWith(expected)) {
        return file;
      }
    } catch (InvalidPathException e) {
      // Told below, with the same words as any other path that can't be it.
    }
    throw new CorruptDataException(
        "Snapshot '%s' of volume '%s' is recorded at '%s', expected an absolute path to a file '%s'"
            .formatted(snapshot.name(), snapshot.volume(), snapshot.filePath(), expected));
  }
}
