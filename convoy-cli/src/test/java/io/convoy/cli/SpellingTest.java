package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  @ParameterizedTest
  @CsvSource({
    "create,create,0",
    "crate,create,1",
    "lsit,list,1",
    "size,sise,1",
    "'',abc,3",
    "kitten,sitting,3"
  })
  void distance_countsSteps(String a, String b, int expected) {
    assertThat(Spelling.distance(a, b)).isEqualTo(expected);
    assertThat(Spelling.distance(b, a)).isEqualTo(expected);
  }

  @Test
  void nearest_nothingNear_isEmpty() {
    assertThat(Spelling.nearest("frobnicate", List.of("create", "list"))).isEmpty();
  }
}
