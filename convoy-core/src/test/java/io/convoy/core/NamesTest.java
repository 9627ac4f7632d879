package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"vol1", "a1", "A.b_c-d", "0x", "volume-0123456789abcdef"})
  void volumeName_valid_isKept(String name) {
    assertThat(new VolumeName(name).value()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        ".a",
        "-a",
        "_a",
        "..",
        "a/b",
        "a b",
        "a\n",
        "a\0b",
        "ü1",
        "a~b",
        "../../etc",
        "a:b"
      })
  void volumeName_invalid_saysWhatIsExpected(String name) {
    assertThatThrownBy(() -> new VolumeName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("volume name")
        .hasMessageContaining("expected 2 to 127");
  }

  @Test
  void volumeName_tooLong_isNotEchoedWhole() {
    assertThat(new VolumeName("a".repeat(127)).value()).hasSize(127);
    assertThatThrownBy(() -> new SnapshotName("a".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
  }

  @Test
  void random_names_haveTheFormOfOldOnes() {
    assertThat(VolumeName.random().value()).matches("volume-[0-9a-f]{16}");
    assertThat(SnapshotName.random().value()).matches("snapshot-[0-9a-f]{16}");
    assertThat(BackupName.random().value()).matches("backup-[0-9a-f]{16}");
    assertThat(VolumeName.random()).isNotEqualTo(VolumeName.random());
  }
}
