package io.convoy.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.convoy.core.VolumeName;
import io.convoy.plugin.http.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus gets to read. */
@Timeout(60)
final class MetricsTest {
  /** A line of Prometheus' text format. */
  private static final Pattern SAMPLE =
      Pattern.compile("(?<name>[a-z_]+(?:\\{(?:[a-z]+=\"[^\"]*\",?)*})?) (?<value>\\S+)");

  @TempDir private Path directory;

  private static Map<String, Double> samples(String page) {
    Map<String, Double> samples = new TreeMap<>();
    for (String line : page.lines().filter(text -> !text.startsWith("#")).toList()) {
      Matcher sample = SAMPLE.matcher(line);
      assertThat(sample.matches()).as(line).isTrue();
      samples.put(sample.group("name"), Double.valueOf(sample.group("value")));
    }
    return samples;
  }

  private static void backUp(TestDaemon daemon) throws IOException {
    daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"vol1\",\"Size\":65536}");
    daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"vol2\"}");
    daemon.ok("POST", "/v1/volumes/mount", "{\"VolumeName\":\"vol1\"}");
    daemon.ok("POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Name\":\"snap1\"}");
    daemon.ok(
        "POST", "/v1/backups/create", "{\"SnapshotName\":\"snap1\",\"URL\":\"memory://store\"}");
  }

  @Test
  void metrics_afterABackup_tellOfAllThatWasDone() throws IOException {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      backUp(daemon);
      daemon.docker("VolumeDriver.Mount", "{\"Name\":\"nosuch\",\"ID\":\"id\"}");
      daemon.call("GET", "/v1/nonsense", "");
      daemon.call("DELETE", "/v1/volumes/", "{\"VolumeName\":\"nosuch\"}");

      RawClient.Answer answer = daemon.call("GET", "/metrics", "");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.head()).contains("text/plain; version=0.0.4");
      assertThat(answer.body())
          .contains("# TYPE convoy_request_seconds histogram")
          .contains("# TYPE convoy_events_total counter")
          .contains("# HELP convoy_volume_last_backup_age_seconds ");
      assertThat(samples(answer.body()))
          .containsEntry("convoy_volumes{driver=\"memory\",state=\"ready\"}", 2.0)
          .containsEntry("convoy_volumes_mounted{driver=\"memory\"}", 1.0)
          .containsEntry("convoy_snapshots{driver=\"memory\"}", 1.0)
          .containsEntry("convoy_volume_size_bytes{driver=\"memory\",volume=\"vol1\"}", 65536.0)
          .containsEntry("convoy_events_total{event=\"backup-finished\"}", 1.0)
          .containsEntry("convoy_events_total{event=\"backup-failed\"}", 0.0)
          .containsEntry("convoy_events_total{event=\"volume-created\"}", 2.0)
          .containsEntry("convoy_backup_bytes_total{bytes=\"content\"}", 65536.0)
          .containsEntry("convoy_jobs_running", 0.0)
          .containsEntry("convoy_problems", 0.0)
          .containsEntry("convoy_request_failures_total{call=\"POST /VolumeDriver.Mount\"}", 1.0)
          .containsEntry("convoy_request_failures_total{call=\"POST /volumes/create\"}", 0.0)
          .containsEntry("convoy_request_failures_total{call=\"other\"}", 1.0)
          .containsEntry(
              "convoy_request_seconds_count{call=\"POST /volumes/create\",failed=\"false\",status=\"200\"}",
              2.0)
          .containsEntry(
              "convoy_request_seconds_bucket{call=\"DELETE /volumes\",failed=\"true\",status=\"404\",le=\"+Inf\"}",
              1.0)
          .hasEntrySatisfying(
              "convoy_volume_last_backup_age_seconds{driver=\"memory\",volume=\"vol1\"}",
              age -> assertThat(age).isBetween(0.0, 60.0))
          .doesNotContainKey(
              "convoy_volume_last_backup_age_seconds{driver=\"memory\",volume=\"vol2\"}")
          .doesNotContainKey("convoy_unreadable{what=\"volumes\"}");
    }
  }

  @Test
  void metrics_bucketsOfATime_riseToItsCount() throws IOException {
    RequestTimes times = new RequestTimes((method, path) -> path);
    times.answered("GET", "/a", 200, false, 900_000);
    times.answered("GET", "/a", 200, false, 1_000_000);
    times.answered("GET", "/a", 200, false, 3_000_000);
    times.answered("GET", "/a", 200, false, 1_000_000_000_000L);

    long[] counts = times.all().values().iterator().next().counts();

    assertThat(counts[0]).isEqualTo(2);
    assertThat(counts[1]).isZero();
    assertThat(counts[2]).isEqualTo(1);
    assertThat(counts[counts.length - 1]).isEqualTo(1);
  }

  @Test
  void metrics_volumesThatCannotBeListed_areLeftOutAndThatIsSaid() throws IOException {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      backUp(daemon);
      daemon
          .driver()
          .setHook(
              (step, volume) -> {
                if (step.equals("list")) {
                  throw new IOException("the disk is on fire");
                }
              });

      Map<String, Double> samples = samples(daemon.ok("GET", "/metrics", ""));

      assertThat(samples)
          .containsEntry("convoy_unreadable{what=\"volumes\"}", 1.0)
          .containsEntry("convoy_events_total{event=\"backup-finished\"}", 1.0)
          .containsEntry("convoy_problems", 1.0);
      assertThat(samples.keySet()).noneMatch(name -> name.startsWith("convoy_volumes"));
    }
  }

  @Test
  void metrics_atAPort_areThereAndNothingElseIs() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (TestDaemon daemon =
        new TestDaemon(
            directory, config -> config.withObservation(LogFormat.TEXT, Optional.of(address)))) {
      backUp(daemon);

      assertThat(samples(get(port, "/metrics", 200)))
          .containsEntry("convoy_events_total{event=\"backup-finished\"}", 1.0);
      assertThat(get(port, "/v1/info", 404)).contains("/metrics alone");
      assertThat(get(port, "/", 404)).contains("/metrics alone");
      assertThat(daemon.output()).contains("Metrics are at http://127.0.0.1:" + port);
    }
  }

  private static String get(int port, String path, int status) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString(UTF_8));
    assertThat(answer.statusCode()).isEqualTo(status);
    return answer.body();
  }

  @Test
  void metrics_portThatIsTaken_doNotKeepTheDaemonFromItsVolumes() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TestDaemon daemon =
            new TestDaemon(
                directory,
                config ->
                    config.withObservation(
                        LogFormat.TEXT,
                        Optional.of(
                            new InetSocketAddress(
                                taken.getInetAddress(), taken.getLocalPort()))))) {
      daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"vol1\"}");

      assertThat(daemon.output()).contains("WARN  Metrics can't be served at");
      assertThat(daemon.driver().get(new VolumeName("vol1"))).isPresent();
    }
  }

  @Test
  void log_json_isAnObjectALine() throws IOException {
    try (TestDaemon daemon =
        new TestDaemon(
            directory, config -> config.withObservation(LogFormat.JSON, Optional.empty()))) {
      daemon.call("DELETE", "/v1/volumes/", "{\"VolumeName\":\"nosuch\"}");
      System.getLogger("io.convoy.test")
          .log(System.Logger.Level.WARNING, "It \"broke\"\nhere", new IOException("fire"));

      // A request is logged when its answer is on its way.
      await()
          .untilAsserted(() -> assertThat(daemon.output()).contains("io.convoy.plugin.requests"));
      String log = daemon.output();
      for (String line : log.lines().toList()) {
        assertThat(Json.parse(line).fieldNames())
            .toIterable()
            .startsWith("time", "level", "logger", "message");
      }
      assertThat(log)
          .contains("\"level\":\"INFO\",\"logger\":\"io.convoy.plugin.requests\"")
          .contains("\"level\":\"WARN\",\"logger\":\"io.convoy.test\"")
          .contains("\"message\":\"It \\\"broke\\\" here\",\"trace\":\"java.io.IOException: fire");
    }
  }
}
