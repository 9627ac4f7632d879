package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
  @TempDir Path temporary;

  @Test
  void demo_complete_tellsAndLeavesNothing() {
    Run run = Run.of(Map.of("TMPDIR", temporary.toString()), List.of("demo"));

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(
            "Took the snapshot 'monday'",
            "Restored the backup of 'tuesday' into the new volume 'shop-tuesday'")
        .contains("Every file came back as it was");
    assertThat(run.status()).isZero();
    assertThat(temporary).isEmptyDirectory();
  }
}
