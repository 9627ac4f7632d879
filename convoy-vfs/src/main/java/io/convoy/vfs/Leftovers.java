package io.convoy.vfs;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.time.temporal.ChronoUnit.SECONDS;

import io.convoy.core.CorruptDataException;
import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import io.convoy.vfs.WorkArea.ForeignItem;
import io.convoy.vfs.WorkArea.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What daemons that were killed left in the storage. Of this host's own, all is known; what another
 * host began may still go on, and is for it to finish.
 */
final class Leftovers {
  private static final String REPAIR = "convoy doctor --repair";

  /** Younger work of another host may go on. */
  private static final Duration YOUNG = Duration.ofDays(1);

  private final WorkArea work;
  private final VfsRecords records;
  private final VfsRecovery recovery;
  private final MountNotes notes;

  Leftovers(WorkArea work, VfsRecords records, VfsRecovery recovery, MountNotes notes) {
    this.work = work;
    this.records = records;
    this.recovery = recovery;
    this.notes = notes;
  }

  List<Finding> examine() throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (Item item : work.leftBehind()) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "%s is of work that was cut off: %s"
                  .formatted(item.path(), describe(item.work(), item.path())),
              REPAIR + ", or what the daemon's log then says"));
    }
    foreign(findings);
    List<Path> temporaries = recovery.oldTemporaries();
    if (!temporaries.isEmpty()) {
      findings.add(
          new Finding(
              Severity.NOTE,
              "%s temporary %s older than a day, such as %s"
                  .formatted(
                      temporaries.size(),
                      temporaries.size() == 1 ? "file is" : "files are",
                      temporaries.get(0)),
              REPAIR));
    }
    notes
        .stale(problem -> findings.add(unreadable(problem)))
        .values()
        .forEach(note -> findings.add(stale(note)));
    return findings;
  }

  private static String describe(WorkArea.Work work, Path path) throws IOException {
    String name = nameIn(path);
    String what =
        switch (work) {
          case RESTORING -> "the restore of a volume";
          case SNAPSHOTTING -> "the making or deletion of a snapshot";
          case DELETING -> "the deletion of a volume";
          case IMAGING -> "the making of a disk image";
        };
    return name.isEmpty() ? what : what + ", '" + name + "'";
  }

  /** Returns whose intent a file is; empty if it is none, or does not say. */
  private static String nameIn(Path path) throws IOException {
    if (!path.getFileName().toString().endsWith(".json")) {
      return "";
    }
    try {
      return new JsonFile(path).read().map(json -> json.path("Name").asText("")).orElse("");
    } catch (CorruptDataException e) {
      return "";
    }
  }

  private void foreign(List<Finding> findings) throws IOException {
    Map<String, List<ForeignItem>> works = new TreeMap<>();
    for (ForeignItem item : work.foreign()) {
      works.computeIfAbsent(item.work() + " " + item.uuid(), key -> new ArrayList<>()).add(item);
    }
    Instant old = Instant.now().minus(YOUNG);
    for (List<ForeignItem> files : works.values()) {
      files.sort((a, b) -> b.path().compareTo(a.path())); // the intent, which is longer, first
      ForeignItem first = files.get(0);
      Instant begun;
      String what;
      try {
        begun = begun(first.path());
        what = describe(first.work(), first.path());
      } catch (NoSuchFileException e) {
        continue; // it has ended meanwhile
      }
      if (begun.isBefore(old)) {
        findings.add(
            new Finding(
                Severity.WARNING,
                "Host %s began %s at %s, and has not ended it"
                    .formatted(first.host(), what, begun.truncatedTo(SECONDS)),
                "start Convoy there, which finishes or undoes it; if that host is gone for good: rm -r "
                    + files.stream()
                        .map(file -> file.path().toString())
                        .collect(Collectors.joining(" "))));
      }
    }
  }

  /** An intent is written once; a tree's times may be those of what was copied into it. */
  private static Instant begun(Path file) throws IOException {
    return Files.isDirectory(file, NOFOLLOW_LINKS)
        ? ((FileTime) Files.getAttribute(file, "unix:ctime", NOFOLLOW_LINKS)).toInstant()
        : Files.getLastModifiedTime(file, NOFOLLOW_LINKS).toInstant();
  }

  private static Finding stale(MountNote note) {
    return new Finding(
        Severity.NOTE,
        "Volume '%s': host '%s' noted that it has it mounted since %s, but gives no sign of life"
            .formatted(note.volume(), note.hostName(), note.since()),
        REPAIR);
  }

  private static Finding unreadable(IOException problem) {
    return new Finding(
        Severity.WARNING,
        "A note of who has a volume mounted can't be read, so it can't be deleted: "
            + problem.getMessage(),
        "if no host has that volume mounted: remove that file");
  }

  /** Clears them away, but for those of other hosts, and returns what was done. */
  List<String> clear() throws IOException {
    List<String> done = new ArrayList<>(recovery.recover());
    try (RecordLock.Held held = records.lock()) {
      for (Map.Entry<Path, MountNote> stale : notes.stale(problem -> {}).entrySet()) {
        AtomicFiles.delete(stale.getKey());
        done.add(
            "Volume '%s' no longer counts as mounted by host '%s', which gives no sign of life"
                .formatted(stale.getValue().volume(), stale.getValue().hostName()));
      }
    }
    return done;
  }
}
