package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.BackupOptions;
import io.convoy.core.VolumeName;
import io.convoy.plugin.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class DockerCallsTest {
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

  private void ok(String call, String body) throws IOException {
    assertThat(daemon.docker("VolumeDriver." + call, body).path("Err").asText()).isEmpty();
  }

  private String err(String call, String body) throws IOException {
    String message = daemon.docker("VolumeDriver." + call, body).path("Err").asText();
    assertThat(message).isNotEmpty().doesNotContain("\n");
    return message;
  }

  @Test
  void handshake_answersAsDockerExpects() throws IOException {
    Answer answer = daemon.call("POST", "/Plugin.Activate", "");

    assertThat(answer.head()).contains("application/vnd.docker.plugins.v1.1+json");
    assertThat(answer.body().strip()).isEqualTo("{\"Implements\":[\"VolumeDriver\"]}");
    assertThat(daemon.ok("POST", "/VolumeDriver.Capabilities", "{}").strip())
        .isEqualTo("{\"Capabilities\":{\"Scope\":\"local\"}}");
    assertThat(daemon.docker("VolumeDriver.List", "null").path("Err").asText())
        .contains("expected an object");
    assertThat(daemon.docker("VolumeDriver.List", "{}").path("Volumes")).isEmpty();
  }

  @Test
  void life_ofAVolume_keepsItMountedForEachContainer() throws IOException {
    ok("Create", "{\"Name\":\"vol1\",\"Opts\":null}");
    String mountPoint =
        daemon
            .docker("VolumeDriver.Mount", "{\"Name\":\"vol1\",\"ID\":\"a\"}")
            .path("Mountpoint")
            .asText();
    assertThat(mountPoint).endsWith("/mounts/vol1");
    ok("Mount", "{\"Name\":\"vol1\",\"ID\":\"b\"}");
    ok("Unmount", "{\"Name\":\"vol1\",\"ID\":\"a\"}");
    ok("Unmount", "{\"Name\":\"vol1\",\"ID\":\"unknown\"}");
    assertThat(daemon.driver().isMounted(VOL1)).isTrue();
    assertThat(
            daemon.docker("VolumeDriver.Path", "{\"Name\":\"vol1\"}").path("Mountpoint").asText())
        .isEqualTo(mountPoint);
    ok("Unmount", "{\"Name\":\"vol1\",\"ID\":\"b\"}");
    assertThat(daemon.driver().isMounted(VOL1)).isFalse();
    assertThat(
            daemon.docker("VolumeDriver.Path", "{\"Name\":\"vol1\"}").path("Mountpoint").asText())
        .isEmpty();
    ok("Remove", "{\"Name\":\"vol1\"}");
    assertThat(err("Get", "{\"Name\":\"vol1\"}")).contains("There is no volume 'vol1'");
  }

  @Test
  void mount_oldEngineWithoutId_mountsAndUnmounts() throws IOException {
    ok("Create", "{\"Name\":\"vol1\"}");
    ok("Mount", "{\"Name\":\"vol1\"}");
    assertThat(daemon.driver().isMounted(VOL1)).isTrue();
    ok("Unmount", "{\"Name\":\"vol1\"}");
    assertThat(daemon.driver().isMounted(VOL1)).isFalse();
  }

  @Test
  void create_again_isFineIfEqualElseSaysTheDifference() throws IOException {
    ok("Create", "{\"Name\":\"vol1\",\"Opts\":{\"size\":\"128k\",\"driver\":\"memory\"}}");
    ok("Create", "{\"Name\":\"vol1\",\"Opts\":{\"size\":\"131072\"}}");
    ok("Create", "{\"Name\":\"vol1\"}");

    assertThat(err("Create", "{\"Name\":\"vol1\",\"Opts\":{\"size\":\"1M\"}}"))
        .contains("size is 131072, asked for was 1048576");
  }

  @Test
  void create_unknownOption_namesTheKnownOnes() throws IOException {
    assertThat(err("Create", "{\"Name\":\"vol1\",\"Opts\":{\"sise\":\"1G\"}}"))
        .isEqualTo(
            "Unknown option 'sise' (did you mean 'size'?): expected driver, size, backup,"
                + " endpoint, id, type, iops, throughput, copy, vm");
    assertThat(daemon.docker("VolumeDriver.List", "{}").path("Volumes")).isEmpty();
  }

  @Test
  void get_status_tellsHowTheVolumeIs() throws IOException {
    ok("Create", "{\"Name\":\"vol1\"}");
    ok("Mount", "{\"Name\":\"vol1\",\"ID\":\"a\"}");
    daemon.ok("POST", "/v1/snapshots/create", "{\"VolumeName\":\"vol1\",\"Name\":\"snap1\"}");
    String url =
        daemon.ok(
            "POST", "/v1/backups/create", "{\"SnapshotName\":\"snap1\",\"URL\":\"memory://z\"}");

    JsonNode volume = daemon.docker("VolumeDriver.Get", "{\"Name\":\"vol1\"}").path("Volume");

    assertThat(volume.path("Name").asText()).isEqualTo("vol1");
    assertThat(volume.path("Mountpoint").asText()).endsWith("/mounts/vol1");
    assertThat(Instant.parse(volume.path("CreatedAt").asText())).isBeforeOrEqualTo(Instant.now());
    JsonNode status = volume.path("Status");
    assertThat(status.path("Driver").asText()).isEqualTo("memory");
    assertThat(status.path("Size").asText()).isEqualTo("65536");
    assertThat(status.path("State").asText()).isEqualTo("ready");
    assertThat(status.path("Snapshots").asInt()).isEqualTo(1);
    assertThat(status.path("Mounts").asInt()).isEqualTo(1);
    assertThat(status.path("LastBackup").asText()).isEqualTo(url);
  }

  @Test
  void remove_mountIdsLeftByLostContainers_areDropped() throws IOException {
    ok("Create", "{\"Name\":\"vol1\"}");
    ok("Mount", "{\"Name\":\"vol1\",\"ID\":\"lost\"}");

    ok("Remove", "{\"Name\":\"vol1\"}");
    ok("Remove", "{\"Name\":\"vol1\"}");
    ok("Unmount", "{\"Name\":\"vol1\",\"ID\":\"lost\"}");
  }

  @Test
  void remove_mountedByHand_isRefused() throws IOException {
    ok("Create", "{\"Name\":\"vol1\"}");
    daemon.ok("POST", "/v1/volumes/mount", "{\"VolumeName\":\"vol1\"}");

    assertThat(err("Remove", "{\"Name\":\"vol1\"}")).contains("'convoy mount'");
  }

  @Test
  void driver_cannotTell_isAnErrorNotAnAbsence() throws IOException {
    ok("Create", "{\"Name\":\"vol1\"}");
    daemon
        .driver()
        .setHook(
            (step, volume) -> {
              throw new IOException("no answer from the storage");
            });

    assertThat(err("Get", "{\"Name\":\"vol1\"}")).isEqualTo("no answer from the storage");
    assertThat(err("Remove", "{\"Name\":\"vol1\"}")).isEqualTo("no answer from the storage");
    assertThat(err("Create", "{\"Name\":\"vol1\"}")).isEqualTo("no answer from the storage");
  }

  @Test
  void mount_unknownVolume_isRefusedOrCreatesAsConfigured() throws IOException {
    assertThat(err("Mount", "{\"Name\":\"vol1\",\"ID\":\"a\"}")).contains("no volume 'vol1'");
    daemon.close();
    daemon = new TestDaemon(directory, config -> with(config, false, true));

    ok("Mount", "{\"Name\":\"vol1\",\"ID\":\"a\",\"Opts\":{\"size\":\"128k\"}}");

    assertThat(daemon.driver().read(VOL1)).hasSize(131072);
    assertThat(daemon.driver().isMounted(VOL1)).isTrue();
  }

  @Test
  void remove_ignored_changesNothing() throws IOException {
    daemon.close();
    daemon = new TestDaemon(directory, config -> with(config, true, false));
    ok("Create", "{\"Name\":\"vol1\"}");

    ok("Remove", "{\"Name\":\"vol1\"}");

    assertThat(daemon.driver().get(VOL1)).isPresent();
    assertThat(daemon.ok("GET", "/v1/info", "")).contains("\"IgnoreDockerDelete\": true");
  }

  private static DaemonConfig with(DaemonConfig config, boolean ignoreDelete, boolean create) {
    return new DaemonConfig(
        config.root(),
        config.sockets(),
        List.of("memory"),
        Map.of(),
        Optional.empty(),
        Optional.of(ignoreDelete),
        Optional.of(create),
        Optional.of("5m"),
        BackupOptions.DEFAULT,
        false,
        config.observation());
  }
}
