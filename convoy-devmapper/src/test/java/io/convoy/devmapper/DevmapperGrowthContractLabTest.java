package io.convoy.devmapper;

import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.GrowthContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("kernel-lab")
class DevmapperGrowthContractLabTest extends GrowthContract {
  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return LabHarness.create(directory);
  }
}
