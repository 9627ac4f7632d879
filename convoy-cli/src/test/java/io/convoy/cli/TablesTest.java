package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.RubyDate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people see, and what programs read. */
class TablesTest {
  private static final Terminal PLAIN_TERMINAL = new Terminal(true, true, false);
  private static final Terminal COLOUR_TERMINAL = new Terminal(true, true, true);

  @TempDir Path folder;
  FakeDaemon daemon;

  @BeforeEach
  void startDaemon() throws Exception {
    daemon = new FakeDaemon(folder.resolve("s"));
  }

  @AfterEach
  void stopDaemon() throws Exception {
    daemon.close();
  }

  private Run run(Terminal terminal, String line) {
    return Run.of(
        Map.of(GlobalOptions.SOCKET_VARIABLE, daemon.socket().toString()),
        Run.words(line),
        terminal);
  }

  private static String ago(Duration age) {
    return RubyDate.format(Instant.now().minus(age));
  }

  private void answerWithVolumes() {
    daemon.answer(
        200,
        "application/json",
        """
        {"data": {"Name": "data", "Driver": "devicemapper", "MountPoint": "/mnt/data",
          "CreatedTime": "%s", "DriverInfo": {"Size": "10737418240"},
          "Snapshots": {"s2": {"Name": "s2", "CreatedTime": "%s", "DriverInfo": {"Size": "1024"}},
                        "s1": {"Name": "s1", "CreatedTime": "", "DriverInfo": {}}},
          "LastBackup": "vfs:///b?backup=backup-1&volume=data", "LastBackupTime": "%s"},
         "lost": {"Name": "lost", "Driver": "vfs", "MountPoint": "", "CreatedTime": "",
          "DriverInfo": {"Size": "0"}, "Snapshots": {}, "State": "failed",
          "Problem": "its directory\\nis gone"}}
        """
            .formatted(
                ago(Duration.ofDays(3).plusMinutes(5)),
                ago(Duration.ofMinutes(90)),
                ago(Duration.ofSeconds(61))));
  }

  @Test
  void list_onATerminal_isATableWithSizesAndAges() {
    answerWithVolumes();

    assertThat(run(PLAIN_TERMINAL, "list"))
        .isEqualTo(
            new Run(
                0,
                """
                NAME   DRIVER         SIZE     SNAPSHOTS   CREATED      LAST BACKUP    STATE    MOUNTED ON
                data   devicemapper   10 GiB   2           3 days ago   1 minute ago   ready    /mnt/data
                lost   vfs            -        0           -            -              failed   -
                lost: its directory?is gone
                """,
                ""));
  }

  @Test
  void list_withColour_marksTheHeaderAndTheTrouble() {
    answerWithVolumes();

    assertThat(run(COLOUR_TERMINAL, "list").out())
        .contains("\u001b[1mNAME ")
        .contains("\u001b[31mlost ")
        .contains("\ndata ")
        .endsWith("is gone\u001b[0m\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list --format json", "--format=json list", "list --driver"})
  void list_onATerminalButForPrograms_isWhatTheDaemonSaid(String line) {
    daemon.answer(200, "application/json", "{\n\t\"vol1\": {}\n}\n");

    assertThat(run(COLOUR_TERMINAL, line)).isEqualTo(new Run(0, "{\n\t\"vol1\": {}\n}\n", ""));
  }

  @Test
  void list_noTerminal_isWhatTheDaemonSaid_orATableIfAskedFor() {
    daemon.answer(200, "application/json", "{\n\t\"vol1\": {}\n}\n");

    assertThat(run(Terminal.NONE, "list").out()).isEqualTo("{\n\t\"vol1\": {}\n}\n");
    assertThat(run(Terminal.NONE, "list --format table").out()).startsWith("NAME ");
  }

  @Test
  void failure_onATerminal_isOneLineForPeople() {
    Run watched = run(PLAIN_TERMINAL, "crate vol1");

    assertThat(watched.status()).isEqualTo(2);
    assertThat(watched.out()).isEmpty();
    assertThat(watched.err()).startsWith("convoy: There is no command 'convoy crate'; did you");
    assertThat(run(Terminal.NONE, "crate vol1").out()).startsWith("{\n\t\"Error\": ");
  }

  @Test
  void format_unknown_isMisuse() {
    Run run = run(Terminal.NONE, "list --format yaml");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("'yaml'").contains("json or table");
    assertThat(daemon.asked()).isEmpty();
  }

  @Test
  void snapshotList_ofAllVolumes_namesTheVolume() {
    answerWithVolumes();

    assertThat(run(PLAIN_TERMINAL, "snapshot list").out())
        .isEqualTo(
            """
            NAME   VOLUME   SIZE    CREATED
            s1     data     -       -
            s2     data     1 KiB   1 hour ago
            """);
  }

  @Test
  void snapshotList_forPrograms_hasWhatSnapshotInspectHas() {
    daemon.answer(
        200,
        "application/json",
        """
        {"Name": "vol1", "CreatedTime": "t1", "Snapshots": {"s": {"Name": "s", "CreatedTime": "t2",
        "DriverInfo": {"Size": "1"}}}}\
        """);

    assertThat(run(Terminal.NONE, "snapshot list vol1").out())
        .isEqualTo(
            """
            {
            	"s": {
            		"Name": "s",
            		"VolumeName": "vol1",
            		"VolumeCreatedAt": "t1",
            		"CreatedTime": "t2",
            		"DriverInfo": {
            			"Size": "1"
            		}
            	}
            }
            """);
    assertThat(daemon.asked())
        .extracting(asked -> asked.method() + " " + asked.path() + " " + asked.body())
        .isEqualTo(List.of("GET /v1/volumes/ {\"VolumeName\":\"vol1\"}"));
  }

  @Test
  void backupList_onATerminal_isSortedByVolumeAndTime() {
    daemon.answer(
        200,
        "application/json",
        """
        {"u1": {"BackupURL": "u1", "VolumeName": "b", "SnapshotName": "s", "DriverName": "vfs",
          "VolumeSize": "0", "CreatedTime": "%s"},
         "u2": {"BackupURL": "u2", "VolumeName": "a", "SnapshotName": "s2", "DriverName": "ebs",
          "VolumeSize": "1048576", "CreatedTime": "%s"},
         "u3": {"BackupURL": "u3", "VolumeName": "a", "SnapshotName": "s1", "DriverName": "ebs",
          "VolumeSize": "1048576", "CreatedTime": "%s"}}
        """
            .formatted(
                ago(Duration.ofHours(49)), ago(Duration.ofDays(40)), ago(Duration.ofDays(800))));

    assertThat(run(PLAIN_TERMINAL, "backup list vfs:///b").out())
        .isEqualTo(
            """
            VOLUME   SNAPSHOT   SIZE    DRIVER   CREATED       URL
            a        s1         1 MiB   ebs      2 years ago   u3
            a        s2         1 MiB   ebs      1 month ago   u2
            b        s          -       vfs      2 days ago    u1
            """);
  }

  @Test
  void trashList_onATerminal_saysWhenItWillBeDestroyed() {
    daemon.answer(
        200,
        "application/json",
        """
        {"Volumes": [{"ID": "0b3c", "Name": "v", "Driver": "devicemapper", "Size": 1073741824,
          "UsedBytes": 2097152, "DeletedTime": "%s", "ExpiryTime": "%s", "Snapshots": ["a", "b"]}],
         "Problems": ["x"]}
        """
            .formatted(ago(Duration.ofHours(2)), ago(Duration.ofHours(-50))));

    assertThat(run(PLAIN_TERMINAL, "trash list").out())
        .isEqualTo(
            """
            ID     NAME   DRIVER         SIZE    USED    DELETED       DESTROYED   SNAPSHOTS
            0b3c   v      devicemapper   1 GiB   2 MiB   2 hours ago   in 2 days   2
            x
            """);
  }

  @Test
  void jobs_onATerminal_showHowFarTheyAreAndWhatWentWrong() {
    daemon.answer(
        200,
        "application/json",
        """
        {"Jobs": [
         {"ID": "0b3c", "Kind": "restore", "Subject": "v", "State": "running", "StartTime": "%s",
          "DoneBytes": 1073741824, "TotalBytes": 4294967296, "Uid": 0, "Pid": 17},
         {"ID": "0b3d", "Kind": "gc", "Subject": "vfs:///b", "State": "failed", "StartTime": "%s",
          "EndTime": "%s", "DoneBytes": 0, "TotalBytes": -1, "Uid": 0, "Pid": 18,
          "Error": {"Error": "no", "Detail": "no\\nroom", "Status": 500, "Kind": "failed"}}]}
        """
            .formatted(
                ago(Duration.ofMinutes(3)), ago(Duration.ofHours(3)), ago(Duration.ofHours(2))));

    assertThat(run(PLAIN_TERMINAL, "jobs").out())
        .isEqualTo(
            """
            ID     WORK      ON         STATE     DONE            STARTED         ENDED         BY
            0b3c   restore   v          running   25 % of 4 GiB   3 minutes ago   -             uid 0, pid 17
            0b3d   gc        vfs:///b   failed    -               3 hours ago     2 hours ago   uid 0, pid 18
            0b3d: no?room
            """);
  }

  @Test
  void info_onATerminal_isAPage() {
    daemon.answer(
        200,
        "application/json",
        """
        {"General": {"Root": "/r", "DriverList": ["vfs", "ebs"], "CmdTimeout": "",
          "IgnoreDockerDelete": false, "Problems": ["one", "two"]},
         "vfs": {"DefaultVolumeSize": "107374182400", "FreeBytes": "0", "TransactionID": "7"}}
        """);

    assertThat(run(PLAIN_TERMINAL, "info").out())
        .isEqualTo(
            """
            Daemon
              Root                      /r
              Driver list               vfs, ebs
              Ignore docker delete      no
              Problems                  one
                                        two

            Driver vfs
              Default volume size       100 GiB
              Free                      0 B
              Transaction ID            7
            """);
  }

  @Test
  void terminal_environment_decidesOnColour() {
    assertThat(Terminal.ofThisProcess(Map.of("TERM", "xterm")).colour()).isTrue();
    assertThat(Terminal.ofThisProcess(Map.of("TERM", "xterm", "NO_COLOR", "1")).colour()).isFalse();
    assertThat(Terminal.ofThisProcess(Map.of("TERM", "xterm", "NO_COLOR", "")).colour()).isTrue();
    assertThat(Terminal.ofThisProcess(Map.of("TERM", "dumb")).colour()).isFalse();
    assertThat(Terminal.ofThisProcess(Map.of()).colour()).isFalse();
  }

  @Test
  void age_allUnits() {
    Instant now = RubyDate.parse("Mon Nov 23 22:49:04 +0000 2026");

    assertThat(
            List.of(
                HumanText.when("Mon Nov 23 22:49:04 +0000 2026", now),
                HumanText.when("Mon Nov 23 22:49:03 +0000 2026", now),
                HumanText.when("Mon Nov 23 22:48:05 +0000 2026", now),
                HumanText.when("Mon Nov 23 20:49:04 +0000 2026", now),
                HumanText.when("Mon Nov 16 22:49:04 +0000 2026", now),
                HumanText.when("Mon Nov 23 22:49:04 +0000 2020", now),
                HumanText.when("Mon Nov 23 22:59:04 +0000 2026", now),
                HumanText.when("yesterday\u001b[2J", now),
                HumanText.when("", now)))
        .containsExactly(
            "just now",
            "1 second ago",
            "59 seconds ago",
            "2 hours ago",
            "7 days ago",
            "6 years ago",
            "in 10 minutes",
            "yesterday?[2J",
            "");
  }
}
