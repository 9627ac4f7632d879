package io.convoy.ebs;

import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.GrowthContract;
import java.io.IOException;
import java.nio.file.Path;

final class EbsGrowthIT extends GrowthContract {
  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return EbsHarness.open(directory);
  }
}
