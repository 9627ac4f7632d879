package io.convoy.vfs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.Age;
import io.convoy.core.CorruptDataException;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The settings in force: what was given, else what {@code vfs.cfg} has recorded, else the default.
 * The file is the one of Convoy v0.5.2, and one field more: the id of the storage.
 */
record VfsSettings(VolumeRoot root, long defaultVolumeSizeBytes, boolean shared, Age lease) {
  static final long DEFAULT_VOLUME_SIZE_BYTES = 100L << 30;
  static final Age DEFAULT_LEASE = new Age(Duration.ofMinutes(1));

  private static final String FILE = "vfs.cfg";
  private static final String PATH = "Path";
  private static final String SIZE = "DefaultVolumeSize";
  private static final String ID = "VolumeRootId";
  private static final String SHARED = "Shared";
  private static final String LEASE = "Lease";

  /**
   * Where the volumes are.
   *
   * @param recorded whether they have been there before
   * @param shared whether the operator says that several hosts use it
   */
  record Location(Path path, boolean recorded, boolean shared) {}

  /** Returns where the volumes are, without a look there. */
  static Location locate(Path driverRoot, VfsConfig given) throws IOException {
    JsonFile file = new JsonFile(driverRoot.resolve(FILE));
    ObjectNode json = file.read().orElseGet(JsonFile::newObject);
    Optional<Path> recorded = recordedPath(json, file.path());
    return new Location(
        given.path().or(() -> recorded).orElse(driverRoot.resolve("volumes")),
        recorded.isPresent(),
        given.shared().orElse(json.path(SHARED).asBoolean()));
  }

  /**
   * Opens the storage, and records what is in force.
   *
   * @param fileSystems what is to be mounted where
   * @throws IllegalArgumentException if another path was given than the volumes are recorded under
   * @throws StorageMissingException if the recorded storage isn't there, or what is to be mounted
   *     there is not; nothing has been written then
   */
  static VfsSettings open(Path driverRoot, VfsConfig given, FileSystemTable fileSystems)
      throws IOException {
    JsonFile file = new JsonFile(driverRoot.resolve(FILE));
    ObjectNode json = file.read().orElseGet(JsonFile::newObject);
    ObjectNode before = json.deepCopy();
    Optional<Path> recorded = recordedPath(json, file.path());
    Optional<UUID> id = recordedId(json, file.path());
    Path path = locate(driverRoot, given).path();
    VolumeRoot root;
    if (recorded.isEmpty()) {
      checkMounted(path, fileSystems);
      root = initialize(path);
    } else if (!samePlace(recorded.get(), path)) {
      // The same storage at another place is a move, and orphans nothing.
      if (id.isEmpty() || !VolumeRoot.readId(path).equals(id)) {
        refuseToOrphan(recorded.get(), path, id, file.path());
      }
      root = initialize(path);
    } else {
      root = reopen(path, id);
    }
    long sizeBytes =
        given
            .defaultVolumeSizeBytes()
            .orElse(
                json.path(SIZE).asLong() > 0
                    ? json.path(SIZE).asLong()
                    : DEFAULT_VOLUME_SIZE_BYTES);
    json.put("Root", driverRoot.toString());
    json.put(PATH, path.toString());
    json.put("ConfigPath", root.configDirectory().toString());
    json.put(SIZE, sizeBytes);
    json.put(ID, root.id().toString());
    boolean shared = given.shared().orElse(json.path(SHARED).asBoolean());
    Age lease = given.lease().or(() -> recordedLease(json)).orElse(DEFAULT_LEASE);
    json.put(SHARED, shared);
    json.put(LEASE, lease.toString());
    if (!json.equals(before)) {
      file.write(json);
    }
    return new VfsSettings(root, sizeBytes, shared, lease);
  }

  /**
   * A first use looks just like a share that is not mounted, unless the machine's own table knows.
   */
  private static void checkMounted(Path path, FileSystemTable fileSystems) throws IOException {
    Optional<Path> unmounted = fileSystems.unmountedAbove(path);
    if (unmounted.isPresent() && !Files.exists(path.resolve(VolumeRoot.CONFIG.value()))) {
      throw new StorageMissingException(
          "vfs.path '%s' is not there: %s says that something is to be mounted at %s, and nothing is; mount it"
              .formatted(path, fileSystems.file(), unmounted.get()));
    }
  }

  private static Optional<Age> recordedLease(ObjectNode json) {
    try {
      return Optional.of(Age.parse(json.path(LEASE).asText()));
    } catch (IllegalArgumentException e) {
      // Of an older version, or by hand: the default does.
      return Optional.empty();
    }
  }

  private static VolumeRoot reopen(Path path, Optional<UUID> id) throws IOException {
    if (id.isPresent()) {
      new VolumeRoot(path, id.get()).check();
    } else if (!Files.isDirectory(path.resolve(VolumeRoot.CONFIG.value()))) {
      // Convoy v0.5.2 left no id, but it never ran without this directory.
      throw new StorageMissingException(
          "vfs.path '%s' is not the storage that it was: the directory '%s' is missing in it; is the share mounted?"
              .formatted(path, VolumeRoot.CONFIG));
    }
    return initialize(path);
  }

  private static VolumeRoot initialize(Path path) throws IOException {
    try {
      return VolumeRoot.initialize(path);
    } catch (CorruptDataException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("vfs.path '%s' can't be used: %s".formatted(path, e), e);
    }
  }

  private static Optional<Path> recordedPath(ObjectNode json, Path file)
      throws CorruptDataException {
    String text = json.path(PATH).asText("");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(text).toAbsolutePath().normalize());
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException("%s: '%s' is not a path".formatted(file, PATH), e);
    }
  }

  private static Optional<UUID> recordedId(ObjectNode json, Path file) throws CorruptDataException {
    String text = json.path(ID).asText("");
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException("%s: '%s' is not a UUID".formatted(file, ID), e);
    }
  }

  private static boolean samePlace(Path recorded, Path path) throws IOException {
    return recorded.equals(path)
        || (Files.exists(recorded) && Files.exists(path) && Files.isSameFile(recorded, path));
  }

  /**
   * Only a storage that is there, and whose records can be counted and are none, is given up: a
   * share that is not mounted looks just like one that was removed.
   */
  private static void refuseToOrphan(Path recorded, Path path, Optional<UUID> id, Path settingsFile)
      throws IOException {
    int volumes = 0;
    Path config = recorded.resolve(VolumeRoot.CONFIG.value());
    String wayOut =
        "start without vfs.path or with the old one; if the volumes there are given up for good, remove %s first"
            .formatted(settingsFile);
    try (DirectoryStream<Path> records =
        Files.newDirectoryStream(
            config, VolumeRoot.RECORD_PREFIX + "*" + VolumeRoot.RECORD_SUFFIX)) {
      if (id.isPresent()) {
        new VolumeRoot(recorded, id.get()).check();
      }
      for (Path record : records) {
        volumes += record.getFileName().toString().isEmpty() ? 0 : 1;
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new IOException(
          "vfs.path can't change from '%s' to '%s': whether the old one has volumes could not be found out (%s); %s"
              .formatted(recorded, path, e, wayOut),
          e);
    }
    if (volumes > 0) {
      throw new IllegalArgumentException(
          "vfs.path can't change from '%s' to '%s': %s volumes are recorded under the old one; %s"
              .formatted(recorded, path, volumes, wayOut));
    }
  }
}
