package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AgeTest {
  @ParameterizedTest
  @CsvSource({
    "1s,1,1s",
    "90s,90,90s",
    "60s,60,1m",
    "12h,43200,12h",
    "7d,604800,7d",
    "48h,172800,2d"
  })
  void parse_age_isThatAndPrintedShortest(String text, long seconds, String printed) {
    Age age = Age.parse(text);

    assertThat(age.duration()).isEqualTo(Duration.ofSeconds(seconds));
    assertThat(age).hasToString(printed);
    assertThat(Age.parse(printed)).isEqualTo(age);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "d", "0d", "-1d", "1.5h", "7 d", "7D", "1w", "9999999d"})
  void parse_anythingElse_saysWhatIsExpected(String text) {
    assertThatThrownBy(() -> Age.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("like 12h or 7d");
  }
}
