package io.convoy.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.InUseException;
import io.convoy.plugin.http.RawClient;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ConvoyDaemonTest {
  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);

  @TempDir private Path directory;

  @Test
  void start_ready_printsOneLineAndListensAtBothSockets() throws IOException {
    Path plugin = directory.resolve("plugins/convoy.sock");
    try (TestDaemon daemon =
        new TestDaemon(directory, config -> config.withPluginSocket(Optional.of(plugin)))) {
      assertThat(daemon.output().lines().filter(line -> line.contains("is ready"))).hasSize(1);
      assertThat(daemon.output())
          .contains("process " + ProcessHandle.current().pid())
          .contains("root " + daemon.root())
          .contains("drivers [memory]")
          .contains(daemon.socket().toString())
          .contains(plugin.toString());
      for (Path socket : List.of(daemon.socket(), plugin)) {
        assertThat(RawClient.call(socket, "GET", "/info", "").status()).isEqualTo(200);
        assertThat(RawClient.call(socket, "POST", "/Plugin.Activate", "").status()).isEqualTo(200);
      }
    }
    assertThat(plugin).doesNotExist();
    assertThat(directory.resolve("convoy.sock")).doesNotExist();
  }

  @Test
  void start_pluginSocketNotPossible_goesOn() throws IOException {
    Path blocked = Files.writeString(directory.resolve("file"), "x").resolve("convoy.sock");
    try (TestDaemon daemon =
        new TestDaemon(directory, config -> config.withPluginSocket(Optional.of(blocked)))) {
      assertThat(daemon.ok("GET", "/info", "")).contains("memory");
    }
  }

  @Test
  void start_socketNotPossible_failsAndLetsGo() throws IOException {
    Path blocked = Files.writeString(directory.resolve("file"), "x").resolve("convoy.sock");
    DaemonConfig config =
        DaemonConfig.embedded(directory.resolve("root"), blocked)
            .withDrivers(List.of("memory"), Map.of());

    assertThatThrownBy(() -> ConvoyDaemon.start(config, NOWHERE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Can't listen at socket '" + blocked);
    try (TestDaemon daemon = new TestDaemon(directory)) {
      assertThat(daemon.ok("GET", "/info", "")).contains("memory");
    }
  }

  @Test
  void start_secondOnTheRoot_isToldWhoHasIt() throws IOException {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      DaemonConfig second =
          DaemonConfig.embedded(daemon.root(), directory.resolve("second.sock"))
              .withDrivers(List.of("memory"), Map.of());

      assertThatThrownBy(() -> ConvoyDaemon.start(second, NOWHERE))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      assertThat(daemon.ok("GET", "/info", "")).contains("memory");
    }
  }

  @Test
  void start_unknownDriverOrOption_isRefused() {
    DaemonConfig config =
        DaemonConfig.embedded(directory.resolve("root"), directory.resolve("s.sock"));

    assertThatThrownBy(
            () -> ConvoyDaemon.start(config.withDrivers(List.of("nosuch"), Map.of()), NOWHERE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nosuch")
        .hasMessageContaining("memory");
    assertThatThrownBy(
            () ->
                ConvoyDaemon.start(
                    config.withDrivers(List.of("memory"), Map.of("memory.nosuch", "1")), NOWHERE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("memory.nosuch");
    assertThat(directory.resolve("root/convoy.cfg")).doesNotExist();
  }

  @Test
  void restart_withoutOptions_takesThemFromTheFileAndKeepsVolumes() throws IOException {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      daemon.ok("POST", "/volumes/create", "{\"Name\":\"vol1\"}");
      daemon.docker("VolumeDriver.Mount", "{\"Name\":\"vol1\",\"ID\":\"a\"}");
    }
    try (TestDaemon daemon =
        new TestDaemon(directory, config -> config.withDrivers(List.of(), Map.of()))) {
      assertThat(daemon.ok("GET", "/volumes/", "{\"VolumeName\":\"vol1\"}"))
          .contains("/mounts/vol1");
    }
  }

  @Test
  void start_withLogFile_logsThereAndPrintsOneLine() throws IOException {
    Path log = directory.resolve("logs/convoy.log");
    String printed;
    try (TestDaemon daemon = new TestDaemon(directory, config -> config.withLog(log))) {
      daemon.ok("GET", "/info", "");
      printed = daemon.output();
    }
    assertThat(printed.lines()).hasSize(1).first().asString().startsWith("Convoy ");
    assertThat(log).content().contains("is ready").contains("GET /info 200").contains("Stopped");
  }

  @Test
  void close_workInProgress_isCancelledAndUndone() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    String answer;
    try (TestDaemon daemon = new TestDaemon(directory)) {
      daemon
          .driver()
          .setHook(
              (step, volume) -> {
                if (step.equals("create")) {
                  reached.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    throw new java.io.InterruptedIOException("cancelled");
                  }
                }
              });
      try (RawClient client = RawClient.connect(daemon.socket())) {
        client.send(
            "POST /volumes/create HTTP/1.1\r\nContent-Length: 15\r\n\r\n{\"Name\":\"vol1\"}");
        reached.await();
        daemon.close();
        answer = client.receiveAll();
      }
    }
    assertThat(answer).startsWith("HTTP/1.1 500 ").contains("The work was cancelled");
    try (TestDaemon daemon = new TestDaemon(directory)) {
      assertThat(daemon.ok("GET", "/volumes/list", "")).isEqualTo("{}");
    }
  }

  @Test
  void readiness_isToldToTheServiceManager() throws IOException {
    Path path = directory.resolve("notify");
    try (UnixDatagramChannel channel = UnixDatagramChannel.open()) {
      channel.bind(new UnixSocketAddress(path.toFile()));

      ServiceManager.of(Map.of("NOTIFY_SOCKET", path.toString())).tell("READY=1");

      ByteBuffer received = ByteBuffer.allocate(100);
      channel.receive(received);
      assertThat(new String(received.array(), 0, received.position(), UTF_8)).isEqualTo("READY=1");
    }
    ServiceManager.of(Map.of("NOTIFY_SOCKET", directory + "/nobody")).tell("READY=1");
    ServiceManager.of(Map.of()).tell("READY=1");
  }
}
