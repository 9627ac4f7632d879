package io.convoy.vfs;

import static java.lang.System.Logger.Level.DEBUG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The directory that holds the volumes, and the one place that knows where in it things are. A file
 * in it with a random id proves that the right storage is mounted there: without it, nothing is
 * read or written, as a bare mount point looks just like a storage without volumes.
 */
final class VolumeRoot {
  static final String RECORD_PREFIX = "vfs_volume_";
  static final String RECORD_SUFFIX = ".json";
  static final VolumeName CONFIG = new VolumeName("config");

  private static final Logger LOGGER = System.getLogger(VolumeRoot.class.getName());
  private static final String ID = "Id";

  private final Path path;
  private final UUID id;

  VolumeRoot(Path path, UUID id) {
    this.path = path;
    this.id = id;
  }

  /** Returns the id in a directory, or empty if it has none (yet, or because it isn't mounted). */
  static Optional<UUID> readId(Path path) throws IOException {
    Path file = sentinel(path);
    Optional<ObjectNode> json = new JsonFile(file).read();
    if (json.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(UUID.fromString(json.get().path(ID).asText()));
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException("%s: '%s' is not a UUID".formatted(file, ID), e);
    }
  }

  /** Makes a directory into a root, unless it is one already. */
  static VolumeRoot initialize(Path path) throws IOException {
    AtomicFiles.createDirectories(path);
    createPrivateDirectory(path.resolve(".convoy"));
    createPrivateDirectory(path.resolve(CONFIG.value()));
    Optional<UUID> existing = readId(path);
    if (existing.isEmpty()) {
      ObjectNode json = JsonFile.newObject().put(ID, UUID.randomUUID().toString());
      try {
        AtomicFiles.create(sentinel(path), json.toString().getBytes(UTF_8));
      } catch (FileAlreadyExistsException e) {
        // Another host was first: its id counts.
      }
      existing = readId(path);
    }
    VolumeRoot root = new VolumeRoot(path, existing.orElseThrow());
    createPrivateDirectory(root.removedDirectory());
    createPrivateDirectory(root.workDirectory().resolve("snapshots"));
    createPrivateDirectory(root.hostsDirectory());
    createPrivateDirectory(root.mountsDirectory());
    return root;
  }

  static void createPrivateDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      AtomicFiles.syncDirectory(directory.getParent());
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  /**
   * Returns normally if the storage is there.
   *
   * @throws IOException if it is not, or another one is
   */
  void check() throws IOException {
    Optional<UUID> found = readId(path);
    if (found.isEmpty()) {
      throw new StorageMissingException(
          "vfs.path '%s' is not the storage that it was: %s is missing; is the share mounted?"
              .formatted(path, sentinel(path)));
    }
    if (!found.get().equals(id)) {
      throw new StorageMissingException(
          "vfs.path '%s' is not the storage that it was: %s says %s, expected %s; is another share mounted?"
              .formatted(path, sentinel(path), found.get(), id));
    }
  }

  Path path() {
    return path;
  }

  UUID id() {
    return id;
  }

  Path volume(VolumeName name) {
    return path.resolve(name.value());
  }

  Path configDirectory() {
    return path.resolve(CONFIG.value());
  }

  Path record(VolumeName name) {
    return configDirectory().resolve(recordFile(name.value()));
  }

  Path removedDirectory() {
    return configDirectory().resolve("removed");
  }

  Path removedRecord(VolumeName name) {
    return removedDirectory().resolve(recordFile(name.value()));
  }

  /** Returns where the removed record of an earlier volume of the same name is kept. */
  Path earlierRecord(VolumeName name, UUID volume) {
    // No volume's name has a tilde.
    return removedDirectory().resolve(recordFile(name.value() + "~" + volume));
  }

  Path workDirectory() {
    return path.resolve(".convoy");
  }

  Path lockFile() {
    return workDirectory().resolve("records.lock");
  }

  /** Returns where hosts leave signs of life. */
  Path hostsDirectory() {
    return workDirectory().resolve("hosts");
  }

  Path signOfLife(String host) {
    return hostsDirectory().resolve(host + ".json");
  }

  /** Returns where hosts note what they have mounted. */
  Path mountsDirectory() {
    return workDirectory().resolve("mounts");
  }

  Path mountNote(UUID volume, String host) {
    return mountsDirectory().resolve(volume + "-" + host + ".json");
  }

  /**
   * Has this host see what others have done in a directory. An NFS client goes by what it remembers
   * for up to a minute; the answer to a change of the directory's own tells it that it must not.
   */
  void refresh(Path directory) {
    try {
      Files.setLastModifiedTime(directory, FileTime.from(Instant.now()));
    } catch (IOException e) {
      // Not to be changed, or gone: whoever looks will hear of it.
      LOGGER.log(DEBUG, "{0}: {1}", directory, e.getMessage());
    }
  }

  Path snapshots(UUID volume) {
    return workDirectory().resolve("snapshots").resolve(volume.toString());
  }

  Path snapshot(UUID volume, UUID snapshot) {
    return snapshots(volume).resolve(snapshot.toString());
  }

  /** Returns the name that Convoy v0.5.2 gives a snapshot's archive. */
  static String archiveName(VolumeName volume, SnapshotName snapshot) {
    return volume + "_" + snapshot + ".tar.gz";
  }

  private static String recordFile(String name) {
    return RECORD_PREFIX + name + RECORD_SUFFIX;
  }

  private static Path sentinel(Path path) {
    return path.resolve(".convoy").resolve("volume-root.json");
  }
}
