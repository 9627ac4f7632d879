package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.BackupOptions;
import io.convoy.core.CorruptDataException;
import io.convoy.core.testing.OldConvoy;
import io.convoy.plugin.DaemonConfig.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {
  private static final String RECORDED =
      """
      {"Root":"/elsewhere","DriverList":["devicemapper","vfs"],"DefaultDriver":"vfs",
       "MountNamespaceFD":"","IgnoreDockerDelete":true,"CreateOnDockerMount":false,
       "CmdTimeout":"5m","Newer":{"kept":[1,2]}}
      """;

  @TempDir private Path root;

  private DaemonConfig given() {
    return DaemonConfig.embedded(root, root.resolve("s"));
  }

  private DaemonConfig given(
      List<String> drivers, Optional<Path> namespace, Optional<Boolean> ignoreDockerDelete) {
    return new DaemonConfig(
        Optional.of(root),
        given().sockets(),
        drivers,
        Map.of(),
        namespace,
        ignoreDockerDelete,
        Optional.empty(),
        Optional.empty(),
        BackupOptions.DEFAULT,
        false,
        Observation.DEFAULT);
  }

  private void record(String text) throws IOException {
    Files.writeString(root.resolve("convoy.cfg"), text);
  }

  private ConfigFile file() {
    return new ConfigFile(root, false);
  }

  @Test
  void resolve_nothingGiven_takesAllFromTheFile() throws IOException {
    record(RECORDED);

    assertThat(file().resolve(given()))
        .isEqualTo(
            new DaemonSettings(
                List.of("vfs", "devicemapper"), "", true, false, "5m", BackupOptions.DEFAULT));
  }

  @Test
  void resolve_backupOptions_areKeptForTheNextStart() throws IOException {
    record(RECORDED);
    BackupOptions options = new BackupOptions(Optional.of("v0.5.2"), Optional.of("gzip"));
    file().write(new DaemonSettings(List.of("vfs"), "", false, false, "", options));

    assertThat(file().resolve(given()).backupOptions()).isEqualTo(options);

    file().write(new DaemonSettings(List.of("vfs"), "", false, false, "", BackupOptions.DEFAULT));
    assertThat(file().resolve(given()).backupOptions()).isEqualTo(BackupOptions.DEFAULT);
  }

  @Test
  void resolve_given_winsOverTheFile() throws IOException {
    record(RECORDED);

    DaemonSettings settings =
        file()
            .resolve(
                given(
                    List.of("memory"),
                    Optional.of(Path.of("/proc/self/ns/mnt")),
                    Optional.of(false)));

    assertThat(settings)
        .isEqualTo(
            new DaemonSettings(
                List.of("memory"), "/proc/self/ns/mnt", false, false, "5m", BackupOptions.DEFAULT));
  }

  @Test
  void resolve_ignored_leavesTheFileUnread() throws IOException {
    record("not json");

    assertThatThrownBy(() -> file().resolve(given().withDrivers(List.of("vfs"), Map.of())))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("convoy.cfg")
        .hasMessageContaining("--ignore-config-file");
    ConfigFile ignored = new ConfigFile(root, true);
    DaemonSettings settings = ignored.resolve(given().withDrivers(List.of("vfs"), Map.of()));
    assertThat(settings.drivers()).containsExactly("vfs");
    ignored.write(settings);
    assertThat(file().resolve(given())).isEqualTo(settings);
  }

  @Test
  void resolve_noDriverAnywhere_saysWhatToDo() {
    assertThatThrownBy(() -> file().resolve(given()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--drivers vfs");
  }

  @Test
  void resolve_missingNamespace_isRefused() {
    assertThatThrownBy(
            () ->
                file()
                    .resolve(
                        given(List.of("vfs"), Optional.of(root.resolve("gone")), Optional.empty())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gone' does not exist");
  }

  @Test
  void resolve_wrongTypes_areNamed() throws IOException {
    for (String text :
        List.of(
            "{\"DriverList\":\"vfs\"}",
            "{\"DriverList\":[1]}",
            "{\"DriverList\":[\"vfs\"],\"IgnoreDockerDelete\":\"yes\"}",
            "{\"DriverList\":[\"vfs\"],\"CmdTimeout\":\"soon\"}",
            "[]")) {
      record(text);
      assertThatThrownBy(() -> file().resolve(given()))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("convoy.cfg");
    }
  }

  @Test
  void write_unknownFields_areKept() throws IOException {
    record(RECORDED);

    file().write(new DaemonSettings(List.of("memory"), "", false, true, "", BackupOptions.DEFAULT));

    JsonNode written = Json.parse(Files.readString(root.resolve("convoy.cfg")));
    assertThat(written)
        .isEqualTo(
            Json.parse(
                """
                {"Root":"%s","DriverList":["memory"],"DefaultDriver":"memory",
                 "MountNamespaceFD":"","IgnoreDockerDelete":false,"CreateOnDockerMount":true,
                 "CmdTimeout":"","Newer":{"kept":[1,2]}}
                """
                    .formatted(root)));
  }

  @Test
  void resolve_rootOfV052_isUnderstood() throws Exception {
    Path old = root.resolve("old");
    OldConvoy.extractTo(old);

    assertThat(new ConfigFile(old.resolve("root"), false).resolve(given()))
        .isEqualTo(
            new DaemonSettings(
                List.of("devicemapper", "vfs"), "", false, false, "", BackupOptions.DEFAULT));
  }
}
