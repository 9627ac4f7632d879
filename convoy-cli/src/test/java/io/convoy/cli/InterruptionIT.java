package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ctrl-C on commands in processes of their own, on work that takes some seconds. */
class InterruptionIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int INTERRUPTED = 130;
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  /** Writes what gzip takes 5 s for. */
  private static void writeNoise(Path file) throws IOException {
    Random random = new Random(7);
    byte[] block = new byte[MIB];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 160; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
  }

  private Process convoy(String... arguments) throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of(
                // A build that runs in the background ignores Ctrl-C, and so would this.
                "env",
                "--default-signal=INT,HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dconvoy.terminal=true",
                "-cp",
                System.getProperty("java.class.path"),
                "io.convoy.cli.ConvoyCli"));
    argv.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(argv)
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("err"), UTF_8);
  }

  private static void pressCtrlC(Process process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor())
        .isZero();
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(INTERRUPTED);
  }

  private ConvoyDaemon start(ByteArrayOutputStream log) throws IOException {
    ConvoyDaemon daemon =
        ConvoyDaemon.start(
            DaemonConfig.embedded(folder.resolve("root"), socket())
                .withDrivers(List.of("vfs"), Map.of("vfs.path", folder.resolve("vfs").toString())),
            new PrintStream(log, true, UTF_8));
    assertThat(Run.of(socket(), "create", "vol1").status()).isZero();
    writeNoise(folder.resolve("vfs/vol1/noise"));
    assertThat(Run.of(socket(), "snapshot", "create", "vol1", "--name", "s1").status()).isZero();
    return daemon;
  }

  private Path socket() {
    return folder.resolve("s");
  }

  private Process backUp() throws IOException {
    Process backup =
        convoy(
            "--socket",
            socket().toString(),
            "backup",
            "create",
            "s1",
            "--compression",
            "gzip",
            "--dest",
            "vfs://" + backups());
    await().atMost(LIMIT).until(() -> errors().contains("iB/s"));
    return backup;
  }

  private Path backups() throws IOException {
    return Files.createDirectories(folder.resolve("backups"));
  }

  private JsonNode lastJob() throws IOException {
    JsonNode jobs = new ObjectMapper().readTree(Run.of(socket(), "jobs").out()).path("Jobs");
    return jobs.path(jobs.size() - 1);
  }

  @Test
  void backupByTheDaemon_interrupted_isCancelledAndLeavesNothing() throws Exception {
    try (ConvoyDaemon daemon = start(new ByteArrayOutputStream())) {
      Process backup = backUp();
      String id = lastJob().path("ID").asText();
      pressCtrlC(backup);

      assertThat(errors())
          .endsWith(
              "convoy: interrupted: the daemon cancels the work; 'convoy jobs show %s' tells what became of it\n"
                  .formatted(id));
      await().atMost(LIMIT).until(() -> lastJob().path("State").asText().equals("cancelled"));
      assertThat(lastJob().path("Error").path("Detail").asText())
          .startsWith("The work was cancelled: asked for by uid=");
      assertThat(Run.of(socket(), "inspect", "vol1").out()).doesNotContain("Activity");
      assertThat(Run.of(socket(), "backup", "list", "vfs://" + backups()).out()).isEqualTo("{}\n");
      assertThat(daemon).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-HUP", "-KILL"})
  void backupByTheDaemon_terminalClosedOrCommandKilled_isMade(String signal) throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try (ConvoyDaemon daemon = start(log)) {
      Process backup = backUp();
      String id = lastJob().path("ID").asText();
      assertThat(new ProcessBuilder("kill", signal, Long.toString(backup.pid())).start().waitFor())
          .isZero();
      assertThat(backup.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(lastJob().path("State").asText()).isEqualTo("running");

      Run waited = Run.of(socket(), "jobs", "wait", id);

      assertThat(waited.status()).as(waited.err()).isZero();
      assertThat(waited.out()).startsWith("vfs://" + backups() + "?backup=");
      assertThat(Run.of(socket(), "backup", "list", "vfs://" + backups()).out())
          .contains(waited.out().strip());
      await().until(() -> log.toString(UTF_8).contains("whose client went away: done"));
      assertThat(daemon).isNotNull();
    }
  }

  @Test
  void backupOfAnImage_interrupted_undoesItselfFirst() throws Exception {
    Path image = folder.resolve("disk.img");
    writeNoise(image);
    Path backups = Files.createDirectory(folder.resolve("backups"));
    String[] command = {
      "backup",
      "create",
      "--image",
      image.toString(),
      "--volume",
      "disk",
      "--compression",
      "gzip",
      "--dest",
      "vfs://" + backups
    };

    Process backup = convoy(command);
    await().atMost(LIMIT).until(() -> errors().contains("iB/s"));
    pressCtrlC(backup);

    assertThat(errors()).contains("convoy: interrupted: undoing what was begun\n");
    command[Arrays.asList(command).indexOf("gzip")] = "none";
    Run again = Run.of(Map.of(), List.of(command));
    assertThat(again.status()).as(again.err()).isZero();
  }
}
