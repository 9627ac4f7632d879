package io.convoy.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.AlreadyExistsException;
import io.convoy.core.CorruptDataException;
import io.convoy.core.VolumeDriver.ProblemListener;
import io.convoy.core.VolumeName;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The records of all volumes. Other hosts change them too, so a file is looked at on every call,
 * but read only if it is another one than before.
 */
final class VfsRecords {
  /** A file changed this shortly before it was read may have been changed again since. */
  private static final Duration TRUSTED_AGE = Duration.ofSeconds(2);

  private static final Pattern FILE =
      Pattern.compile(
          Pattern.quote(VolumeRoot.RECORD_PREFIX)
              + "(.+)"
              + Pattern.quote(VolumeRoot.RECORD_SUFFIX));

  private final VolumeRoot root;
  private final RecordLock lock;
  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  VfsRecords(VolumeRoot root, String hostName) {
    this.root = root;
    this.lock = new RecordLock(root.lockFile(), hostName);
  }

  /** Keeps everybody else from changing records until it is closed; those read then are current. */
  RecordLock.Held lock() throws IOException {
    RecordLock.Held held = lock.take();
    refresh();
    return held;
  }

  private void refresh() {
    root.refresh(root.configDirectory());
  }

  /** Returns the record, which another host may have changed meanwhile; there is one or not. */
  Optional<VfsRecord> get(VolumeName name) throws IOException {
    root.check();
    Optional<VfsRecord> record = read(root.record(name), name);
    if (record.isEmpty()) {
      // It may be remembered that there was none a moment ago.
      refresh();
      record = read(root.record(name), name);
    }
    return record;
  }

  /** Returns all records in order of name; those that can't be read go to {@code problems}. */
  List<VfsRecord> list(ProblemListener problems) throws IOException {
    root.check();
    refresh();
    List<VfsRecord> found = new ArrayList<>();
    List<Path> files = files(root.configDirectory());
    known.keySet().retainAll(Set.copyOf(files));
    for (Path file : files) {
      String name = nameOf(file);
      try {
        read(file, new VolumeName(name)).ifPresent(found::add);
      } catch (IOException | IllegalArgumentException e) {
        problems.report(name, "its record can't be used: " + e.getMessage());
      }
    }
    found.sort(Comparator.comparing(VfsRecord::name));
    return found;
  }

  /** Returns the record of the volume of that name that was deleted by reference. */
  Optional<VfsRecord> getRemoved(VolumeName name) throws IOException {
    return readFile(root.removedRecord(name), name);
  }

  /**
   * Returns whether any record, of a present or removed volume, is that volume's or has that
   * snapshot.
   *
   * @throws IOException if one of them can't be read, so that nobody knows
   */
  boolean mentions(UUID volumeOrSnapshot) throws IOException {
    root.check();
    for (Path directory : List.of(root.configDirectory(), root.removedDirectory())) {
      for (Path file : files(directory)) {
        String name = nameOf(file);
        int tilde = name.indexOf('~');
        Optional<VfsRecord> record =
            readFile(file, parseName(tilde < 0 ? name : name.substring(0, tilde), file));
        if (record.isPresent()
            && (record.get().uuid().equals(volumeOrSnapshot)
                || record.get().hasSnapshot(volumeOrSnapshot))) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Writes a new record.
   *
   * @throws AlreadyExistsException if there is one, this host's or another's
   */
  void create(VfsRecord record) throws IOException {
    Path file = root.record(record.name());
    try {
      AtomicFiles.create(file, bytes(record));
    } catch (FileAlreadyExistsException e) {
      throw new AlreadyExistsException("Volume '%s' already exists".formatted(record.name()));
    } finally {
      known.remove(file);
    }
  }

  /** Replaces a record; call it with the lock held, with what was read under it. */
  void replace(VfsRecord record) throws IOException {
    Path file = root.record(record.name());
    try {
      AtomicFiles.replace(file, bytes(record));
    } finally {
      known.remove(file);
    }
  }

  /** Moves a record to those of removed volumes, keeping an earlier one of the name there. */
  void remove(VfsRecord record) throws IOException {
    keepEarlierRemoved(record.name(), Optional.of(record.uuid()));
    AtomicFiles.replace(root.removedRecord(record.name()), bytes(record));
    delete(record.name());
  }

  /** Puts a removed record of the name aside, unless it is that of the given volume. */
  void keepEarlierRemoved(VolumeName name, Optional<UUID> volume) throws IOException {
    Path file = root.removedRecord(name);
    Optional<VfsRecord> earlier = readFile(file, name);
    if (earlier.isPresent() && !volume.equals(Optional.of(earlier.get().uuid()))) {
      Files.move(file, root.earlierRecord(name, earlier.get().uuid()), ATOMIC_MOVE);
      AtomicFiles.syncDirectory(file.getParent());
    }
  }

  void deleteRemoved(VolumeName name) throws IOException {
    AtomicFiles.delete(root.removedRecord(name));
  }

  void delete(VolumeName name) throws IOException {
    Path file = root.record(name);
    try {
      AtomicFiles.delete(file);
    } finally {
      known.remove(file);
    }
  }

  /** Renames a record to a file outside the records, or back. */
  void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, ATOMIC_MOVE);
      AtomicFiles.syncDirectory(to.getParent());
      AtomicFiles.syncDirectory(from.getParent());
    } finally {
      known.remove(from);
      known.remove(to);
    }
  }

  /** Reads a record wherever it is, past the memory. */
  Optional<VfsRecord> readFile(Path file, VolumeName name) throws IOException {
    Optional<ObjectNode> json = new JsonFile(file).read();
    return json.isEmpty()
        ? Optional.empty()
        : Optional.of(VfsRecord.parse(json.get(), name, root.id(), file));
  }

  private Optional<VfsRecord> read(Path file, VolumeName name) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      known.remove(file);
      return Optional.empty();
    }
    Known before = known.get(file);
    if (before != null && before.isStill(attributes)) {
      return Optional.of(before.record());
    }
    Instant now = Instant.now();
    Optional<VfsRecord> record = readFile(file, name);
    FileTime modified = attributes.lastModifiedTime();
    if (record.isPresent() && modified.toInstant().isBefore(now.minus(TRUSTED_AGE))) {
      known.put(file, new Known(modified, attributes.size(), attributes.fileKey(), record.get()));
    }
    return record;
  }

  private byte[] bytes(VfsRecord record) {
    return record.toJson(root.volume(record.name())).toString().getBytes(UTF_8);
  }

  private static List<Path> files(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (FILE.matcher(entry.getFileName().toString()).matches()) {
          files.add(entry);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }

  private static String nameOf(Path file) {
    Matcher matcher = FILE.matcher(file.getFileName().toString());
    return matcher.matches() ? matcher.group(1) : file.getFileName().toString();
  }

  private static VolumeName parseName(String name, Path file) throws CorruptDataException {
    try {
      return new VolumeName(name);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** What a file looked like when it was read, and what it said. */
  private record Known(FileTime modified, long sizeBytes, Object key, VfsRecord record) {
    boolean isStill(BasicFileAttributes now) {
      return modified.equals(now.lastModifiedTime())
          && sizeBytes == now.size()
          && key.equals(now.fileKey());
    }
  }
}
