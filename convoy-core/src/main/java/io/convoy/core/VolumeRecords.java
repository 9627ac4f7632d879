package io.convoy.core;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The volume records under a root: read once, held in memory, written through to one file each.
 *
 * <p>A file that can't be read is left as it is, told of as a problem, and makes its volume
 * unusable until somebody mends or removes it: it may hold who has the volume mounted.
 */
final class VolumeRecords {
  private static final Logger LOGGER = System.getLogger(VolumeRecords.class.getName());
  private static final String SUFFIX = ".json";

  private final Path directory;
  private final Map<VolumeName, VolumeRecord> records = new ConcurrentHashMap<>();
  private final Map<VolumeName, String> unreadable = new ConcurrentHashMap<>();

  private VolumeRecords(Path directory) {
    this.directory = directory;
  }

  static VolumeRecords load(Path directory) throws IOException {
    AtomicFiles.createDirectories(directory);
    VolumeRecords loaded = new VolumeRecords(directory);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.startsWith(AtomicFiles.TEMPORARY_PREFIX)) {
          Files.deleteIfExists(file); // what a crash left; it was never published
        } else if (name.endsWith(SUFFIX)) {
          loaded.loadFile(file, name.substring(0, name.length() - SUFFIX.length()));
        }
      }
    }
    return loaded;
  }

  private void loadFile(Path file, String fileName) {
    VolumeName name;
    try {
      name = new VolumeName(fileName);
    } catch (IllegalArgumentException e) {
      LOGGER.log(WARNING, "{0}: not a volume''s record, ignored", file);
      return;
    }
    try {
      Optional<ObjectNode> tree = new JsonFile(file).read();
      if (tree.isPresent()) {
        VolumeRecord record = VolumeRecord.read(tree.get());
        if (!record.name().equals(name)) {
          throw new IllegalArgumentException(
              "Name is '%s', expected '%s'".formatted(record.name(), name));
        }
        records.put(name, record);
      }
    } catch (IOException | IllegalArgumentException e) {
      String problem =
          "its record can't be read: %s; mend or remove that file, and start Convoy again"
              .formatted(
                  e instanceof CorruptDataException
                      ? e.getMessage()
                      : file + ": " + e.getMessage());
      LOGGER.log(WARNING, "Volume ''{0}'': {1}", name, problem);
      unreadable.put(name, problem);
    }
  }

  Optional<VolumeRecord> get(VolumeName name) {
    return Optional.ofNullable(records.get(name));
  }

  List<VolumeRecord> all() {
    return new ArrayList<>(records.values());
  }

  /** Returns why a volume's record can't be read, if it can't. */
  Optional<String> problem(VolumeName name) {
    return Optional.ofNullable(unreadable.get(name));
  }

  Map<VolumeName, String> problems() {
    return Map.copyOf(unreadable);
  }

  /** Writes a record to stable storage, and only then lets others see it. */
  void save(VolumeRecord record) throws IOException {
    JsonFile file = new JsonFile(file(record.name()));
    ObjectNode tree =
        records.containsKey(record.name())
            ? file.read().orElseGet(JsonFile::newObject)
            : JsonFile.newObject();
    file.write(record.writeTo(tree));
    records.put(record.name(), record);
  }

  /** Keeps a record that could not be written; what is written leads the next start to the same. */
  void keep(VolumeRecord record) {
    records.put(record.name(), record);
  }

  /** Forgets a record that could not be removed; what is written leads the next start to that. */
  void forget(VolumeName name) {
    records.remove(name);
  }

  void delete(VolumeName name) throws IOException {
    AtomicFiles.delete(file(name));
    records.remove(name);
  }

  /** Returns where the record of a volume is kept. */
  Path file(VolumeName name) {
    return directory.resolve(name + SUFFIX);
  }
}
