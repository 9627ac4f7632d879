package io.convoy.ebs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.GrowthContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class EbsGrowthIT extends GrowthContract {
  private static final int CAP_SYS_RESOURCE = 24; // as in linux/capability.h

  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return EbsHarness.open(directory);
  }

  @Override
  protected void growMounted(long sizeBytes) throws IOException {
    if (mayGrowMountedExt4()) {
      super.growMounted(sizeBytes);
    } else {
      assertThatThrownBy(() -> super.growMounted(sizeBytes))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("CAP_SYS_RESOURCE")
          .hasMessageContaining(Long.toString(sizeBytes));
    }
  }

  /** Root in a container often may not, and then the message has to say why. */
  private static boolean mayGrowMountedExt4() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapEff:")) {
        long capabilities = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
        return (capabilities >> CAP_SYS_RESOURCE & 1) == 1;
      }
    }
    throw new IOException("/proc/self/status has no CapEff");
  }
}
