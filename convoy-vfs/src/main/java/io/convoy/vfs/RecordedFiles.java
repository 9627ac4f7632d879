package io.convoy.vfs;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.convoy.core.CorruptDataException;
import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import io.convoy.core.VolumeName;
import io.convoy.vfs.VfsSnapshot.Kind;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** Compares records with the directories that they are of. What is found may be data. */
final class RecordedFiles {
  private static final int NAMES_SHOWN = 10;

  private final VolumeRoot root;
  private final VfsRecords records;
  private final WorkArea work;
  private final SnapshotFiles snapshotFiles;

  RecordedFiles(VolumeRoot root, VfsRecords records, WorkArea work, SnapshotFiles snapshotFiles) {
    this.root = root;
    this.records = records;
    this.work = work;
    this.snapshotFiles = snapshotFiles;
  }

  List<Finding> examine() throws IOException {
    List<Finding> findings = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    for (VfsRecord record : records.list((name, problem) -> unreadable.add(name))) {
      examine(record, findings);
    }
    // What can't be read may name what looks unknown.
    if (unreadable.isEmpty()) {
      findUnknownSnapshots(findings);
      findUnknownVolumes(findings);
    }
    return findings;
  }

  private void examine(VfsRecord record, List<Finding> findings) throws IOException {
    if (!Files.isDirectory(root.volume(record.name())) && isStill(record)) {
      findings.add(
          new Finding(
              Severity.ERROR,
              "Volume '%s': its directory %s is missing"
                  .formatted(record.name(), root.volume(record.name())),
              "restore its last backup under another name; to give it up%s: convoy delete %s"
                  .formatted(
                      record.snapshots().isEmpty() ? "" : " with its snapshots", record.name())));
    }
    for (VfsSnapshot snapshot : record.snapshots()) {
      examine(record, snapshot)
          .filter(finding -> isStill(record, snapshot))
          .ifPresent(findings::add);
    }
  }

  private Optional<Finding> examine(VfsRecord record, VfsSnapshot snapshot) {
    String subject = "Snapshot '%s' of volume '%s': ".formatted(snapshot.name(), record.name());
    String remedy = "convoy snapshot delete " + snapshot.name();
    Path place;
    try {
      place = snapshotFiles.locate(record.uuid(), snapshot);
    } catch (CorruptDataException e) {
      return Optional.of(
          new Finding(
              Severity.ERROR, e.getMessage(), "mend its path in " + root.record(record.name())));
    }
    if (snapshot.kind() == Kind.DIRECTORY) {
      return Files.isDirectory(place, NOFOLLOW_LINKS)
          ? Optional.empty()
          : Optional.of(
              new Finding(
                  Severity.ERROR,
                  subject + "its directory %s is missing".formatted(place),
                  remedy));
    }
    return Files.isRegularFile(place, NOFOLLOW_LINKS)
        ? Optional.empty()
        : Optional.of(
            new Finding(
                Severity.WARNING,
                subject + "its archive %s, by Convoy v0.5.2, is not on this host".formatted(place),
                "if no other host has it: " + remedy));
  }

  /** What is being deleted meanwhile is no finding. */
  private boolean isStill(VfsRecord record) throws IOException {
    return records.get(record.name()).filter(now -> now.uuid().equals(record.uuid())).isPresent();
  }

  private boolean isStill(VfsRecord record, VfsSnapshot snapshot) {
    try {
      return records.get(record.name()).filter(now -> now.hasSnapshot(snapshot.uuid())).isPresent();
    } catch (IOException e) {
      return true; // then the next look will tell
    }
  }

  private void findUnknownSnapshots(List<Finding> findings) throws IOException {
    // In this order: what is being made has its intent first, then its directory and its record.
    List<Path> unknown = new ArrayList<>();
    for (Path volume : directories(root.workDirectory().resolve("snapshots"))) {
      unknown.addAll(directories(volume));
    }
    Set<UUID> worked = work.uuids();
    for (Path snapshot : unknown) {
      Optional<UUID> uuid = uuid(snapshot);
      Optional<UUID> volume = uuid(snapshot.getParent());
      if (uuid.isEmpty()
          || volume.isEmpty()
          || worked.contains(uuid.get())
          || worked.contains(volume.get())
          || records.mentions(uuid.get())
          || !Files.isDirectory(snapshot, NOFOLLOW_LINKS)) {
        continue;
      }
      findings.add(
          new Finding(
              Severity.WARNING,
              "Snapshot directory %s is named by no record".formatted(snapshot),
              "if nobody needs what is in it: rm -r " + snapshot));
    }
  }

  private void findUnknownVolumes(List<Finding> findings) throws IOException {
    Set<String> unknown = new TreeSet<>();
    for (Path directory : directories(root.path())) {
      Optional<VolumeName> name = volumeName(directory);
      if (name.isPresent()
          && !name.get().equals(VolumeRoot.CONFIG)
          && records.get(name.get()).isEmpty()
          && Files.isDirectory(directory, NOFOLLOW_LINKS)) {
        unknown.add(name.get().value());
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    String names = unknown.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
    int more = unknown.size() - NAMES_SHOWN;
    findings.add(
        new Finding(
            Severity.NOTE,
            "%s in %s %s no volume now, as after a deletion by reference: %s"
                .formatted(
                    unknown.size() == 1 ? "1 directory" : unknown.size() + " directories",
                    root.path(),
                    unknown.size() == 1 ? "is" : "are",
                    more > 0 ? names + " and " + more + " more" : names),
            "to have one as a volume, with its files: convoy create " + unknown.iterator().next()));
  }

  private static List<Path> directories(Path parent) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(parent, entry -> Files.isDirectory(entry, NOFOLLOW_LINKS))) {
      entries.forEach(found::add);
    } catch (NoSuchFileException e) {
      return List.of(); // deleted meanwhile
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private static Optional<UUID> uuid(Path file) {
    try {
      return Optional.of(UUID.fromString(file.getFileName().toString()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not Convoy's
    }
  }

  private static Optional<VolumeName> volumeName(Path directory) {
    try {
      return Optional.of(new VolumeName(directory.getFileName().toString()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // such as lost+found
    }
  }
}
