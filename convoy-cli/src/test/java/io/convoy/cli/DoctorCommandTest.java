package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
  void doctor_unknownFormat_isMisuse() {
    assertThat(Run.of(folder.resolve("none"), "doctor", "--format", "xml").status()).isEqualTo(2);
  }
}
