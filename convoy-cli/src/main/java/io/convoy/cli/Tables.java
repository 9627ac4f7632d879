package io.convoy.cli;

import io.convoy.cli.Terminal.Style;
import io.convoy.core.ByteSize;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The daemon's answers as tables for people. */
final class Tables {
  private Tables() {}

  static String volumes(JsonObject answer, Terminal terminal) {
    Instant now = Instant.now();
    Table table =
        new Table(
            "NAME", "DRIVER", "SIZE", "SNAPSHOTS", "CREATED", "LAST BACKUP", "STATE", "MOUNTED ON");
    StringBuilder problems = new StringBuilder();
    answer
        .objects()
        .forEach(
            (name, volume) -> {
              String problem = volume.text("Problem");
              table.row(
                  problem.isEmpty() ? Style.PLAIN : Style.RED,
                  name,
                  volume.text("Driver"),
                  HumanText.size(volume.object("DriverInfo").number("Size")),
                  String.valueOf(volume.object("Snapshots").fields().size()),
                  HumanText.when(volume.text("CreatedTime"), now),
                  HumanText.when(volume.text("LastBackupTime"), now),
                  state(volume),
                  volume.text("MountPoint"));
              if (!problem.isEmpty()) {
                problems.append(
                    terminal.styled("%s: %s".formatted(name, Table.printable(problem)), Style.RED));
                problems.append('\n');
              }
            });
    return table.text(terminal) + problems;
  }

  private static String state(JsonObject volume) {
    String state = volume.text("State").isEmpty() ? "ready" : volume.text("State");
    return volume.text("Activity").isEmpty() ? state : volume.text("Activity");
  }

  /** Snapshots by name, each as {@code snapshot inspect} shows it. */
  static String snapshots(Map<String, JsonObject> snapshots, Terminal terminal) {
    Instant now = Instant.now();
    Table table = new Table("NAME", "VOLUME", "SIZE", "CREATED");
    snapshots.forEach(
        (name, snapshot) ->
            table.row(
                Style.PLAIN,
                name,
                snapshot.text("VolumeName"),
                HumanText.size(snapshot.object("DriverInfo").number("Size")),
                HumanText.when(snapshot.text("CreatedTime"), now)));
    return table.text(terminal);
  }

  /**
   * Backups, the latest of each volume last; their URLs are whole, since other commands take them.
   */
  static String backups(JsonObject answer, Terminal terminal) {
    Instant now = Instant.now();
    Table table = new Table("VOLUME", "SNAPSHOT", "SIZE", "DRIVER", "CREATED", "URL");
    List<JsonObject> backups =
        answer.objects().values().stream()
            .sorted(
                Comparator.comparing((JsonObject backup) -> backup.text("VolumeName"))
                    .thenComparing(backup -> HumanText.instant(backup.text("CreatedTime"))))
            .toList();
    for (JsonObject backup : backups) {
      table.row(
          Style.PLAIN,
          backup.text("VolumeName"),
          backup.text("SnapshotName"),
          HumanText.size(backup.number("VolumeSize")),
          backup.text("DriverName"),
          HumanText.when(backup.text("CreatedTime"), now),
          backup.text("BackupURL"));
    }
    return table.text(terminal);
  }

  static String jobs(JsonObject answer, Terminal terminal) {
    Instant now = Instant.now();
    Table table = new Table("ID", "WORK", "ON", "STATE", "DONE", "STARTED", "ENDED", "BY");
    StringBuilder errors = new StringBuilder();
    for (JsonObject job : answer.objects("Jobs")) {
      boolean failed = job.has("Error");
      table.row(
          failed ? Style.RED : Style.PLAIN,
          job.text("ID"),
          job.text("Kind"),
          job.text("Subject"),
          job.text("State"),
          share(job.number("DoneBytes").orElse(0), job.number("TotalBytes").orElse(0)),
          HumanText.when(job.text("StartTime"), now),
          HumanText.when(job.text("EndTime"), now),
          "uid %s, pid %s".formatted(job.text("Uid"), job.text("Pid")));
      if (failed) {
        errors.append(
            "%s: %s\n"
                .formatted(job.text("ID"), Table.printable(job.object("Error").text("Detail"))));
      }
    }
    return table.text(terminal) + terminal.styled(errors.toString(), Style.RED);
  }

  private static String share(long done, long total) {
    if (total > 0) {
      return "%s %% of %s".formatted(Math.min(100, done * 100 / total), new ByteSize(total));
    }
    return done > 0 ? new ByteSize(done).toString() : "";
  }

  static String trash(JsonObject answer, Terminal terminal) {
    Instant now = Instant.now();
    Table table =
        new Table("ID", "NAME", "DRIVER", "SIZE", "USED", "DELETED", "DESTROYED", "SNAPSHOTS");
    for (JsonObject volume : answer.objects("Volumes")) {
      table.row(
          Style.PLAIN,
          volume.text("ID"),
          volume.text("Name"),
          volume.text("Driver"),
          HumanText.size(volume.number("Size")),
          HumanText.size(volume.number("UsedBytes")),
          HumanText.when(volume.text("DeletedTime"), now),
          HumanText.when(volume.text("ExpiryTime"), now),
          String.valueOf(volume.texts("Snapshots").size()));
    }
    StringBuilder problems = new StringBuilder();
    answer.texts("Problems").forEach(problem -> problems.append(Table.printable(problem) + "\n"));
    return table.text(terminal) + terminal.styled(problems.toString(), Style.RED);
  }
}
