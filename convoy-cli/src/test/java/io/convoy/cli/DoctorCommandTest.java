package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @TempDir Path folder;

  @Test
  void doctor_noDaemon_saysSoBesideWhatItFindsOnTheMachine() {
    Run run = Run.of(folder.resolve("none"), "doctor", "--format", "text");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .startsWith("error     The daemon is not running: nothing listens on ")
        .containsPattern(
            "\n          -> (sudo )?(convoy daemon --drivers vfs |systemctl start convoy)");
    assertThat(run.err()).contains("1 error found");
  }

  @Test
  void doctor_daemonAnswers_printsItsFindingsAndFailsForErrorsAlone() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(folder.resolve("s"))) {
      daemon.answer(
          200,
          "application/json",
          "{\"Findings\":[{\"Severity\":\"warning\",\"What\":\"a fact\",\"Remedy\":\"a"
              + " command\"}],\"Repaired\":[\"a deed\"]}");
      Run warned = Run.of(daemon.socket(), "doctor", "--repair", "--format", "text");
      assertThat(warned.status()).isZero();
      assertThat(warned.out())
          .contains("repaired  a deed\n", "warning   a fact\n          -> a command\n");

      daemon.answer(
          200,
          "application/json",
          "{\"Findings\":[{\"Severity\":\"error\",\"What\":\"a fact\",\"Remedy\":\"a"
              + " command\"}],\"Repaired\":[]}");
      Run failed = Run.of(daemon.socket(), "doctor");
      assertThat(failed.status()).isEqualTo(1);
      assertThat(failed.out()).contains("\"Severity\": \"error\"");

      assertThat(daemon.asked())
          .extracting(asked -> asked.method() + " " + asked.path())
          .containsExactly("POST /v2/doctor", "GET /v2/doctor");
    }
  }

  @Test
  void doctor_strict_failsForAWarning() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(folder.resolve("s"))) {
      daemon.answer(
          200,
          "application/json",
          "{\"Findings\":[{\"Severity\":\"warning\",\"What\":\"a fact\",\"Remedy\":\"a"
              + " command\"}],\"Repaired\":[]}");

      Run run = Run.of(daemon.socket(), "doctor", "--strict");

      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err()).containsPattern("[0-9] warnings? found");
    }
  }

  /** Leaves a block without a backup, as a crash does. */
  private Path strayBlock(Path backups) throws IOException {
    Path block = null;
    try (Stream<Path> files = Files.walk(backups)) {
      block = files.filter(file -> file.toString().endsWith(".blk")).findFirst().orElseThrow();
    }
    String name = "0".repeat(64);
    Path stray = block.getParent().getParent().getParent().resolve("00/00/" + name + ".blk");
    Files.createDirectories(stray.getParent());
    return Files.copy(block, stray);
  }

  @Test
  void doctor_destination_isExaminedAndClearedOfWhatNobodyNeeds() throws Exception {
    Path socket = folder.resolve("s");
    Path backups = Files.createDirectory(folder.resolve("backups"));
    try (ConvoyDaemon daemon =
        ConvoyDaemon.start(
            DaemonConfig.embedded(folder.resolve("root"), socket)
                .withDrivers(List.of("vfs"), Map.of("vfs.path", folder.resolve("vfs").toString())),
            new PrintStream(OutputStream.nullOutputStream()))) {
      assertThat(daemon).isNotNull();
      Run.of(socket, "create", "vol1");
      Files.writeString(folder.resolve("vfs/vol1/file"), "content");
      Run.of(socket, "snapshot", "create", "vol1", "--name", "s1");
      assertThat(Run.of(socket, "backup", "create", "s1", "--dest", "vfs://" + backups).status())
          .isZero();
      Path stray = strayBlock(backups);

      Run found = Run.of(socket, "doctor", "--format", "text", "--dest", "vfs://" + backups);
      Run repaired =
          Run.of(socket, "doctor", "--format", "text", "--repair", "--dest", "vfs://" + backups);
      Run again = Run.of(socket, "doctor", "--format", "text", "--dest", "vfs://" + backups);

      assertThat(found.out())
          .containsPattern("warning +No backup needs 1 object at vfs://")
          .contains("-> convoy backup gc 'vfs://" + backups + "'");
      assertThat(repaired.out())
          .contains("repaired  Deleted what no backup needs: 1 object at vfs://");
      assertThat(stray).doesNotExist();
      assertThat(again.out()).doesNotContain("No backup needs");
    }
  }

  @Test
  void doctor_damagedVfsPath_isFoundAndMendedByWhatItSays() throws Exception {
    Path socket = folder.resolve("s");
    Path vfs = folder.resolve("vfs");
    try (ConvoyDaemon daemon =
        ConvoyDaemon.start(
            DaemonConfig.embedded(folder.resolve("root"), socket)
                .withDrivers(List.of("vfs"), Map.of("vfs.path", vfs.toString())),
            new PrintStream(OutputStream.nullOutputStream()))) {
      assertThat(daemon).isNotNull();
      Run.of(socket, "create", "lost");
      Run.of(socket, "create", "whole");
      Files.delete(vfs.resolve("lost"));
      Path half = vfs.resolve(".convoy/snapshotting-%s-%s".formatted(hostId(), UUID.randomUUID()));
      Files.writeString(Files.createDirectory(half).resolve("file"), "half");

      Run found = Run.of(socket, "doctor", "--format", "text");
      Run repaired = Run.of(socket, "doctor", "--format", "text", "--repair");
      Run deleted = Run.of(socket, "delete", "lost");
      Run again = Run.of(socket, "doctor", "--format", "json");

      assertThat(found.status()).isEqualTo(1);
      assertThat(found.out())
          .contains(
              "error     Volume 'lost': its directory %s is missing\n          -> restore its last backup under another name; to give it up: convoy delete lost\n"
                  .formatted(vfs.resolve("lost")),
              "warning   " + half + " is of work that was cut off: ",
              "          -> convoy doctor --repair");
      assertThat(repaired.out()).contains("repaired  " + half + ": left behind, and dealt with\n");
      assertThat(half).doesNotExist();
      assertThat(deleted.status()).isZero();
      assertThat(again.status()).as(again.out()).isZero();
      assertThat(again.out()).doesNotContain(vfs.toString());
      assertThat(vfs.resolve("whole")).isDirectory();
    }
  }

  private String hostId() throws IOException {
    return Files.readString(folder.resolve("root/host-id")).strip();
  }

  @Test
  void doctor_unknownFormat_isMisuse() {
    assertThat(Run.of(folder.resolve("none"), "doctor", "--format", "xml").status()).isEqualTo(2);
  }
}
