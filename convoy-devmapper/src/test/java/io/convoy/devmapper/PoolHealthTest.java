package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.devmapper.PoolHealth.Trouble;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PoolHealthTest {
  private static final ThinPoolConfig CONFIG =
      ThinPoolConfig.of(
          Map.of(
              ThinPoolConfig.DATA_DEVICE, "/dev/d",
              ThinPoolConfig.METADATA_DEVICE, "/dev/m",
              ThinPoolConfig.POOL_NAME, "pool"),
          Optional.empty());

  private static PoolHealth of(String status) throws IOException {
    return PoolHealth.of(ThinPoolStatus.parse("pool", status), CONFIG);
  }

  private static List<String> keys(String status) throws IOException {
    return of(status).troubles().stream().map(Trouble::key).toList();
  }

  @Test
  void of_poolWithRoom_isWell() throws IOException {
    assertThat(keys("5 14/4096 3/512 - rw discard_passdown error_if_no_space - 1024 ")).isEmpty();
  }

  @Test
  void of_littleRoom_warnsAndRefusesBelowTheReserveAlone() throws IOException {
    assertThat(keys("5 3800/4096 490/512 - rw discard_passdown error_if_no_space - 1024"))
        .containsExactly("data-low", "metadata-low");
    assertThat(of("5 3800/4096 490/512 - rw x - 1024").refusal()).isEmpty();

    PoolHealth below = of("5 4000/4096 510/512 - rw discard_passdown error_if_no_space - 1024");

    assertThat(below.troubles())
        .extracting(Trouble::key)
        .containsExactly("data-reserve", "metadata-reserve");
    assertThat(below.refusal().orElseThrow())
        .hasToString(
            "has 0 % of its data free (4 MiB of 1 GiB), the reserve dm.minfreedata is 2 %: delete"
                + " volumes or snapshots, or extend '/dev/d'");
  }

  @Test
  void of_modesThatTakeNoWrites_sayWhatMendsThem() throws IOException {
    assertThat(of("0 1/4096 3/512 - ro discard_passdown needs_check 1024").refusal().orElseThrow())
        .asString()
        .contains(
            "'dmsetup remove'", "'thin_check --clear-needs-check-flag /dev/m'", "thin_repair");
    assertThat(of("0 4090/4096 3/512 - ro discard_passdown - 1024").refusal().orElseThrow())
        .asString()
        .contains("metadata is full (4090 of 4096 blocks used)", "extend '/dev/m'");
    assertThat(of("0 1/4096 3/512 - ro discard_passdown - 1024").refusal().orElseThrow())
        .asString()
        .contains("read-only after an error", "dmesg");
    assertThat(of("0 1/4096 512/512 - out_of_data_space x - 1024").refusal().orElseThrow())
        .asString()
        .contains("it is full (512 blocks)", "extend '/dev/d'");
  }
}
