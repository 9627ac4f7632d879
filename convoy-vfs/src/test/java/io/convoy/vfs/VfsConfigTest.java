package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Age;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VfsConfigTest {
  @Test
  void parse_nothing_isEmpty() {
    VfsConfig config = VfsConfig.parse(Map.of());

    assertThat(config.path()).isEmpty();
    assertThat(config.defaultVolumeSizeBytes()).isEmpty();
    assertThat(config.shared()).isEmpty();
    assertThat(config.lease()).isEmpty();
  }

  @Test
  void parse_everything_isThere() {
    VfsConfig config =
        VfsConfig.parse(
            Map.of(
                "vfs.path",
                "/srv/a/../volumes/",
                "vfs.defaultvolumesize",
                "20g",
                "vfs.shared",
                "true",
                "vfs.lease",
                "2m"));

    assertThat(config.path()).contains(Path.of("/srv/volumes"));
    assertThat(config.defaultVolumeSizeBytes()).hasValue(20L << 30);
    assertThat(config.shared()).contains(true);
    assertThat(config.lease()).contains(new Age(Duration.ofMinutes(2)));
    assertThat(new VfsDriverFactory().options())
        .containsExactlyInAnyOrder("vfs.path", "vfs.defaultvolumesize", "vfs.shared", "vfs.lease");
    assertThat(new VfsDriverFactory().name()).isEqualTo("vfs");
  }

  @Test
  void parse_badValue_isRefusedWithItsName() {
    for (Map<String, String> options :
        List.of(
            Map.of("vfs.path", ""),
            Map.of("vfs.path", "relative/path"),
            Map.of("vfs.path", "/"),
            Map.of("vfs.path", "/a\0b"),
            Map.of("vfs.defaultvolumesize", ""),
            Map.of("vfs.defaultvolumesize", "0"),
            Map.of("vfs.defaultvolumesize", "-1G"),
            Map.of("vfs.defaultvolumesize", "ten"),
            Map.of("vfs.shared", "yes"),
            Map.of("vfs.shared", ""),
            Map.of("vfs.lease", "0s"),
            Map.of("vfs.lease", "soon"),
            Map.of("vfs.pth", "/srv"))) {
      String key = options.keySet().iterator().next();
      assertThatThrownBy(() -> VfsConfig.parse(options))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(key);
    }
  }
}
