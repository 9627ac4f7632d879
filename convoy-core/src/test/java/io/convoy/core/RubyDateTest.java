package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RubyDateTest {
  private static final String TEXT = "Mon Nov 23 22:49:04 +0000 2026";

  @Test
  void parse_oldTime_formatsTheSame() {
    assertThat(RubyDate.parse(TEXT)).isEqualTo(Instant.parse("2026-11-23T22:49:04Z"));
    assertThat(RubyDate.format(RubyDate.parse(TEXT))).isEqualTo(TEXT);
  }

  @Test
  void parse_otherZone_isTheSameMoment() {
    assertThat(RubyDate.parse("Tue Nov 24 00:49:04 +0200 2026")).isEqualTo(RubyDate.parse(TEXT));
  }

  @Test
  void format_singleDigitDay_hasTwoDigits() {
    assertThat(RubyDate.format(Instant.parse("2026-01-02T03:04:05.999Z")))
        .isEqualTo("Fri Jan 02 03:04:05 +0000 2026");
  }

  @Test
  void parse_nonsense_saysWhatIsExpected() {
    assertThatThrownBy(() -> RubyDate.parse("yesterday"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'yesterday'");
  }
}
