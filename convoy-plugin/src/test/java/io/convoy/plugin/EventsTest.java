package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.Event;
import io.convoy.core.InUseException;
import io.convoy.core.VolumeName;
import io.convoy.plugin.http.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens is told to those who follow it. */
@Timeout(60)
final class EventsTest {
  @TempDir private Path directory;
  private TestDaemon daemon;

  @BeforeEach
  void startDaemon() throws IOException {
    daemon = new TestDaemon(directory);
  }

  @AfterEach
  void stopDaemon() throws IOException {
    daemon.close();
  }

  /** Follows the events at a path; the answer has begun when this returns. */
  private RawClient follow(String path) throws IOException {
    RawClient client = RawClient.connect(daemon.socket());
    client.send("GET " + path + " HTTP/1.1\r\nHost: convoy\r\n\r\n");
    client.receiveUntil("\r\n\r\n");
    return client;
  }

  private static List<JsonNode> events(String received) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : received.lines().filter(text -> text.startsWith("{")).toList()) {
      events.add(Json.parse(line));
    }
    return events;
  }

  private static List<String> kinds(String received) throws IOException {
    return events(received).stream().map(event -> event.path("Event").asText()).toList();
  }

  private void liveOneLife(String volume, String snapshot) throws IOException {
    daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"%s\"}".formatted(volume));
    daemon.ok("POST", "/v1/volumes/mount", "{\"VolumeName\":\"%s\"}".formatted(volume));
    daemon.ok("POST", "/v1/volumes/umount", "{\"VolumeName\":\"%s\"}".formatted(volume));
    daemon.ok(
        "POST",
        "/v1/snapshots/create",
        "{\"VolumeName\":\"%s\",\"Name\":\"%s\"}".formatted(volume, snapshot));
    String url =
        daemon.ok(
            "POST",
            "/v1/backups/create",
            "{\"SnapshotName\":\"%s\",\"URL\":\"memory://store\"}".formatted(snapshot));
    daemon.ok("POST", "/v1/volumes/create", Json.line(restore(volume + "-restored", url)));
    daemon.ok("DELETE", "/v1/backups", Json.line(Json.object().put("URL", url)));
    daemon.ok("DELETE", "/v1/snapshots/", "{\"SnapshotName\":\"%s\"}".formatted(snapshot));
    daemon.ok("DELETE", "/v1/volumes/", "{\"VolumeName\":\"%s\"}".formatted(volume));
  }

  private static JsonNode restore(String name, String url) {
    return Json.object().put("Name", name).put("BackupURL", url);
  }

  @Test
  void follow_lifeOfAVolume_isToldInOrder() throws IOException {
    try (RawClient client = follow("/v2/events")) {
      liveOneLife("vol1", "snap1");

      String received = client.receiveUntil("volume-deleted");
      assertThat(received).contains("application/x-ndjson");
      assertThat(kinds(received))
          .containsExactly(
              "volume-created",
              "volume-mounted",
              "volume-unmounted",
              "snapshot-created",
              "backup-started",
              "backup-finished",
              "restore-started",
              "restore-finished",
              "backup-deleted",
              "snapshot-deleted",
              "volume-deleted");
      JsonNode finished = events(received).get(5);
      assertThat(finished.path("Volume").asText()).isEqualTo("vol1");
      assertThat(finished.path("Snapshot").asText()).isEqualTo("snap1");
      assertThat(finished.path("BackupURL").asText()).startsWith("memory://store?backup=");
      assertThat(finished.path("ContentBytes").asLong()).isPositive();
      assertThat(Instant.parse(finished.path("Time").asText()))
          .isBetween(Instant.now().minusSeconds(60), Instant.now());
    }
  }

  @Test
  void follow_oneVolume_isNotToldOfOthers() throws IOException {
    try (RawClient client = follow("/v2/events?volume=vol2")) {
      liveOneLife("vol1", "snap1");
      daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"vol2\"}");

      assertThat(kinds(client.receiveUntil("vol2"))).containsExactly("volume-created");
    }
  }

  @Test
  void follow_docker_isToldOfOnce() throws IOException {
    try (RawClient client = follow("/v2/events")) {
      daemon.docker("VolumeDriver.Create", "{\"Name\":\"vol1\"}");
      daemon.docker("VolumeDriver.Create", "{\"Name\":\"vol1\"}");
      daemon.docker("VolumeDriver.Mount", "{\"Name\":\"vol1\",\"ID\":\"c0ffee\"}");

      String received = client.receiveUntil("volume-mounted");
      assertThat(kinds(received)).containsExactly("volume-created", "volume-mounted");
      assertThat(events(received).get(1).path("Message").asText()).contains("c0ffee");
    }
  }

  @Test
  void follow_failedBackupAndRestore_areToldWithTheReason() throws IOException {
    daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"vol1\"}");
    daemon.ok("POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Name\":\"snap1\"}");
    daemon
        .driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("get")) {
                throw new IOException("the disk is on fire");
              }
            });
    try (RawClient client = follow("/v2/events")) {
      daemon.call(
          "POST", "/v1/backups/create", "{\"SnapshotName\":\"snap1\",\"URL\":\"memory://store\"}");
      daemon.call(
          "POST",
          "/v1/volumes/create",
          Json.line(restore("vol2", "memory://store?backup=backup-none&volume=vol1")));

      String received = client.receiveUntil("restore-failed");
      // Others may be warned of, too.
      assertThat(kinds(received))
          .filteredOn(kind -> !kind.equals("warning"))
          .containsExactly("backup-started", "backup-failed", "restore-started", "restore-failed");
      assertThat(events(received).get(1).path("Message").asText()).isEqualTo("the disk is on fire");
    }
  }

  @Test
  void follow_warningOfADriver_isTold() throws IOException {
    try (RawClient client = follow("/v2/events")) {
      System.getLogger("io.convoy.devmapper.PoolWatch")
          .log(System.Logger.Level.WARNING, "Thin pool ''{0}'' is full", "convoy-pool");

      String received = client.receiveUntil("warning");
      assertThat(events(received).get(0).path("Message").asText())
          .isEqualTo("Thin pool 'convoy-pool' is full");
    }
  }

  @Test
  void follow_clientThatReadsNothing_isCutOffAndToldSo() throws IOException {
    System.Logger logger = System.getLogger("io.convoy.devmapper.PoolWatch");
    try (RawClient client = follow("/v2/events")) {
      for (int i = 0; i < 4 * EventHub.BUFFER; i++) {
        logger.log(System.Logger.Level.WARNING, "x".repeat(1000));
      }
      daemon.ok("GET", "/v1/info", "");

      String received = client.receiveUntil("too slow");
      assertThat(received).contains("%s events waited".formatted(EventHub.BUFFER));
      assertThat(kinds(received).size()).isBetween(EventHub.BUFFER, 4 * EventHub.BUFFER - 1);
    }
  }

  @Test
  void close_daemon_endsTheAnswer() throws IOException {
    try (RawClient client = follow("/v2/events")) {
      daemon.close();

      assertThat(client.receiveAll()).endsWith("0\r\n\r\n");
    }
  }

  @Test
  void follow_clientGone_makesRoom() throws IOException {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < EventHub.MAX_FOLLOWERS; i++) {
      clients.add(follow("/v2/events"));
    }
    RawClient.Answer refused = daemon.call("GET", "/v2/events", "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains("32 clients");

    for (RawClient client : clients) {
      client.close();
    }
    // They are noticed when something is told.
    daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"vol1\"}");

    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              daemon.ok("POST", "/v1/volumes/mount", "{\"VolumeName\":\"vol1\"}");
              try (RawClient client = RawClient.connect(daemon.socket())) {
                client.send("GET /v2/events HTTP/1.1\r\nHost: convoy\r\n\r\n");
                return client.receiveUntil("\r\n\r\n").startsWith("HTTP/1.1 200");
              }
            });
  }

  @Test
  void next_followerThatDoesNotKeepUp_getsWhatWaitedAndIsToldSo() throws Exception {
    EventHub hub = new EventHub();
    EventHub.Follower slow = hub.follow();
    EventHub.Follower quick = hub.follow();
    Event event =
        Event.of(Instant.EPOCH, Event.Kind.VOLUME_CREATED).withVolume(new VolumeName("vol1"));
    for (int i = 0; i < EventHub.BUFFER + 5; i++) {
      hub.happened(event);
      assertThat(quick.next(Duration.ZERO)).contains(event);
    }

    for (int i = 0; i < EventHub.BUFFER; i++) {
      assertThat(slow.end()).isEmpty();
      assertThat(slow.next(Duration.ZERO)).contains(event);
    }
    assertThat(slow.next(Duration.ofMinutes(5))).isEmpty();
    assertThat(slow.end()).contains(EventHub.End.TOO_SLOW);
    assertThat(quick.end()).isEmpty();
  }

  @Test
  void follow_tooMany_isRefusedUntilOneGoes() throws Exception {
    EventHub hub = new EventHub();
    EventHub.Follower first = hub.follow();
    for (int i = 1; i < EventHub.MAX_FOLLOWERS; i++) {
      EventHub.Follower unused = hub.follow();
    }
    assertThatThrownBy(hub::follow).isInstanceOf(InUseException.class);

    first.close();

    assertThat(hub.follow().next(Duration.ZERO)).isEqualTo(Optional.empty());
  }
}
