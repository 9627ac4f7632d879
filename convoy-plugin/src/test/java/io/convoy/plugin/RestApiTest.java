package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.VolumeName;
import io.convoy.core.testing.OldConvoy;
import io.convoy.plugin.http.RawClient;
import io.convoy.plugin.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RestApiTest {
  @TempDir private Path directory;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws IOException {
    daemon = new TestDaemon(directory);
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  private void createVolume(String name) throws IOException {
    assertThat(daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"" + name + "\"}"))
        .isEqualTo(name);
  }

  private String createBackup(String snapshot) throws IOException {
    return daemon.ok(
        "POST",
        "/v1/backups/create",
        "{\"SnapshotName\":\"%s\",\"URL\":\"memory://%s\"}".formatted(snapshot, directory));
  }

  @Test
  void life_ofVolumeSnapshotAndBackup_answersAsV052Does() throws IOException {
    createVolume("vol1");
    assertThat(daemon.ok("POST", "/v1/volumes/mount", "{\"VolumeName\":\"vol1\"}"))
        .endsWith("/mounts/vol1")
        .doesNotContain("\n");
    assertThat(
            daemon.ok(
                "POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Name\":\"snap1\"}"))
        .isEqualTo("snap1");
    String url = createBackup("snap1");
    assertThat(url).startsWith("memory://").contains("?backup=backup-").endsWith("&volume=vol1");
    assertThat(daemon.ok("POST", "/v1/volumes/umount", "{\"VolumeName\":\"vol1\"}")).isEmpty();
    assertThat(daemon.ok("DELETE", "/v1/snapshots/", "{\"SnapshotName\":\"snap1\"}")).isEmpty();
    assertThat(daemon.ok("DELETE", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}")).isEmpty();
    assertThat(
            daemon.ok(
                "POST",
                "/v1/volumes/create",
                "{\"Name\":\"res1\",\"BackupURL\":\"%s\"}"
                    .formatted(url.replace("&", "\\\\u0026"))))
        .isEqualTo("res1");
    assertThat(daemon.ok("DELETE", "/v1/backups", "{\"URL\":\"" + url + "\"}")).isEmpty();
    assertThat(daemon.ok("GET", "/v1/backups/list", "{\"URL\":\"memory://" + directory + "\"}"))
        .isEqualTo("{}");
  }

  @Test
  void create_withoutName_answersTheOneMade() throws IOException {
    assertThat(daemon.ok("POST", "/v1/volumes/create", "{\"Verbose\":false}"))
        .matches("volume-[0-9a-f]{16}");
  }

  @Test
  void create_sizeAsNumberOrText_isThatSize() throws IOException {
    for (String size : List.of("131072", "\"131072\"", "\"128k\"")) {
      String name = daemon.ok("POST", "/volumes/create", "{\"Size\":" + size + ",\"Unknown\":[1]}");
      assertThat(daemon.driver().read(new VolumeName(name))).hasSize(131072);
    }
    // v0.5.2's command sends zeros and empty texts for what was not given.
    assertThat(
            daemon.ok(
                "POST",
                "/volumes/create",
                "{\"Name\":\"zero\",\"DriverName\":\"\",\"Size\":0,\"BackupURL\":\"\",\"DriverVolumeID\":\"\","
                    + "\"Type\":\"\",\"IOPS\":0,\"PrepareForVM\":false,\"Endpoint\":\"\",\"Verbose\":false}"))
        .isEqualTo("zero");
  }

  @Test
  void paths_versionAndSlash_areOptional() throws IOException {
    createVolume("vol1");
    String body = "{\"volumename\":\"vol1\"}";
    String expected = daemon.ok("GET", "/v1/volumes/", body);

    for (String path : List.of("/volumes/", "/volumes", "/v1/volumes", "/v2.0/volumes/")) {
      assertThat(daemon.ok("GET", path, body)).isEqualTo(expected);
    }
  }

  @Test
  void verboseCreate_answersTheDocument() throws IOException {
    String text = daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"vol1\",\"Verbose\":true}");

    assertThat(text).isEqualTo(daemon.ok("GET", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}"));
    assertThat(
            daemon.ok(
                "POST",
                "/v1/snapshots/create",
                "{\"VolumeName\":\"vol1\",\"Name\":\"snap1\",\"Verbose\":true}"))
        .isEqualTo(daemon.ok("GET", "/v1/snapshots/", "{\"SnapshotName\":\"snap1\"}"));
    assertThat(
            daemon.ok(
                "POST",
                "/v1/backups/create",
                "{\"SnapshotName\":\"snap1\",\"URL\":\"memory://x\",\"Verbose\":true}"))
        .startsWith("{\n\t\"URL\": \"memory://x?backup=");
    assertThat(
            Json.parse(
                    daemon.ok(
                        "POST", "/v1/volumes/mount", "{\"VolumeName\":\"vol1\",\"Verbose\":true}"))
                .path("MountPoint")
                .asText())
        .endsWith("/mounts/vol1");
  }

  @Test
  void resize_larger_isShownEverywhereAtOnce() throws IOException {
    daemon.ok("POST", "/v1/volumes/create", "{\"Name\":\"vol1\",\"Size\":\"64k\"}");

    assertThat(
            daemon.ok("POST", "/v2/volumes/resize", "{\"VolumeName\":\"vol1\",\"Size\":\"128k\"}"))
        .isEqualTo("{\n\t\"VolumeName\": \"vol1\",\n\t\"Size\": 131072\n}");

    assertThat(daemon.ok("GET", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}"))
        .contains("\"Size\": \"131072\"");
    assertThat(daemon.ok("GET", "/v1/volumes/list", "")).contains("\"Size\": \"131072\"");
    String get = "{\"Name\":\"vol1\"}";
    assertThat(daemon.docker("VolumeDriver.Get", get).path("Volume").path("Status").path("Size"))
        .hasToString("\"131072\"");
    for (String size : List.of("64k", "128k")) {
      String wish = "{\"Name\":\"vol1\",\"Opts\":{\"size\":\"" + size + "\"}}";
      assertThat(daemon.docker("VolumeDriver.Create", wish).path("Err").asText()).isEmpty();
    }
    assertThat(
            daemon
                .docker("VolumeDriver.Create", "{\"Name\":\"vol1\",\"Opts\":{\"size\":\"1M\"}}")
                .path("Err")
                .asText())
        .contains("size is 131072, asked for was 1048576");
  }

  @Test
  void resize_wrong_isRefusedWithTheReason() throws IOException {
    createVolume("vol1");

    Answer smaller =
        daemon.call("POST", "/v2/volumes/resize", "{\"VolumeName\":\"vol1\",\"Size\":1024}");
    assertThat(smaller.status()).isEqualTo(400);
    assertThat(smaller.body()).contains("can't be made smaller: it has 65536 bytes");
    Answer missing = daemon.call("POST", "/v2/volumes/resize", "{\"VolumeName\":\"vol1\"}");
    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.body()).contains("\"Size\" is missing");
    Answer unknown =
        daemon.call("POST", "/v2/volumes/resize", "{\"VolumeName\":\"vol2\",\"Size\":1024}");
    assertThat(unknown.status()).isEqualTo(404);
  }

  /** The keys and their order, and the types, of what v0.5.2 answered. */
  @Test
  void documents_keysOrderAndLayout_areThoseOfV052() throws Exception {
    Path old = directory.resolve("old");
    OldConvoy.extractTo(old);
    createVolume("vol1");
    daemon.ok("POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Name\":\"snap1\"}");

    String inspected = daemon.ok("GET", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}");
    JsonNode ours = Json.parse(inspected);
    JsonNode theirs = Json.parse(Files.readString(old.resolve("inspect-blockvol.json")));
    assertThat(keys(ours)).isEqualTo(keys(theirs));
    assertThat(keys(theirs.path("DriverInfo"))).containsSubsequence(keys(ours.path("DriverInfo")));
    JsonNode ourSnapshot = ours.path("Snapshots").path("snap1");
    JsonNode theirSnapshot = theirs.path("Snapshots").path("bsnap1");
    assertThat(keys(ourSnapshot)).isEqualTo(keys(theirSnapshot));
    assertThat(keys(theirSnapshot.path("DriverInfo")))
        .containsSubsequence(keys(ourSnapshot.path("DriverInfo")));
    assertThat(ours.path("DriverInfo")).allMatch(JsonNode::isTextual);
    assertThat(ours.path("CreatedTime").asText())
        .matches("\\w{3} \\w{3} \\d\\d \\d\\d:\\d\\d:\\d\\d \\+0000 \\d{4}");
    assertThat(ours.path("DriverInfo").path("Size").asText()).isEqualTo("65536");

    assertThat(keys(daemon.ok("GET", "/v1/snapshots/", "{\"SnapshotName\":\"snap1\"}")))
        .isEqualTo(keys(Files.readString(old.resolve("snapshot-inspect-bsnap1.json"))));

    String url = createBackup("snap1");
    List<String> backupKeys = keys(Files.readString(old.resolve("backup-inspect.json")));
    assertThat(keys(daemon.ok("GET", "/v1/backups/inspect", "{\"URL\":\"" + url + "\"}")))
        .isEqualTo(backupKeys);
    String list = daemon.ok("GET", "/v1/backups/list", "{\"URL\":\"memory://" + directory + "\"}");
    assertThat(list).startsWith("{\n\t\"" + url + "\": {\n\t\t\"BackupName\": \"backup-");
    assertThat(Json.parse(list).path(url)).allMatch(JsonNode::isTextual);
    assertThat(keys(Json.parse(list).path(url))).isEqualTo(backupKeys);

    // Written again by our printer, v0.5.2's own answers keep every byte.
    for (String file :
        List.of("list.json", "inspect-blockvol.json", "snapshot-inspect-bsnap1.json")) {
      String text = Files.readString(old.resolve(file)).stripTrailing();
      assertThat(Json.tabbed(Json.parse(text))).isEqualTo(text);
    }
  }

  private static List<String> keys(String json) throws IOException {
    return keys(Json.parse(json));
  }

  private static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    node.properties().forEach(field -> keys.add(field.getKey()));
    return keys;
  }

  @Test
  void doctor_allIsWell_hasNoFindings() throws IOException {
    String well = "{\n\t\"Findings\": [],\n\t\"Repaired\": []\n}";

    assertThat(daemon.ok("GET", "/v2/doctor", "")).isEqualTo(well);
    assertThat(daemon.ok("POST", "/v2/doctor", "")).isEqualTo(well);
  }

  @Test
  void info_layout_isThatOfV052() throws IOException {
    String text = daemon.ok("GET", "/v1/info", "");

    assertThat(text)
        .startsWith(
            "{\n\"General\": {\n\t\"Root\": \"" + daemon.root() + "\",\n\t\"DriverList\": [\n")
        .contains("\n\t\t\"memory\"\n\t],\n\t\"DefaultDriver\": \"memory\",\n")
        .contains("},\n\"memory\": {\n\t\"Driver\": \"memory\",\n")
        .endsWith("\n}\n}")
        .doesNotContain("Problems");
    assertThat(keys(Json.parse(text).path("General")))
        .containsExactly(
            "Root",
            "DriverList",
            "DefaultDriver",
            "MountNamespaceFD",
            "IgnoreDockerDelete",
            "CreateOnDockerMount",
            "CmdTimeout",
            "Version");
  }

  @Test
  void list_byDriver_answersDriverInfoOnly() throws IOException {
    createVolume("vol2");
    createVolume("vol1");

    assertThat(keys(daemon.ok("GET", "/v1/volumes/list", ""))).containsExactly("vol1", "vol2");
    JsonNode byDriver = Json.parse(daemon.ok("GET", "/v1/volumes/list?driver=memory", "{}"));
    assertThat(keys(byDriver)).containsExactly("vol1", "vol2");
    assertThat(keys(byDriver.path("vol1")))
        .containsExactly("Driver", "MountPoint", "Size", "VolumeCreatedAt", "VolumeName");
    assertThat(keys(daemon.ok("GET", "/v1/volumes/list?driver=1", "")))
        .containsExactly("vol1", "vol2");
    assertThat(daemon.ok("GET", "/v1/volumes/list?driver=vfs", "")).isEqualTo("{}");
  }

  @Test
  void volume_notFound_answersV052sWords() throws IOException {
    for (String method : List.of("GET", "DELETE")) {
      Answer answer = daemon.call(method, "/v1/volumes/", "{\"VolumeName\":\"nosuch\"}");
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).isEqualTo("Volume not found.\n");
    }
    Answer json =
        daemon.call(
            "GET", "/v1/volumes/", "{\"VolumeName\":\"nosuch\"}", "Accept: application/json");
    assertThat(Json.parse(json.body()))
        .isEqualTo(
            Json.parse(
                """
                {"Error": "Volume not found.",
                 "Detail": "There is no volume 'nosuch' ('convoy list' shows those there are)",
                 "Status": 404, "Kind": "not-found"}
                """));
  }

  @Test
  void conflicts_answer409WithTheirKind() throws IOException {
    createVolume("vol1");
    daemon.ok("POST", "/v1/volumes/mount", "{\"VolumeName\":\"vol1\"}");

    assertKind("POST", "/v1/volumes/create", "{\"Name\":\"vol1\"}", 409, "exists");
    assertKind("DELETE", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}", 409, "in-use");
    assertKind("GET", "/v1/snapshots/", "{\"SnapshotName\":\"nosuch\"}", 404, "not-found");
  }

  private void assertKind(String method, String path, String body, int status, String kind)
      throws IOException {
    Answer answer = daemon.call(method, path, body, "Accept: application/json");
    assertThat(answer.status()).isEqualTo(status);
    assertThat(Json.parse(answer.body()).path("Kind").asText()).isEqualTo(kind);
  }

  @Test
  void driver_fails_answers500AndTheDaemonGoesOn() throws IOException {
    daemon
        .driver()
        .setHook(
            (step, volume) -> {
              throw new IOException("the disk is on fire");
            });
    assertKind("POST", "/v1/volumes/create", "{\"Name\":\"vol1\"}", 500, "failed");
    assertThat(daemon.call("POST", "/v1/volumes/create", "{\"Name\":\"vol1\"}").body())
        .isEqualTo("the disk is on fire\n");
    daemon.driver().setHook((step, volume) -> {});
    createVolume("vol1");
    await()
        .untilAsserted(
            () ->
                assertThat(daemon.output())
                    .contains("POST /v1/volumes/create 500")
                    .contains("on fire"));
  }

  @Test
  void umount_force_unmountsForContainers() throws IOException {
    createVolume("vol1");
    daemon.docker("VolumeDriver.Mount", "{\"Name\":\"vol1\",\"ID\":\"abc\"}");

    assertKind("POST", "/v1/volumes/umount", "{\"VolumeName\":\"vol1\"}", 409, "in-use");
    daemon.ok("POST", "/v1/volumes/umount", "{\"VolumeName\":\"vol1\",\"Force\":true}");

    assertThat(daemon.driver().isMounted(new VolumeName("vol1"))).isFalse();
  }

  @Test
  void client_ofAnotherVersion_isServed() throws IOException {
    assertThat(daemon.call("GET", "/v1/info", "", "User-Agent: Convoy-Client/0.3").status())
        .isEqualTo(200);
  }

  @Test
  void stream_ofABackup_endsWithTheResult() throws IOException {
    createVolume("vol1");
    daemon.ok("POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Name\":\"snap1\"}");

    Answer answer =
        daemon.call(
            "POST",
            "/v1/backups/create",
            "{\"SnapshotName\":\"snap1\",\"URL\":\"memory://y\"}",
            "Accept: application/x-ndjson");

    assertThat(answer.head()).contains("application/x-ndjson");
    List<String> lines = answer.body().lines().toList();
    assertThat(Json.parse(lines.get(lines.size() - 1)).path("Result").asText())
        .startsWith("memory://y?backup=");
  }

  @Test
  void stream_ofAFailure_endsWithTheError() throws IOException {
    Answer answer =
        daemon.call(
            "POST",
            "/v1/backups/create",
            "{\"SnapshotName\":\"nosuch\",\"URL\":\"memory://y\"}",
            "Accept: application/x-ndjson");

    List<String> lines = answer.body().lines().toList();
    assertThat(Json.parse(lines.get(0)).path("Job").asText()).hasSize(8);
    JsonNode error = Json.parse(lines.get(lines.size() - 1)).path("Error");
    assertThat(error.path("Status").asInt()).isEqualTo(404);
    assertThat(error.path("Kind").asText()).isEqualTo("not-found");
    await()
        .untilAsserted(() -> assertThat(daemon.output()).contains("There is no snapshot 'nosuch'"));
  }

  @Test
  void stream_clientLeaves_whatCannotBeCancelledIsDone() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    daemon
        .driver()
        .setHook(
            (step, volume) -> {
              try {
                if (step.equals("create")) {
                  go.await();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try (RawClient client = RawClient.connect(daemon.socket())) {
      String body = "{\"Name\":\"vol1\"}";
      client.send(
          "POST /v1/volumes/create HTTP/1.1\r\nHost: h\r\nAccept: application/x-ndjson\r\n"
              + "Content-Length: %s\r\n\r\n%s".formatted(body.length(), body));
      assertThat(client.receiveUntil("{\"Progress\":{\"DoneBytes\":0,\"TotalBytes\":-1}}\n"))
          .contains("200");
      assertThat(daemon.ok("GET", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}"))
          .contains("\"State\": \"creating\"");
    }
    go.countDown();

    await()
        .untilAsserted(
            () ->
                assertThat(daemon.ok("GET", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}"))
                    .doesNotContain("State"));
  }

  @Test
  void log_hasEachRequestOnce_withoutBodies() throws IOException {
    createVolume("vol1");
    Map<String, Integer> expected =
        Map.of("POST /v1/volumes/create 200, ", 1, "GET /v1/info 200, ", 1);
    daemon.ok("GET", "/v1/info?secret=x", "");

    await().until(() -> daemon.output().contains("GET /v1/info"));
    expected.forEach(
        (line, times) -> assertThat(daemon.output().split(line, -1)).hasSize(times + 1));
    assertThat(daemon.output())
        .doesNotContain("secret")
        .doesNotContain("\"Name\"")
        .containsPattern(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  GET /v1/info 200, \\d+ ms,"
                + " uid=\\d+ pid=\\d+\n");
  }
}
