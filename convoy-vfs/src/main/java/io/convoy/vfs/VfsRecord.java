package io.convoy.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import io.convoy.core.RubyDate;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.state.JsonFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A volume's record: the fields of Convoy v0.5.2 and some more. A field that is not known here is
 * kept. What is true on one host only is not in it, as hosts share it.
 *
 * @param sizeBytes size of the disk image; 0 if there is none
 * @param mountPoint where Convoy v0.5.2 said that the volume is mounted, or an empty text
 * @param inode the directory's, noted when the volume was deleted by reference; else 0
 */
record VfsRecord(
    VolumeName name,
    UUID uuid,
    Instant createdTime,
    long sizeBytes,
    boolean prepareForVm,
    String mountPoint,
    long inode,
    List<VfsSnapshot> snapshots,
    ObjectNode json) {
  private static final String INODE = "DirectoryInode";
  private static final String SNAPSHOTS = "Snapshots";

  VfsRecord {
    requireNonNull(name, "name is null");
    requireNonNull(uuid, "uuid is null");
    requireNonNull(createdTime, "createdTime is null");
    requireNonNull(mountPoint, "mountPoint is null");
    snapshots = List.copyOf(snapshots);
    json = json.deepCopy();
  }

  static VfsRecord created(
      VolumeName name, UUID uuid, Instant createdTime, long sizeBytes, boolean prepareForVm) {
    return new VfsRecord(
        name,
        uuid,
        createdTime,
        sizeBytes,
        prepareForVm,
        "",
        0,
        List.of(),
        JsonFile.newObject().put("CreatedTime", RubyDate.format(createdTime)));
  }

  /**
   * Reads a record.
   *
   * @param rootId the storage's; with it, all hosts derive the same UUID for a volume of v0.5.2,
   *     which has none, and its file stays as it is until there is something to change
   */
  static VfsRecord parse(ObjectNode json, VolumeName expected, UUID rootId, Path file)
      throws CorruptDataException {
    try {
      VolumeName name = new VolumeName(json.path("Name").asText(""));
      if (!name.equals(expected)) {
        throw new CorruptDataException(
            "%s: names volume '%s', expected '%s'".formatted(file, name, expected));
      }
      String created = json.path("CreatedTime").asText("");
      String text = json.path("UUID").asText("");
      UUID uuid =
          text.isEmpty() ? derivedUuid(rootId, name.value(), created) : UUID.fromString(text);
      List<VfsSnapshot> snapshots = new ArrayList<>();
      for (JsonNode node : json.path(SNAPSHOTS)) {
        snapshots.add(VfsSnapshot.parse(node, name, uuid));
      }
      return new VfsRecord(
          name,
          uuid,
          time(created),
          json.path("Size").asLong(),
          json.path("PrepareForVM").asBoolean(),
          json.path("MountPoint").asText(""),
          json.path(INODE).asLong(),
          snapshots,
          json);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  static UUID derivedUuid(UUID parent, String name, String created) {
    return UUID.nameUUIDFromBytes((parent + "/" + name + "/" + created).getBytes(UTF_8));
  }

  static Instant time(String text) {
    return text.isEmpty() ? Instant.EPOCH : RubyDate.parse(text);
  }

  /** Returns the JSON object to be written. */
  ObjectNode toJson(Path volumeDirectory) {
    ObjectNode object = JsonFile.newObject();
    object.put("Name", name.value());
    object.put("Size", sizeBytes);
    object.put("Path", volumeDirectory.toString());
    object.put("MountPoint", mountPoint);
    object.put("PrepareForVM", prepareForVm);
    object.put("CreatedTime", json.path("CreatedTime").asText(""));
    ObjectNode map = object.putObject(SNAPSHOTS);
    snapshots.forEach(snapshot -> map.set(snapshot.name().value(), snapshot.toJson()));
    object.put("UUID", uuid.toString());
    if (inode != 0) {
      object.put(INODE, inode);
    }
    json.properties()
        .forEach(
            field -> {
              if (!object.has(field.getKey()) && !field.getKey().equals(INODE)) {
                object.set(field.getKey(), field.getValue());
              }
            });
    return object;
  }

  Optional<VfsSnapshot> snapshot(SnapshotName wanted) {
    return snapshots.stream().filter(snapshot -> snapshot.name().equals(wanted)).findFirst();
  }

  boolean hasSnapshot(UUID wanted) {
    return snapshots.stream().anyMatch(snapshot -> snapshot.uuid().equals(wanted));
  }

  VfsRecord withSnapshot(VfsSnapshot snapshot) {
    List<VfsSnapshot> more = new ArrayList<>(snapshots);
    more.add(snapshot);
    return with(mountPoint, inode, more);
  }

  VfsRecord withoutSnapshot(UUID gone) {
    return with(
        mountPoint,
        inode,
        snapshots.stream().filter(snapshot -> !snapshot.uuid().equals(gone)).toList());
  }

  VfsRecord withoutMountPoint() {
    return with("", inode, snapshots);
  }

  VfsRecord withInode(long number) {
    return with("", number, snapshots);
  }

  VfsRecord forVm(long imageSizeBytes) {
    return new VfsRecord(
        name, uuid, createdTime, imageSizeBytes, true, mountPoint, inode, snapshots, json);
  }

  private VfsRecord with(String mountedAt, long number, List<VfsSnapshot> changed) {
    return new VfsRecord(
        name, uuid, createdTime, sizeBytes, prepareForVm, mountedAt, number, changed, json);
  }

  Volume toVolume(Path directory) {
    Map<String, String> details = new TreeMap<>();
    details.put("Path", directory.toString());
    details.put("PrepareForVM", Boolean.toString(prepareForVm));
    details.put("Size", Long.toString(sizeBytes));
    if (!mountPoint.isEmpty()) {
      details.put("MountPoint", mountPoint);
    }
    return new Volume(
        name,
        uuid,
        createdTime,
        prepareForVm ? OptionalLong.of(sizeBytes) : OptionalLong.empty(),
        details,
        snapshots.stream().map(VfsSnapshot::toSnapshot).toList());
  }
}
