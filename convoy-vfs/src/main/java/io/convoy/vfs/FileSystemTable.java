package io.convoy.vfs;

import io.convoy.core.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is to be mounted on this machine, fstab(5), and whether it is. */
final class FileSystemTable {
  private static final int MOUNT_POINT_FIELD = 1;

  private final Path file;
  private final MountTable mounts;

  FileSystemTable(Path file, MountTable mounts) {
    this.file = file;
    this.mounts = mounts;
  }

  static FileSystemTable ofThisMachine(MountTable mounts) {
    return new FileSystemTable(Path.of("/etc/fstab"), mounts);
  }

  Path file() {
    return file;
  }

  /**
   * Returns the mount point, at or above a place, of a file system that would hold the place and is
   * not mounted.
   */
  Optional<Path> unmountedAbove(Path place) throws IOException {
    Optional<Path> nearest =
        mountPoints().stream()
            .filter(place::startsWith)
            .max((a, b) -> Integer.compare(a.getNameCount(), b.getNameCount()));
    // The root directory is always mounted, and nothing under an unmounted one is either.
    return nearest.isPresent()
            && nearest.get().getNameCount() > 0
            && !mounts.isMountPoint(nearest.get())
        ? nearest
        : Optional.empty();
  }

  private List<Path> mountPoints() throws IOException {
    List<Path> found = new ArrayList<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return found;
    }
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length > MOUNT_POINT_FIELD
          && !fields[0].startsWith("#")
          && fields[MOUNT_POINT_FIELD].startsWith("/")) {
        found.add(Path.of(MountTable.unescape(fields[MOUNT_POINT_FIELD])).normalize());
      }
    }
    return found;
  }
}
