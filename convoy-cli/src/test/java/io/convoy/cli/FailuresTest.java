package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {
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

  private void refuse() {
    daemon.answer(
        404,
        "application/json",
        "{\"Error\":\"Volume not found.\",\"Detail\":\"There is no volume 'nosuch'\",\"Status\":404,\"Kind\":\"not-found\"}");
  }

  @Test
  void delete_unknownVolume_printsWhatV052Prints() {
    refuse();

    Run run = Run.of(daemon.socket(), "delete", "nosuch");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .isEqualTo(
            """
            Error deleting nosuch: Error response from server, Volume not found.

            {
            	"Error": "Error response from server, Volume not found.\\n"
            }
            """);
    assertThat(run.err()).isEqualTo("convoy: There is no volume 'nosuch'\n");
  }

  @Test
  void delete_severalUnknown_triesAll() {
    refuse();

    Run run = Run.of(daemon.socket(), "delete", "nosuch", "neither");

    assertThat(run.out()).contains("Error deleting nosuch: ").contains("Error deleting neither: ");
    assertThat(run.err()).hasLineCount(2);
    assertThat(daemon.asked()).hasSize(2);
  }

  @Test
  void run_errorAsText_isPrintedAsV052Does() {
    daemon.answer(500, "text/plain", "pool is \"full\"\n");

    Run run = Run.of(daemon.socket(), "mount", "vol1");

    assertThat(run)
        .isEqualTo(
            new Run(
                1,
                "{\n\t\"Error\": \"Error response from server, pool is \\\"full\\\"\\n\"\n}\n",
                "convoy: pool is \"full\"\n"));
  }

  @Test
  void run_errorBehindProgress_isAFailure() {
    daemon.answer(
        200,
        "application/x-ndjson",
        """
        {"Progress":{"DoneBytes":-1,"TotalBytes":-1}}
        {"Error":{"Error":"disk full","Detail":"disk full: 0 bytes left","Status":500,"Kind":"failed"}}
        """);

    Run run = Run.of(daemon.socket(), "--verbose", "snapshot", "create", "vol1");

    assertThat(run)
        .isEqualTo(
            new Run(
                1,
                "{\n\t\"Error\": \"Error response from server, disk full\\n\"\n}\n",
                "convoy: disk full: 0 bytes left\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"Progress\":{\"DoneBytes\":1,\"TotalBytes\":9}}\n", "{\"Prog"})
  void run_progressCutShort_isAFailure(String lines) {
    daemon.answer(200, "application/x-ndjson", lines);

    Run run = Run.of(daemon.socket(), "--verbose", "backup", "create", "s1", "--dest", "vfs:///b");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("closed the connection before its answer was complete");
    assertThat(run.err()).hasLineCount(1);
  }

  @Test
  void run_connectionClosed_saysThatTheOutcomeIsUnknown() {
    daemon.answer(0, "", "");

    Run run = Run.of(daemon.socket(), "mount", "vol1");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("closed the connection before its answer was complete");
  }

  @Test
  void run_noDaemon_saysHowToStartIt() {
    Run run = Run.of(folder.resolve("none"), "list");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("convoy: The daemon is not running: nothing listens on " + folder)
        .contains("start it, for example with 'sudo convoy daemon")
        .hasLineCount(1);
    assertThat(run.out()).startsWith("{\n\t\"Error\": \"The daemon is not running");
  }

  @Test
  void run_socketOfADeadDaemon_saysHowToStartIt() throws Exception {
    daemon.close();

    assertThat(Files.exists(daemon.socket())).isTrue();
    assertThat(Run.of(daemon.socket(), "list").err()).contains("The daemon is not running");
  }

  @Test
  void run_socketPathTooLong_isAFailure() {
    Run run = Run.of(folder.resolve("x".repeat(200)), "list");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("convoy: ").hasLineCount(1);
  }

  @Test
  void explain_permissionDenied_namesTheGroup() throws Exception {
    String group = Files.getAttribute(daemon.socket(), "posix:group").toString();
    String hint =
        new DaemonClient(daemon.socket(), problem -> {})
            .explain(new IOException("Permission denied"));

    assertThat(hint)
        .contains("permission denied; use sudo")
        .contains(group.equals("root") ? "--socket-group" : "the group '" + group + "'");
  }
}
