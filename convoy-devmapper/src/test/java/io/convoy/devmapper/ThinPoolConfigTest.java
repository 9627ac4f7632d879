package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Age;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ThinPoolConfigTest {
  private static final Map<String, String> DEVICES =
      Map.of("dm.datadev", "/dev/data", "dm.metadatadev", "/dev/metadata");
  private static final ThinPoolConfig DEFAULTS =
      new ThinPoolConfig(
          Path.of("/dev/data"),
          Path.of("/dev/metadata"),
          "convoy-pool",
          4096,
          100L << 30,
          Filesystem.EXT4,
          true,
          2,
          5,
          Age.parse("7d"));

  private static ThinPoolConfig parse(String option, String value) {
    Map<String, String> options = new HashMap<>(DEVICES);
    options.put(option, value);
    return ThinPoolConfig.of(options, Optional.empty());
  }

  @Test
  void of_devicesAlone_hasTheDefaults() {
    assertThat(ThinPoolConfig.of(DEVICES, Optional.empty())).isEqualTo(DEFAULTS);
  }

  @Test
  void of_everything_isTaken() {
    Map<String, String> options =
        Map.of(
            "dm.data", "/dev/d",
            "dm.metadatadev", "/dev/m",
            "dm.thinpoolname", "pool",
            "dm.thinpoolblocksize", "128",
            "dm.defaultvolumesize", "10G",
            "dm.fs", "xfs",
            "dm.skipblockzeroing", "true",
            "dm.minfreedata", "10",
            "dm.minfreemetadata", "0%",
            "trash.keep", "12h");

    assertThat(ThinPoolConfig.of(options, Optional.of(DEFAULTS)))
        .isEqualTo(
            new ThinPoolConfig(
                Path.of("/dev/d"),
                Path.of("/dev/m"),
                "pool",
                128,
                10L << 30,
                Filesystem.XFS,
                false,
                10,
                0,
                Age.parse("12h")));
  }

  @Test
  void of_nothing_isWhatIsRecorded() {
    assertThat(ThinPoolConfig.of(Map.of(), Optional.of(DEFAULTS))).isEqualTo(DEFAULTS);
  }

  @Test
  void of_noDevice_namesTheOption() {
    assertThatThrownBy(() -> ThinPoolConfig.of(Map.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dm.datadev");
    assertThatThrownBy(() -> ThinPoolConfig.of(Map.of("dm.datadev", "/dev/data"), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dm.metadatadev");
  }

  @Test
  void of_badValues_nameThem() {
    for (String[] bad :
        new String[][] {
          {"dm.datadev", "data"},
          {"dm.metadatadev", "/dev/data"},
          {"dm.data", "/dev/other"},
          {"dm.thinpoolname", "a/b"},
          {"dm.thinpoolname", "-x"},
          {"dm.thinpoolblocksize", "127"},
          {"dm.thinpoolblocksize", "129"},
          {"dm.thinpoolblocksize", "0"},
          {"dm.thinpoolblocksize", "2097280"},
          {"dm.thinpoolblocksize", "2M"},
          {"dm.defaultvolumesize", "0"},
          {"dm.defaultvolumesize", "many"},
          {"dm.fs", "btrfs"},
          {"dm.skipblockzeroing", "yes"},
          {"dm.minfreedata", "91"},
          {"dm.minfreemetadata", "-1"},
          {"dm.minfreemetadata", "much"},
          {"dm.nosuch", "1"}
        }) {
      assertThatThrownBy(() -> parse(bad[0], bad[1]))
          .as("%s=%s", bad[0], bad[1])
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void isTrue_flags_areReadOrRefused() {
    assertThat(ThinPoolConfig.isTrue(Map.of(), "dm.wipe")).isFalse();
    assertThat(ThinPoolConfig.isTrue(Map.of("dm.wipe", "true"), "dm.wipe")).isTrue();
    assertThatThrownBy(() -> ThinPoolConfig.isTrue(Map.of("dm.wipe", "1"), "dm.wipe"))
        .hasMessageContaining("dm.wipe '1'");
  }

  @Test
  void roundUp_sizes_areWholeBlocks() {
    assertThat(DEFAULTS.roundUp(1)).isEqualTo(2 << 20);
    assertThat(DEFAULTS.roundUp(2 << 20)).isEqualTo(2 << 20);
    assertThat(DEFAULTS.roundUp((2 << 20) + 1)).isEqualTo(4 << 20);
    assertThatThrownBy(() -> DEFAULTS.roundUp(Long.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class);
  }
}
