package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1024, 1024",
    "512M, 536870912",
    "512m, 536870912",
    "10G, 10737418240",
    "1T, 1099511627776",
    "1k, 1024",
    "2gb, 2147483648",
    "2GiB, 2147483648",
    "8191P, 9222246136947933184"
  })
  void parse_size_isInBytes(String text, long bytes) {
    assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "G",
        "1.5G",
        "10X",
        "ten",
        "1 G",
        "9999999999999999999",
        "8192P",
        "0x10"
      })
  void parse_nonsense_saysWhatIsExpected(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("like 10G");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1 KiB",
    "1536, 1.5 KiB",
    "536870912, 512 MiB",
    "10737418240, 10 GiB",
    "1234567890123, 1.1 TiB"
  })
  void toString_bytes_isForPeople(long bytes, String text) {
    assertThat(new ByteSize(bytes)).hasToString(text);
  }
}
