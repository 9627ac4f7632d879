package io.convoy.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.Convoy;
import io.convoy.core.ConvoyConfig;
import io.convoy.core.DeleteMode;
import io.convoy.core.Progress;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.testing.InMemoryVolumeDriverFactory;
import io.convoy.plugin.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TrashCallsTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");

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

  private void docker(String call, String name) throws IOException {
    String body = "{\"Name\":\"" + name + "\"}";
    assertThat(daemon.docker("VolumeDriver." + call, body).path("Err").asText()).isEmpty();
  }

  /** Has Docker create a volume, puts something on it and has Docker remove it. */
  private void removed(String text) throws IOException {
    docker("Create", "vol1");
    daemon.driver().write(VOL1, text.getBytes(UTF_8));
    docker("Remove", "vol1");
  }

  private JsonNode trash() throws IOException {
    return Json.parse(daemon.ok("GET", "/v2/trash/list", "")).path("Volumes");
  }

  private String text(String name) throws IOException {
    return new String(daemon.driver().read(new VolumeName(name)), 0, 4, UTF_8);
  }

  @Test
  void dockerVolumeRm_volume_isInTheTrashAndItsNameIsFree() throws IOException {
    docker("Create", "vol1");
    daemon.ok("POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Name\":\"snap1\"}");
    docker("Remove", "vol1");

    JsonNode kept = trash();
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).path("Name").asText()).isEqualTo("vol1");
    assertThat(kept.get(0).path("Driver").asText()).isEqualTo("memory");
    assertThat(kept.get(0).path("Size").asLong()).isEqualTo(65536);
    assertThat(kept.get(0).path("UsedBytes").asLong()).isEqualTo(65536);
    assertThat(kept.get(0).path("Snapshots").get(0).asText()).isEqualTo("snap1");
    assertThat(kept.get(0).path("DeletedTime").asText()).matches("\\w{3} \\w{3} .* \\+0000 \\d{4}");
    assertThat(kept.get(0).path("ExpiryTime").asText()).matches("\\w{3} \\w{3} .* \\+0000 \\d{4}");
    assertThat(daemon.ok("GET", "/v1/volumes/list", "").strip()).isEqualTo("{}");
    docker("Create", "vol1");
    assertThat(text("vol1")).isEqualTo("\0\0\0\0");
    assertThat(trash()).hasSize(1);
  }

  @Test
  void delete_withoutReference_isNotKept() throws IOException {
    docker("Create", "vol1");
    daemon.ok("DELETE", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}");

    assertThat(trash()).isEmpty();
  }

  @Test
  void restore_byIdAndName_bringsTheDataBack() throws IOException {
    removed("old1");
    removed("old2");
    String first = trash().get(0).path("ID").asText();

    Answer both = daemon.call("POST", "/v2/trash/restore", "{\"Volume\":\"vol1\"}");
    assertThat(both.status()).isEqualTo(400);
    assertThat(both.body()).contains("2 volumes 'vol1'").contains(first);
    assertThat(
            daemon.ok(
                "POST", "/v2/trash/restore", "{\"Volume\":\"" + first + "\",\"Name\":\"vol2\"}"))
        .isEqualTo("vol2");
    assertThat(daemon.ok("POST", "/v2/trash/restore", "{\"Volume\":\"vol1\"}")).isEqualTo("vol1");

    assertThat(text("vol2")).isEqualTo("old1");
    assertThat(text("vol1")).isEqualTo("old2");
    assertThat(trash()).isEmpty();
  }

  @Test
  void restore_takenOrUnknown_isRefused() throws IOException {
    removed("old1");
    docker("Create", "vol1");

    Answer taken = daemon.call("POST", "/v2/trash/restore", "{\"Volume\":\"vol1\"}");
    Answer unknown = daemon.call("POST", "/v2/trash/restore", "{\"Volume\":\"vol7\"}");

    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.body()).contains("Volume 'vol1' already exists").contains("--name");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body()).contains("'vol7' in the trash");
    assertThat(trash()).hasSize(1);
  }

  @Test
  void empty_someOrAll_tellsWhatIsDestroyed() throws IOException {
    removed("old1");
    docker("Create", "vol2");
    docker("Remove", "vol2");

    JsonNode none = Json.parse(daemon.ok("POST", "/v2/trash/empty", "{\"OlderThan\":\"1h\"}"));
    assertThat(none.path("Destroyed")).isEmpty();
    JsonNode one = Json.parse(daemon.ok("POST", "/v2/trash/empty", "{\"Volumes\":[\"vol2\"]}"));
    assertThat(one.path("Destroyed").get(0).path("Name").asText()).isEqualTo("vol2");
    assertThat(trash()).hasSize(1);
    assertThat(daemon.ok("POST", "/v2/trash/empty", "")).contains("vol1");
    assertThat(trash()).isEmpty();
    assertThat(daemon.call("POST", "/v2/trash/empty", "{\"Volumes\":\"vol1\"}").status())
        .isEqualTo(400);
    assertThat(daemon.call("POST", "/v2/trash/empty", "{\"OlderThan\":\"7\"}").status())
        .isEqualTo(400);
  }

  @Test
  void remove_mounted_isRefusedWithTheHolder() throws IOException {
    docker("Create", "vol1");
    daemon.ok("POST", "/v1/volumes/mount", "{\"VolumeName\":\"vol1\"}");

    assertThat(daemon.docker("VolumeDriver.Remove", "{\"Name\":\"vol1\"}").path("Err").asText())
        .contains("'convoy mount'");
    assertThat(trash()).isEmpty();
  }

  @Test
  void tidying_keptLongEnough_isDestroyedNowAndThen() throws Exception {
    ConvoyConfig config =
        ConvoyConfig.of(directory.resolve("other"), InMemoryVolumeDriverFactory.NAME)
            .withDriverOptions(Map.of("trash.keep", "1s"));
    try (Convoy convoy = Convoy.open(config)) {
      convoy.create(VolumeSpec.of(VOL1), Optional.empty(), Progress.NONE);
      convoy.delete(VOL1, DeleteMode.REFERENCE);
      assertThat(convoy.listTrash().volumes()).hasSize(1);

      try (TrashTidying tidying = TrashTidying.start(convoy, Duration.ofMillis(10))) {
        assertThat(tidying).isNotNull();
        while (!convoy.listTrash().volumes().isEmpty()) {
          Thread.sleep(10);
        }
      }
    }
  }
}
