package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.convoy.cli.lab.S3Server;
import io.convoy.cli.lab.ThinHost;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A long backup is in nobody's way. */
@Tag("kernel-lab")
final class BusyBackupLabTest {
  private static final int BIG_BLOCKS = 100;
  private static final int BLOCK_BYTES = 2 << 20;
  private static final Duration PUT_LATENCY = Duration.ofSeconds(5);

  /** Far more than a call takes, far less than the backup would: the machine may be busy. */
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

  @TempDir Path directory;
  private final CommandRunner commands = new ProcessCommandRunner();

  private Path socket() {
    return directory.resolve("socket");
  }

  private String convoy(String line) {
    Run run = Run.of(socket(), Run.words(line).toArray(String[]::new));
    assertThat(run.status()).as("%s: %s", line, run).isZero();
    return run.out().strip();
  }

  @Test
  void backupCreate_slowStore_keepsNobodyWaiting() throws Exception {
    S3Server.useCredentials();
    Path engine = Path.of("src/test/lab/engine").toAbsolutePath();
    commands.run(
        List.of("sh", "-euc", ". '%s'; start_engine".formatted(engine)), Duration.ofMinutes(3));
    try (S3Server slow =
            S3Server.start(Files.createDirectory(directory.resolve("s3")), PUT_LATENCY);
        ThinHost host = ThinHost.create(directory.resolve("host"), 4L << 30, Map.of());
        ConvoyDaemon daemon = start(host)) {
      assertThat(daemon).isNotNull();
      convoy("create big --size 1G");
      convoy("create other --size 64M");
      fill(Path.of(convoy("mount big")).resolve("data"));
      convoy("umount big");
      convoy("snapshot create big --name snap-big");
      CompletableFuture<Run> backup =
          CompletableFuture.supplyAsync(
              () ->
                  Run.of(
                      socket(),
                      "backup",
                      "--s3-endpoint",
                      slow.endpoint(),
                      "create",
                      "snap-big",
                      "--dest",
                      slow.destination("busy/").toString()));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> backup.isDone() || convoy("inspect big").contains("backup of snap-big"));

      StringBuilder measured = new StringBuilder();
      for (String volume : List.of("big", "other")) {
        measure(measured, "mount " + volume);
        measure(measured, "snapshot create " + volume + " --name during-" + volume);
        measure(measured, "umount " + volume);
      }
      measure(measured, "list");
      measure(measured, "create third --size 64M");
      long start = System.nanoTime();
      String listed =
          commands.run(
              List.of(
                  "docker",
                  "run",
                  "--rm",
                  "-v",
                  "big:/big",
                  "--volume-driver=convoy",
                  "convoy-test:1",
                  "ls",
                  "/big"),
              Duration.ofMinutes(2));
      long dockerMillis = Duration.ofNanos(System.nanoTime() - start).toMillis();
      boolean running = !backup.isDone();
      Run result = backup.join();

      System.out.printf(
          "While a backup ran: %sdocker run on its volume %d ms%n", measured, dockerMillis);
      assertThat(listed).contains("data");
      assertThat(running).as("the backup still ran").isTrue();
      assertThat(result.status()).as("%s", result).isZero();
    }
  }

  private ConvoyDaemon start(ThinHost host) throws IOException {
    DaemonConfig embedded = DaemonConfig.embedded(host.root(), socket());
    Path spec = Files.createDirectories(Path.of("/etc/docker/plugins")).resolve("convoy.spec");
    Files.writeString(spec, "unix://" + socket());
    return ConvoyDaemon.start(
        embedded.withDrivers(List.of("devicemapper"), host.options()),
        new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
  }

  private void measure(StringBuilder measured, String line) {
    long start = System.nanoTime();
    convoy(line);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    measured.append("%s %d ms, ".formatted(line, took.toMillis()));
    assertThat(took).as(line).isLessThan(CALL_LIMIT);
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    Random random = new Random(1);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < BIG_BLOCKS; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
  }
}
