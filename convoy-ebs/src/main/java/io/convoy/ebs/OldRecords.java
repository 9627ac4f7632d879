package io.convoy.ebs;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import io.convoy.core.VolumeName;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of Convoy v0.5.2, {@code ebs_volume_<name>.json}. It tagged what it made, but went on
 * when it could not, so its volumes and snapshots are given the tags that they lack. The files stay
 * as they are; each one is taken over once, so that a volume that was let go of since does not come
 * back.
 */
final class OldRecords {
  private static final Logger LOGGER = System.getLogger(OldRecords.class.getName());
  private static final String PREFIX = "ebs_volume_";
  private static final String SUFFIX = ".json";

  private final Path root;
  private final JsonFile done;
  private final Ec2 ec2;

  /** What one of them says. */
  private record Old(
      VolumeName name, String id, Optional<Path> mountPoint, Map<String, String> snapshotIds) {}

  OldRecords(Path root, Ec2 ec2) {
    this.root = root;
    this.done = new JsonFile(root.resolve("v0.5.2-adopted.json"));
    this.ec2 = ec2;
  }

  /** A volume that v0.5.2 had mounted, and is to be mounted again. */
  record Mounted(VolumeName name, Path mountPoint) {}

  /** Takes over what was not yet, and returns what was mounted. */
  List<Mounted> adopt() throws IOException {
    ObjectNode adopted = done.read().orElseGet(JsonFile::newObject);
    List<Old> fresh = new ArrayList<>();
    for (Old old : read()) {
      if (!adopted.has(old.name().value())) {
        fresh.add(old);
      }
    }
    if (fresh.isEmpty()) {
      return List.of();
    }
    Map<String, EbsVolume> there = ec2.volumes(fresh.stream().map(Old::id).toList());
    List<Mounted> mounted = new ArrayList<>();
    for (Old old : fresh) {
      EbsVolume volume = there.get(old.id());
      if (volume == null) {
        LOGGER.log(
            WARNING,
            "Volume ''{0}'' of Convoy v0.5.2 is not taken over: Amazon has no volume {1}",
            old.name(),
            old.id());
        continue;
      }
      tag(old, volume);
      old.mountPoint().ifPresent(place -> mounted.add(new Mounted(old.name(), place)));
      adopted.put(old.name().value(), old.id());
      done.write(adopted);
      LOGGER.log(INFO, "Volume ''{0}'' of Convoy v0.5.2 is taken over ({1})", old.name(), old.id());
    }
    return mounted;
  }

  private void tag(Old old, EbsVolume volume) throws IOException {
    if (!Tags.volumeName(volume.tags()).equals(Optional.of(old.name().value()))) {
      Map<String, String> tags = new HashMap<>();
      tags.put(Tags.VOLUME_NAME, old.name().value());
      tags.put(Tags.VOLUME_UUID, Tags.uuid(volume.tags(), Tags.VOLUME_UUID, old.id()).toString());
      tags.put(Tags.NAME, old.name().value());
      ec2.setTags(old.id(), tags);
    }
    for (Map.Entry<String, String> snapshot : old.snapshotIds().entrySet()) {
      Optional<EbsSnapshot> found = ec2.snapshot(snapshot.getValue());
      if (found.isPresent()
          && found.get().volumeId().equals(old.id())
          && !Tags.snapshotName(found.get().tags()).equals(Optional.of(snapshot.getKey()))) {
        Map<String, String> tags = new HashMap<>();
        tags.put(Tags.SNAPSHOT_NAME, snapshot.getKey());
        tags.put(
            Tags.SNAPSHOT_UUID,
            Tags.uuid(found.get().tags(), Tags.SNAPSHOT_UUID, found.get().id()).toString());
        tags.put(Tags.VOLUME_NAME, old.name().value());
        tags.put(Tags.VOLUME_UUID, Tags.uuid(volume.tags(), Tags.VOLUME_UUID, old.id()).toString());
        ec2.setTags(snapshot.getValue(), tags);
      }
    }
  }

  private List<Old> read() throws IOException {
    List<Old> records = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root, PREFIX + "*" + SUFFIX)) {
      for (Path file : files) {
        try {
          new JsonFile(file).read().map(OldRecords::parse).ifPresent(records::add);
        } catch (CorruptDataException | IllegalArgumentException e) {
          LOGGER.log(WARNING, "''{0}'' is not taken over: {1}", file, e.getMessage());
        }
      }
    }
    return records;
  }

  private static Old parse(ObjectNode content) {
    String id = content.path("EBSID").asText("");
    if (!id.matches("vol-[0-9a-f]{8,17}")) {
      throw new IllegalArgumentException("EBSID is '%s', expected vol-…".formatted(id));
    }
    Map<String, String> snapshots = new HashMap<>();
    for (JsonNode snapshot : content.path("Snapshots")) {
      snapshots.put(snapshot.path("Name").asText(""), snapshot.path("EBSID").asText(""));
    }
    return new Old(
        new VolumeName(content.path("Name").asText("")),
        id,
        Optional.of(content.path("MountPoint").asText(""))
            .filter(text -> text.startsWith("/"))
            .map(Path::of),
        snapshots);
  }
}
