package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetsTest {
  @TempDir private Path folder;

  private Targets targets() throws IOException {
    return Targets.ofThisUser(
        Map.of(Targets.VARIABLE, folder.resolve("etc/targets.json").toString()));
  }

  private static Target target(String name) {
    return new Target(
        name,
        BackupDestination.parse("s3://bucket@us-east-1/path/")
            .withEndpoint(Optional.of("https://minio:9000/")),
        Optional.of(Path.of("/etc/ca.pem")),
        Optional.of(Path.of("/etc/keys")));
  }

  @Test
  void add_findAndRemove_keepAllThatIsSaid() throws IOException {
    Target plain =
        new Target(
            "nas", BackupDestination.parse("vfs:///mnt/nas"), Optional.empty(), Optional.empty());

    targets().add(target("minio1"));
    targets().add(plain);

    assertThat(targets().list()).containsExactly(target("minio1"), plain);
    assertThat(targets().find("nas")).contains(plain);
    assertThat(targets().find("other")).isEmpty();
    assertThat(Files.readString(targets().file())).contains("/etc/keys").contains("minio:9000");

    assertThat(targets().remove("minio1")).isTrue();
    assertThat(targets().remove("minio1")).isFalse();
    assertThat(targets().list()).containsExactly(plain);
  }

  @Test
  void add_takenName_keepsTheFirst() throws IOException {
    targets().add(target("one"));

    assertThatThrownBy(() -> targets().add(target("one")))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("'one'")
        .hasMessageContaining(targets().file().toString());
  }

  @Test
  void list_fileThatIsNoneOfOurs_isAnErrorThatNamesIt() throws IOException {
    Files.createDirectories(folder.resolve("etc"));
    Files.writeString(folder.resolve("etc/targets.json"), "{\"x\": {\"URL\": \"nonsense\"}}");

    assertThatThrownBy(() -> targets().list())
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("targets.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "-x", "a b", "ü"})
  void target_badName_isRefused(String name) {
    assertThatThrownBy(() -> target(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void target_relativeFile_isRefused() {
    assertThatThrownBy(
            () ->
                new Target(
                    "x",
                    BackupDestination.parse("s3://bucket/"),
                    Optional.of(Path.of("ca.pem")),
                    Optional.empty()))
        .hasMessageContaining("relative");
  }
}
