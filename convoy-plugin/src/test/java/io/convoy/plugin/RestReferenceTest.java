package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.BackupCare;
import io.convoy.core.BackupName;
import io.convoy.core.BackupUrl;
import io.convoy.core.Extent;
import io.convoy.core.VerifyOptions;
import io.convoy.core.VerifyReport;
import io.convoy.plugin.http.RawClient;
import io.convoy.plugin.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/openapi.yaml} and the daemon say the same. */
@Timeout(60)
final class RestReferenceTest {
  private static final String NDJSON = "Accept: application/x-ndjson";

  @TempDir private Path directory;
  private TestDaemon daemon;
  private RestReference reference;

  /** The calls that went well, by path. */
  private final Map<String, Set<String>> seen = new TreeMap<>();

  @BeforeEach
  void start() throws IOException {
    daemon = new TestDaemon(directory);
    reference = new RestReference();
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  /** Makes a call that must go well, and checks both sides of it. */
  private String ok(String method, String path, String body, String... headers) throws IOException {
    reference.checkRequest(method, path, body);
    Answer answer = daemon.call(method, path, body, headers);
    assertThat(answer.status()).as("%s %s: %s", method, path, answer).isEqualTo(200);
    reference.checkAnswer(method, path, answer);
    String plain =
        path.split("\\?", 2)[0].replaceFirst("^/v[12](?=/)", "").replaceFirst("(?<=.)/$", "");
    seen.computeIfAbsent(plain, none -> new TreeSet<>()).add(method);
    return answer.body();
  }

  private void fails(int status, String method, String path, String body) throws IOException {
    for (String accept : new String[] {"Accept: text/plain", "Accept: application/json"}) {
      Answer answer = daemon.call(method, path, body, accept);
      assertThat(answer.status()).as("%s %s: %s", method, path, answer).isEqualTo(status);
      reference.checkAnswer(method, path, answer);
    }
  }

  @Test
  void routes_ofTheDaemon_areThoseOfTheDocument() {
    assertThat(reference.routes()).isEqualTo(daemon.routes());
  }

  @Test
  void answers_ofEveryCall_areAsTheDocumentSays() throws IOException {
    followOneEvent();
    volumesAndSnapshots();
    String url = ok("POST", "/v1/backups/create", backup("\"snap1\""));
    ok("POST", "/v1/backups/create", backup("\"snap1\",\"Verbose\":true"));
    ok("POST", "/v1/backups/create", backup("\"snap1\""), NDJSON);
    backups(url);
    trash();
    jobs();
    ok("GET", "/v1/info", "");
    ok("GET", "/v2/doctor", "");
    ok("POST", "/v2/doctor", "");
    ok("GET", "/metrics", "");
    docker();

    assertThat(seen).as("every call was made").isEqualTo(daemon.routes());
  }

  private static String backup(String snapshotAndMore) {
    return "{\"SnapshotName\":%s,\"URL\":\"memory://store\"}".formatted(snapshotAndMore);
  }

  private void followOneEvent() throws IOException {
    try (RawClient client = RawClient.connect(daemon.socket())) {
      client.send("GET /v2/events?volume=vol1 HTTP/1.1\r\nHost: convoy\r\n\r\n");
      String head = client.receiveUntil("\r\n\r\n").split("\r\n\r\n", 2)[0];
      ok("POST", "/v1/volumes/create", "{\"Name\":\"vol1\",\"Size\":\"64K\"}");
      String event =
          client
              .receiveUntil("volume-created")
              .lines()
              .filter(l -> l.startsWith("{"))
              .findFirst()
              .orElseThrow();
      reference.checkAnswer("GET", "/v2/events", new Answer(200, head, event));
      seen.put("/events", Set.of("GET"));
    }
  }

  private void volumesAndSnapshots() throws IOException {
    ok("POST", "/v1/volumes/create", "{\"Verbose\":true,\"DriverName\":\"memory\"}");
    ok("POST", "/v1/volumes/create", "{\"Name\":\"vol2\",\"Size\":65536}", NDJSON);
    ok("POST", "/v1/volumes/mount", "{\"VolumeName\":\"vol1\"}");
    ok("POST", "/v1/volumes/mount", "{\"VolumeName\":\"vol1\",\"Verbose\":true}");
    ok("POST", "/v2/volumes/resize", "{\"VolumeName\":\"vol1\",\"Size\":100000}");
    ok("POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Name\":\"snap1\"}");
    ok("POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Verbose\":true}");
    ok("POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Name\":\"snap2\"}", NDJSON);
    ok("GET", "/v1/snapshots/", "{\"SnapshotName\":\"snap1\"}");
    ok("DELETE", "/v1/snapshots/", "{\"SnapshotName\":\"snap2\"}");
    ok("POST", "/v1/volumes/umount", "{\"VolumeName\":\"vol1\"}");
    ok("GET", "/v1/volumes/list", "");
    ok("GET", "/v1/volumes/list?driver=memory", "");
    ok("GET", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}");
  }

  private void backups(String url) throws IOException {
    String body = "{\"URL\":\"%s\"}".formatted(url);
    ok("GET", "/v1/backups/list", "{\"URL\":\"memory://store\",\"VolumeName\":\"vol1\"}");
    ok("GET", "/v1/backups/inspect", body);
    careOf(BackupUrl.parse(url));
    ok("POST", "/v1/volumes/create", "{\"Name\":\"res1\",\"BackupURL\":\"%s\"}".formatted(url));
    // With its last backup.
    ok("GET", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}");
    ok("DELETE", "/v1/backups", body);
  }

  /** The store in memory needs no care: what others would answer is taken from its source. */
  private void careOf(BackupUrl url) throws IOException {
    fails(400, "POST", "/v2/backups/verify", "{\"URL\":\"%s\"}".formatted(url));
    fails(400, "POST", "/v2/backups/gc", "{\"URL\":\"memory://store\",\"DryRun\":true}");
    VerifyReport damaged =
        new VerifyReport(
            3,
            2,
            4096,
            List.of(
                new VerifyReport.Damage(
                    "key",
                    "Block 3fa0… is missing",
                    List.of(new Extent(0, 2048)),
                    List.of(new BackupName("backup-1")))),
            List.of("the damage could not be noted"));
    checkDocument("/v2/backups/verify", Documents.verification(url, VerifyOptions.ALL, damaged));
    checkDocument(
        "/v2/backups/gc",
        Documents.garbage(new BackupCare.GarbageReport(1, 2, List.of("vol1: locked")), true));
  }

  private void checkDocument(String path, JsonNode document) throws IOException {
    String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
    reference.checkAnswer("POST", path, new Answer(200, head, Json.tabbed(document)));
    seen.put(path.replaceFirst("^/v2", ""), Set.of("POST"));
  }

  private void jobs() throws IOException {
    JsonNode all = Json.parse(ok("GET", "/v2/jobs/list", "")).path("Jobs");
    String id = "{\"ID\":\"%s\"}".formatted(all.path(0).path("ID").asText());
    ok("GET", "/v2/jobs", id);
    ok("POST", "/v2/jobs/wait", id);
    fails(404, "GET", "/v2/jobs", "{\"ID\":\"nosuch\"}");
    fails(409, "POST", "/v2/jobs/cancel", id);
    Answer begun = daemon.call("POST", "/v2/trash/empty", "{\"Detach\":true}");
    assertThat(begun.status()).isEqualTo(202);
    reference.checkAnswer("POST", "/v2/trash/empty", begun);
    // What it answers of a job that runs has the same source.
    seen.put("/jobs/cancel", Set.of("POST"));
  }

  private void trash() throws IOException {
    ok("DELETE", "/v1/volumes/", "{\"VolumeName\":\"vol2\",\"ReferenceOnly\":true}");
    ok("DELETE", "/v1/volumes/", "{\"VolumeName\":\"res1\",\"ReferenceOnly\":true}");
    JsonNode kept = Json.parse(ok("GET", "/v2/trash/list", ""));
    assertThat(kept.path("Volumes")).hasSize(2);
    ok("POST", "/v2/trash/restore", "{\"Volume\":\"vol2\",\"Verbose\":true}");
    ok("POST", "/v2/trash/empty", "{\"Volumes\":[\"res1\"]}");
  }

  private void docker() throws IOException {
    ok("POST", "/Plugin.Activate", "");
    ok("POST", "/VolumeDriver.Capabilities", "");
    ok("POST", "/VolumeDriver.Create", "{\"Name\":\"vol3\",\"Opts\":{\"size\":\"64K\"}}");
    ok("POST", "/VolumeDriver.Mount", "{\"Name\":\"vol1\",\"ID\":\"c0ffee\"}");
    ok("POST", "/VolumeDriver.Path", "{\"Name\":\"vol1\"}");
    ok("POST", "/VolumeDriver.Get", "{\"Name\":\"vol1\"}");
    ok("POST", "/VolumeDriver.Get", "{\"Name\":\"nosuch\"}");
    ok("POST", "/VolumeDriver.List", "");
    ok("POST", "/VolumeDriver.Unmount", "{\"Name\":\"vol1\",\"ID\":\"c0ffee\"}");
    ok("POST", "/VolumeDriver.Remove", "{\"Name\":\"vol3\"}");
  }

  @Test
  void errors_ofEveryKind_areAsTheDocumentSays() throws IOException {
    ok("POST", "/v1/volumes/create", "{\"Name\":\"vol1\"}");

    fails(404, "GET", "/v1/volumes/", "{\"VolumeName\":\"nosuch\"}");
    fails(404, "DELETE", "/v1/volumes/", "{\"VolumeName\":\"nosuch\"}");
    fails(404, "GET", "/v1/snapshots/", "{\"SnapshotName\":\"nosuch\"}");
    fails(409, "POST", "/v1/volumes/create", "{\"Name\":\"vol1\"}");
    fails(400, "POST", "/v1/volumes/create", "{\"Name\":\"../x\"}");
    fails(400, "POST", "/v1/volumes/create", "[]");
    fails(400, "GET", "/v1/backups/list", "{\"URL\":\"nonsense\"}");
  }

  @Test
  void check_answerThatDiffers_isFound() {
    Answer answer =
        new Answer(200, "Content-Type: application/json\r\n", "{\"Name\":\"vol1\",\"Size\":1}");

    assertThatThrownBy(() -> reference.checkAnswer("GET", "/v1/volumes/", answer))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Snapshots")
        .hasMessageContaining("Size");
  }
}
