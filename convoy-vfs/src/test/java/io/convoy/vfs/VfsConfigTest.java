package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VfsConfigTest {
  @Test
  void parse_nothing_isEmpty() {
    VfsConfig config = VfsConfig.parse(Map.of());

    assertThat(config.path()).isEmpty();
    assertThat(config.defaultVolumeSizeBytes()).isEmpty();
  }

  @Test
  void parse_everything_isThere() {
    VfsConfig config =
        VfsConfig.parse(Map.of("vfs.path", "/srv/a/../volumes/", "vfs.defaultvolumesize", "20g"));

    assertThat(config.path()).contains(Path.of("/srv/volumes"));
    assertThat(config.defaultVolumeSizeBytes()).hasValue(20L << 30);
    assertThat(new VfsDriverFactory().options())
        .containsExactlyInAnyOrder("vfs.path", "vfs.defaultvolumesize");
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
            Map.of("vfs.pth", "/srv"))) {
      String key = options.keySet().iterator().next();
      assertThatThrownBy(() -> VfsConfig.parse(options))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(key);
    }
  }
}
