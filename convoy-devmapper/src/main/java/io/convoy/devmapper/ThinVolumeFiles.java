package io.convoy.devmapper;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import io.convoy.core.RubyDate;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The records of volumes: one file each, as Convoy v0.5.2 wrote it, with more fields. Those of
 * volumes that were deleted but whose data is kept are in a directory of their own.
 */
final class ThinVolumeFiles {
  private static final String PREFIX = "devicemapper_volume_";
  private static final String SUFFIX = ".json";

  private final Path root;
  private final Path trash;

  ThinVolumeFiles(Path root) {
    this.root = root;
    this.trash = root.resolve("trash");
  }

  private Path path(VolumeName name) {
    return root.resolve(PREFIX + name + SUFFIX);
  }

  /** Hears of files that can't be read. */
  interface Problems {
    void report(String name, String problem);
  }

  /** Returns all volumes in order of name; those that can't be read are told to the listener. */
  Map<VolumeName, ThinVolume> all(Problems problems) throws IOException {
    return readAll(root, problems);
  }

  /** Returns the volumes whose data is kept. */
  List<ThinVolume> trash(Problems problems) throws IOException {
    return Files.isDirectory(trash) ? List.copyOf(readAll(trash, problems).values()) : List.of();
  }

  /** Returns whether data of a deleted volume is kept, readable or not. */
  boolean hasTrash() throws IOException {
    if (!Files.isDirectory(trash)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(trash, PREFIX + "*" + SUFFIX)) {
      return files.iterator().hasNext();
    }
  }

  private static Map<VolumeName, ThinVolume> readAll(Path directory, Problems problems)
      throws IOException {
    Map<VolumeName, ThinVolume> volumes = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX)) {
      for (Path file : files) {
        String fileName = file.getFileName().toString();
        String name = fileName.substring(PREFIX.length(), fileName.length() - SUFFIX.length());
        try {
          ThinVolume volume = parse(new JsonFile(file));
          // Of deleted volumes there may be several of one name: their files are named apart.
          String key = directory.endsWith("trash") ? volume.uuid().toString() : name;
          volumes.put(new VolumeName(key), volume);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
          problems.report(name, e.getMessage());
        }
      }
    }
    return volumes;
  }

  private static ThinVolume parse(JsonFile file) throws IOException {
    ObjectNode tree =
        file.read().orElseThrow(() -> new CorruptDataException(file.path() + ": it is gone"));
    VolumeName name = new VolumeName(text(file, tree, "Name"));
    long size = number(file, tree, "Size");
    List<ThinSnapshot> snapshots = new ArrayList<>();
    for (JsonNode snapshot : tree.path("Snapshots")) {
      snapshots.add(
          new ThinSnapshot(
              new SnapshotName(text(file, snapshot, "Name")),
              uuid(snapshot),
              Math.toIntExact(number(file, snapshot, "DevID")),
              snapshot.has("Size") ? number(file, snapshot, "Size") : size,
              RubyDate.parse(text(file, snapshot, "CreatedTime")),
              step(snapshot)));
    }
    snapshots.sort(
        Comparator.comparing(ThinSnapshot::createdTime).thenComparing(ThinSnapshot::thinId));
    return new ThinVolume(
        name,
        uuid(tree),
        Math.toIntExact(number(file, tree, "DevID")),
        size,
        RubyDate.parse(text(file, tree, "CreatedTime")),
        tree.path("Filesystem").asText("ext4"),
        Optional.of(tree.path("MountPoint").asText("")).filter(s -> !s.isEmpty()).map(Path::of),
        snapshots,
        step(tree),
        kept(file, tree));
  }

  private static String text(JsonFile file, JsonNode tree, String field)
      throws CorruptDataException {
    if (!tree.path(field).isTextual()) {
      throw new CorruptDataException(
          "%s: %s is %s, expected a text".formatted(file.path(), field, tree.path(field)));
    }
    return tree.path(field).asText();
  }

  private static long number(JsonFile file, JsonNode tree, String field)
      throws CorruptDataException {
    if (!tree.path(field).canConvertToLong()) {
      throw new CorruptDataException(
          "%s: %s is %s, expected a number".formatted(file.path(), field, tree.path(field)));
    }
    return tree.path(field).asLong();
  }

  /** Convoy v0.5.2 kept no UUID: a new one is made, and recorded when the driver is opened. */
  private static UUID uuid(JsonNode tree) {
    return tree.has("UUID") ? UUID.fromString(tree.path("UUID").asText()) : UUID.randomUUID();
  }

  private static Step step(JsonNode tree) {
    return tree.has("State")
        ? Step.valueOf(tree.path("State").asText().toUpperCase(Locale.ROOT))
        : Step.READY;
  }

  private static Optional<Kept> kept(JsonFile file, JsonNode tree) throws IOException {
    if (!tree.has("DeletedTime")) {
      return Optional.empty();
    }
    return Optional.of(
        new Kept(
            Instant.parse(text(file, tree, "DeletedTime")),
            tree.has("UsedBytes")
                ? OptionalLong.of(number(file, tree, "UsedBytes"))
                : OptionalLong.empty()));
  }

  private static void putKept(ObjectNode tree, Optional<Kept> kept) {
    tree.remove(List.of("DeletedTime", "UsedBytes"));
    kept.ifPresent(
        facts -> {
          tree.put("DeletedTime", facts.deletedTime().toString());
          facts.usedBytes().ifPresent(bytes -> tree.put("UsedBytes", bytes));
        });
  }

  /** Returns whether there is a record under a name, whatever is in it. */
  boolean exists(VolumeName name) {
    return !Files.notExists(path(name));
  }

  /** Records a volume in place of what was recorded of it before. */
  void write(ThinVolume volume) throws IOException {
    write(volume, path(volume.name()));
  }

  /** Records a volume in the trash in place of what was recorded of it there before. */
  void writeInTrash(ThinVolume volume) throws IOException {
    write(volume, trashPath(volume.uuid()));
  }

  private static void write(ThinVolume volume, Path path) throws IOException {
    JsonFile file = new JsonFile(path);
    ObjectNode before = file.read().orElseGet(JsonFile::newObject);
    ObjectNode tree = before.deepCopy();
    JsonNode oldSnapshots = before.path("Snapshots");
    tree.put("Name", volume.name().value());
    tree.put("UUID", volume.uuid().toString());
    tree.put("DevID", volume.thinId());
    tree.put("Size", volume.sizeBytes());
    if (!tree.has("Base")) {
      tree.put("Base", "");
    }
    tree.put("MountPoint", volume.mountPoint().map(Path::toString).orElse(""));
    tree.put("CreatedTime", RubyDate.format(volume.createdTime()));
    tree.put("Filesystem", volume.filesystem());
    putStep(tree, volume.step());
    putKept(tree, volume.kept());
    ObjectNode snapshots = tree.putObject("Snapshots");
    for (ThinSnapshot snapshot : volume.snapshots()) {
      ObjectNode entry = snapshots.putObject(snapshot.name().value());
      if (oldSnapshots.path(snapshot.name().value()) instanceof ObjectNode old) {
        entry.setAll(old);
      }
      entry.put("Name", snapshot.name().value());
      entry.put("UUID", snapshot.uuid().toString());
      entry.put("CreatedTime", RubyDate.format(snapshot.createdTime()));
      entry.put("DevID", snapshot.thinId());
      entry.put("Size", snapshot.sizeBytes());
      entry.put("Activated", false);
      putStep(entry, snapshot.step());
    }
    if (!tree.equals(before)) {
      file.write(tree);
    }
  }

  private static void putStep(ObjectNode tree, Step step) {
    if (step == Step.READY) {
      tree.remove("State");
    } else {
      tree.put("State", step.name().toLowerCase(Locale.ROOT));
    }
  }

  void delete(VolumeName name) throws IOException {
    AtomicFiles.delete(path(name));
  }

  /** Puts a volume's record aside, which frees its name. */
  void moveToTrash(ThinVolume volume) throws IOException {
    AtomicFiles.createDirectories(trash);
    Path target = trash.resolve(PREFIX + volume.name() + "~" + volume.uuid() + SUFFIX);
    Files.move(path(volume.name()), target, StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.syncDirectory(trash);
    AtomicFiles.syncDirectory(root);
  }

  /** Puts a volume's record back under its name, which no other may have. */
  void moveFromTrash(ThinVolume volume) throws IOException {
    Path target = path(volume.name());
    if (exists(volume.name())) {
      throw new FileAlreadyExistsException(target.toString());
    }
    Files.move(trashPath(volume.uuid()), target, StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.syncDirectory(root);
    AtomicFiles.syncDirectory(trash);
  }

  void deleteFromTrash(UUID volume) throws IOException {
    AtomicFiles.delete(trashPath(volume));
  }

  /** The file's name has the name that the volume had when it was deleted; the UUID finds it. */
  private Path trashPath(UUID volume) throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(trash, PREFIX + "*~" + volume + SUFFIX)) {
      for (Path file : files) {
        return file;
      }
    }
    throw new NoSuchFileException(trash + "/" + PREFIX + "*~" + volume + SUFFIX);
  }
}
