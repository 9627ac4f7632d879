package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.VerifyOptions.Level;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class VerifyOptionsTest {
  @Test
  void parse_nothingGiven_isAll() {
    assertThat(VerifyOptions.parse(Optional.empty(), Optional.empty()))
        .isEqualTo(VerifyOptions.ALL);
  }

  @Test
  void parse_given_isTaken() {
    assertThat(VerifyOptions.parse(Optional.of("sizes"), Optional.of("12.5%")))
        .isEqualTo(new VerifyOptions(Level.SIZES, 0.125));
  }

  @Test
  void parse_noShare_isRefused() {
    for (String sample : List.of("", "5", "0%", "101%", "-1%", "1e1%", "%", "100.1%")) {
      assertThatThrownBy(() -> VerifyOptions.parse(Optional.empty(), Optional.of(sample)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + sample + "'")
          .hasMessageContaining("5%");
    }
  }

  @Test
  void parse_noLevel_isRefused() {
    assertThatThrownBy(() -> VerifyOptions.parse(Optional.of("all"), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected list, sizes or data");
  }
}
