package io.convoy.cli.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a machine whose power will be cut was about to do and has done, kept outside of it. Of what
 * was begun and not reported as done, both outcomes are right.
 */
final class PowerCutLedger {
  private final Path file;
  private final Map<String, Volume> volumes = new TreeMap<>();

  /** Texts of the backups that are there, by URL. */
  private final Map<String, String> backups = new TreeMap<>();

  /** Texts that backups may hold which were begun and not reported. */
  private final List<String> uncertainBackups = new ArrayList<>();

  /** What is known of a volume. */
  static final class Volume {
    /** Whether it is there; if not, it may be. */
    boolean certain = true;

    /** What it may hold, the latest last. */
    final List<String> texts = new ArrayList<>();

    /** What the snapshots hold that are there. */
    final Map<String, String> snapshots = new TreeMap<>();

    final List<String> uncertainSnapshots = new ArrayList<>();

    String text() {
      return texts.get(texts.size() - 1);
    }
  }

  PowerCutLedger(Path file) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        apply(line.split(" ", -1));
      }
    }
  }

  Map<String, Volume> volumes() {
    return volumes;
  }

  Map<String, String> backups() {
    return backups;
  }

  List<String> uncertainBackups() {
    return uncertainBackups;
  }

  /** Writes a line, so that it stays whatever comes, and takes it in. */
  void note(String... words) throws IOException {
    Files.writeString(file, String.join(" ", words) + "\n", UTF_8, CREATE, WRITE, APPEND, SYNC);
    apply(words);
  }

  private void apply(String[] words) {
    switch (words[0]) {
      case "creating" -> {
        Volume volume = new Volume();
        volume.certain = false;
        volume.texts.add(words[2]);
        volumes.put(words[1], volume);
      }
      case "created" -> volumes.get(words[1]).certain = true;
      case "deleting" -> volumes.get(words[1]).certain = false;
      case "deleted" -> volumes.remove(words[1]);
      case "writing" -> volumes.get(words[1]).texts.add(words[2]);
      case "wrote" -> volumes.get(words[1]).texts.removeIf(text -> !text.equals(words[2]));
      case "snapshotting", "dropping" -> {
        Volume volume = volumes.get(words[1]);
        volume.snapshots.remove(words[2]);
        volume.uncertainSnapshots.add(words[2]);
      }
      case "snapshotted" -> {
        Volume volume = volumes.get(words[1]);
        volume.uncertainSnapshots.remove(words[2]);
        volume.snapshots.put(words[2], words[3]);
      }
      case "dropped" -> volumes.get(words[1]).uncertainSnapshots.remove(words[2]);
      case "backing-up" -> uncertainBackups.add(words[1]);
      case "backed-up" -> backups.put(words[1], words[2]);
      case "deleting-backup" -> uncertainBackups.add(backups.remove(words[1]));
      case "deleted-backup", "verified" -> {
        // Another backup may hold the same text; so it may go on being found.
      }
      default -> throw new IllegalStateException("not of this ledger: " + String.join(" ", words));
    }
  }
}
