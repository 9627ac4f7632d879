package io.convoy.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.testing.InMemoryVolumeDriver;
import io.convoy.core.testing.InMemoryVolumeDriverFactory;
import io.convoy.plugin.http.RawClient;
import io.convoy.plugin.http.RawClient.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A daemon with volumes in memory. */
final class TestDaemon implements AutoCloseable {
  private final Path root;
  private final Path socket;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ConvoyDaemon daemon;

  TestDaemon(Path directory) throws IOException {
    this(directory, UnaryOperator.identity());
  }

  TestDaemon(Path directory, UnaryOperator<DaemonConfig> changes) throws IOException {
    root = directory.resolve("root");
    socket = directory.resolve("convoy.sock");
    daemon =
        ConvoyDaemon.start(
            changes.apply(
                DaemonConfig.embedded(root, socket)
                    .withDrivers(List.of(InMemoryVolumeDriverFactory.NAME), Map.of())),
            new PrintStream(output, true, UTF_8));
  }

  Path root() {
    return root;
  }

  Path socket() {
    return socket;
  }

  /** Returns what the daemon has printed: its log, unless that goes to a file. */
  String output() {
    return output.toString(UTF_8);
  }

  /** Returns the calls that it answers: the methods by path. */
  Map<String, Set<String>> routes() {
    return daemon.routes();
  }

  InMemoryVolumeDriver driver() {
    return InMemoryVolumeDriverFactory.openUnder(root);
  }

  Answer call(String method, String path, String body, String... headers) throws IOException {
    return RawClient.call(socket, method, path, body, headers);
  }

  /** Returns the body of a call that must succeed. */
  String ok(String method, String path, String body) throws IOException {
    Answer answer = call(method, path, body);
    if (answer.status() != 200) {
      throw new AssertionError(method + " " + path + ": " + answer);
    }
    return answer.body();
  }

  /** Returns the answer of Docker's plugin API. */
  JsonNode docker(String call, String body) throws IOException {
    return Json.parse(ok("POST", "/" + call, body));
  }

  @Override
  public void close() throws IOException {
    daemon.close();
  }
}
