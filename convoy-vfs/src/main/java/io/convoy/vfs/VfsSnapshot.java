package io.convoy.vfs;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import io.convoy.core.RubyDate;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.state.JsonFile;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A snapshot as its volume's record has it. The fields {@code Name}, {@code CreatedTime}, {@code
 * VolumeUUID} (the volume's name) and {@code FilePath} are those of Convoy v0.5.2.
 *
 * @param filePath where it is, as the host that took it saw it
 * @param json the whole of what was read, so that nothing is lost when it is written again
 */
record VfsSnapshot(
    SnapshotName name,
    UUID uuid,
    VolumeName volume,
    Instant createdTime,
    String filePath,
    Kind kind,
    ObjectNode json) {
  private static final String FORMAT = "Format";

  /** How the files are kept. */
  enum Kind {
    /** As a directory tree beside the volumes. */
    DIRECTORY,
    /** As a tar.gz of Convoy v0.5.2, on the host that took it. */
    ARCHIVE;

    String text() {
      return this == DIRECTORY ? "directory" : "archive";
    }
  }

  VfsSnapshot {
    requireNonNull(name, "name is null");
    requireNonNull(uuid, "uuid is null");
    requireNonNull(volume, "volume is null");
    requireNonNull(createdTime, "createdTime is null");
    requireNonNull(filePath, "filePath is null");
    requireNonNull(kind, "kind is null");
    json = json.deepCopy();
  }

  static VfsSnapshot taken(
      SnapshotName name,
      UUID uuid,
      VolumeName volume,
      Instant createdTime,
      String filePath,
      Map<String, String> facts) {
    ObjectNode json =
        JsonFile.newObject()
            .put("Name", name.value())
            .put("CreatedTime", RubyDate.format(createdTime))
            .put("VolumeUUID", volume.value())
            .put("FilePath", filePath)
            .put("UUID", uuid.toString())
            .put(FORMAT, Kind.DIRECTORY.text());
    new TreeMap<>(facts).forEach(json::put);
    return new VfsSnapshot(name, uuid, volume, createdTime, filePath, Kind.DIRECTORY, json);
  }

  static VfsSnapshot parse(JsonNode node, VolumeName volume, UUID volumeUuid)
      throws CorruptDataException {
    if (!(node instanceof ObjectNode json)) {
      throw new CorruptDataException("a snapshot of it is not a JSON object");
    }
    SnapshotName name = new SnapshotName(json.path("Name").asText(""));
    String created = json.path("CreatedTime").asText("");
    String uuid = json.path("UUID").asText("");
    String format = json.path(FORMAT).asText("");
    Kind kind =
        switch (format) {
          case "", "archive" -> Kind.ARCHIVE;
          case "directory" -> Kind.DIRECTORY;
          default ->
              throw new CorruptDataException(
                  "snapshot '%s' has the format '%s', which this version of Convoy does not know"
                      .formatted(name, format));
        };
    return new VfsSnapshot(
        name,
        uuid.isEmpty()
            ? VfsRecord.derivedUuid(volumeUuid, name.value(), created)
            : UUID.fromString(uuid),
        volume,
        VfsRecord.time(created),
        json.path("FilePath").asText(""),
        kind,
        json);
  }

  ObjectNode toJson() {
    return json.deepCopy().put("UUID", uuid.toString());
  }

  Snapshot toSnapshot() {
    Map<String, String> details = new TreeMap<>();
    details.put("FilePath", filePath);
    details.put("VolumeUUID", volume.value());
    details.put("Kind", kind.text());
    for (String fact : TreeCopy.FACTS) {
      if (json.has(fact)) {
        details.put(fact, json.get(fact).asText());
      }
    }
    return new Snapshot(name, uuid, volume, createdTime, OptionalLong.empty(), details);
  }
}
