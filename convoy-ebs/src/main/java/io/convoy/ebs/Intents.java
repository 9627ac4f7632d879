package io.convoy.ebs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What Convoy is about to do at Amazon, one small file each, written before it asks. What is still
 * there when nobody works on it was cut off: by a crash, or by a call whose answer never came.
 */
final class Intents {
  /** Amazon shows by then what was made, if anything was. */
  private static final Duration OLD = Duration.ofHours(1);

  private static final String SUFFIX = ".json";

  private final Path attachmentFiles;
  private final Kind volumes;
  private final Kind snapshots;

  private Intents(Path root) throws IOException {
    attachmentFiles = root.resolve("attached");
    AtomicFiles.createDirectories(attachmentFiles);
    volumes = new Kind(root.resolve("creating"));
    snapshots = new Kind(root.resolve("snapshotting"));
  }

  static Intents open(Path root) throws IOException {
    return new Intents(root);
  }

  /** Things that are being made, by the UUID that they are tagged with. */
  private static final class Kind {
    private final Path directory;
    private final Map<UUID, Instant> pending = new ConcurrentHashMap<>();
    private final Set<UUID> working = ConcurrentHashMap.newKeySet();

    Kind(Path directory) throws IOException {
      this.directory = directory;
      AtomicFiles.createDirectories(directory);
      for (String name : names(directory)) {
        Instant since = Files.getLastModifiedTime(directory.resolve(name + SUFFIX)).toInstant();
        pending.put(UUID.fromString(name), since);
      }
    }

    void begin(UUID uuid, String what) throws IOException {
      working.add(uuid);
      ObjectNode file = JsonFile.newObject();
      file.put("UUID", uuid.toString());
      file.put("For", what);
      new JsonFile(directory.resolve(uuid + SUFFIX)).write(file);
      pending.put(uuid, Instant.now());
    }

    void end(UUID uuid) throws IOException {
      AtomicFiles.delete(directory.resolve(uuid + SUFFIX));
      pending.remove(uuid);
      working.remove(uuid);
    }

    List<UUID> abandoned() {
      return pending.keySet().stream().filter(uuid -> !working.contains(uuid)).toList();
    }

    void endOld() throws IOException {
      for (UUID uuid : abandoned()) {
        Instant since = pending.get(uuid);
        if (since != null && since.isBefore(Instant.now().minus(OLD))) {
          end(uuid);
        }
      }
    }
  }

  private static Set<String> names(Path directory) throws IOException {
    Set<String> names = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        names.add(name.substring(0, name.length() - SUFFIX.length()));
      }
    }
    return names;
  }

  /** A volume is about to be made, or filled. */
  void beginVolume(UUID uuid, String name) throws IOException {
    volumes.begin(uuid, name);
  }

  /** The volume is whole, or gone. */
  void endVolume(UUID uuid) throws IOException {
    volumes.end(uuid);
  }

  /** Nobody works on the volume any more, and it is not known whether it is there. */
  void abandonVolume(UUID uuid) {
    volumes.working.remove(uuid);
  }

  boolean isUnfinishedVolume(UUID uuid) {
    return volumes.pending.containsKey(uuid);
  }

  List<UUID> abandonedVolumes() {
    return volumes.abandoned();
  }

  void beginSnapshot(UUID uuid, String name) throws IOException {
    snapshots.begin(uuid, name);
  }

  void endSnapshot(UUID uuid) throws IOException {
    snapshots.end(uuid);
  }

  void abandonSnapshot(UUID uuid) {
    snapshots.working.remove(uuid);
  }

  boolean isUnfinishedSnapshot(UUID uuid) {
    return snapshots.pending.containsKey(uuid);
  }

  List<UUID> abandonedSnapshots() {
    return snapshots.abandoned();
  }

  boolean isEmpty() {
    return volumes.pending.isEmpty() && snapshots.pending.isEmpty();
  }

  /** Gives up what Amazon has not shown for so long that it never will. */
  void endOld() throws IOException {
    volumes.endOld();
    snapshots.endOld();
  }

  /** A volume is about to be attached; where its mount is remembered, too. */
  void beginAttachment(String volumeId, Optional<Path> mountPoint) throws IOException {
    ObjectNode file = JsonFile.newObject();
    file.put("EBSVolumeID", volumeId);
    mountPoint.ifPresent(place -> file.put("MountPoint", place.toString()));
    new JsonFile(attachmentFiles.resolve(volumeId + SUFFIX)).write(file);
  }

  /** The volume is detached. */
  void endAttachment(String volumeId) throws IOException {
    AtomicFiles.delete(attachmentFiles.resolve(volumeId + SUFFIX));
  }

  /** Returns the IDs of the volumes that were attached here and not detached. */
  Set<String> attachments() throws IOException {
    return names(attachmentFiles);
  }
}
