package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.devmapper.ThinPoolStatus.Mode;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ThinPoolStatusTest {
  @Test
  void parse_healthyPool_isItsNumbers() throws IOException {
    ThinPoolStatus status =
        ThinPoolStatus.parse(
            "pool", "5 14/4096 3/512 - rw discard_passdown queue_if_no_space - 1024 ");

    assertThat(status)
        .isEqualTo(
            new ThinPoolStatus(5, 14, 4096, 3, 512, Optional.empty(), Mode.READ_WRITE, false));
    assertThat(status.freeDataPercent()).isEqualTo(99);
    assertThat(status.freeMetadataPercent()).isEqualTo(99);
  }

  @Test
  void parse_troubledPools_areInTheirModes() throws IOException {
    ThinPoolStatus held =
        ThinPoolStatus.parse(
            "pool", "0 1/2 3/4 117 ro discard_passdown queue_if_no_space needs_check 1024");
    ThinPoolStatus full =
        ThinPoolStatus.parse(
            "pool", "0 1/2 4/4 - out_of_data_space no_discard_passdown error_if_no_space - 1024");

    assertThat(held.heldMetadataBlock()).contains(117L);
    assertThat(held.needsCheck()).isTrue();
    assertThat(held.isReadOnly()).isTrue();
    assertThat(full.mode()).isEqualTo(Mode.OUT_OF_DATA_SPACE);
    assertThat(full.isReadOnly()).isFalse();
  }

  @Test
  void parse_poolThatGaveUp_saysSo() {
    for (String status : new String[] {"Fail", "Error", "", "1 2 3", "5 14/4096 3/512 - xx"}) {
      assertThatThrownBy(() -> ThinPoolStatus.parse("pool", status))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("'pool' says of itself '" + status + "'");
    }
  }
}
