package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees who follows a real daemon's events. */
@Timeout(60)
class EventsCommandTest {
  private static final Terminal TERMINAL = new Terminal(true, true, false);

  @TempDir Path folder;
  private ConvoyDaemon daemon;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void startDaemon() throws Exception {
    daemon =
        ConvoyDaemon.start(
            DaemonConfig.embedded(folder.resolve("root"), socket())
                .withDrivers(List.of("vfs"), Map.of("vfs.path", folder.resolve("vfs").toString())),
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
  }

  @AfterEach
  void stopDaemon() throws Exception {
    daemon.close();
  }

  private Path socket() {
    return folder.resolve("s");
  }

  private Run run(String line) {
    return Run.of(socket(), Run.words(line).toArray(String[]::new));
  }

  private CompletableFuture<Integer> follow(Terminal terminal, String line) {
    return CompletableFuture.supplyAsync(
        () ->
            ConvoyCli.run(
                Run.words(line),
                Map.of(GlobalOptions.SOCKET_VARIABLE, socket().toString()),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                terminal));
  }

  /**
   * Makes volumes until the first is told of, then a backup; returns what was told when all was.
   */
  private String live() throws Exception {
    int[] count = {0};
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              run("create first" + count[0]++);
              return !out.toString(UTF_8).isEmpty();
            });
    Files.createDirectory(folder.resolve("backups"));
    run("create vol1");
    run("snapshot create vol1 --name snap1");
    run("backup create snap1 --dest vfs://" + folder.resolve("backups"));
    run("delete vol1");
    await().atMost(Duration.ofSeconds(10)).until(() -> out.toString(UTF_8).contains("deleted"));
    return out.toString(UTF_8);
  }

  @Test
  void events_onATerminal_areLinesForPeople() throws Exception {
    CompletableFuture<Integer> following = follow(TERMINAL, "events");

    String told = live();

    assertThat(told)
        .containsPattern("(?m)^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d  volume created    vol1$")
        .containsPattern("(?m)  snapshot created  vol1  snap1$")
        .containsPattern("(?m)  backup started    vol1  snap1$")
        .containsPattern(
            "(?m)  backup finished   vol1  snap1  [\\d.]+ \\S*B stored of .*  in \\d+\\.\\d s"
                + "  vfs://.*\\?backup=backup-.*&volume=vol1$")
        .containsPattern("(?m)  volume deleted    vol1$");
    daemon.close();
    assertThat(following.get(30, TimeUnit.SECONDS)).isEqualTo(ConvoyCli.FAILED);
    assertThat(err.toString(UTF_8))
        .isEqualTo("convoy: the daemon has ended: nothing more is told\n");
  }

  @Test
  void events_offATerminal_areJsonALine() throws Exception {
    CompletableFuture<Integer> following = follow(Terminal.NONE, "events");

    String told = live();

    for (String line : told.lines().toList()) {
      assertThat(JsonObject.parse(line).fields()).containsKeys("Time", "Event");
    }
    assertThat(told).contains("\"Event\":\"backup-finished\",\"Volume\":\"vol1\"");
    daemon.close();
    following.get(30, TimeUnit.SECONDS);
    assertThat(out.toString(UTF_8)).as("nothing but events").isEqualTo(told);
  }

  @Test
  void events_ofOneVolume_leaveTheOthersOut() throws Exception {
    CompletableFuture<Integer> following = follow(Terminal.NONE, "events --volume vol1");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              run("create vol2");
              run("delete vol2");
              run("create vol1");
              run("delete vol1");
              return !out.toString(UTF_8).isEmpty();
            });

    daemon.close();

    following.get(30, TimeUnit.SECONDS);
    assertThat(out.toString(UTF_8)).contains("vol1").doesNotContain("vol2");
  }
}
