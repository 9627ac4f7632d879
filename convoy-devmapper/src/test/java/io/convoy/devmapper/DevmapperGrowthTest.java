package io.convoy.devmapper;

import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.GrowthContract;
import java.io.IOException;
import java.nio.file.Path;

class DevmapperGrowthTest extends GrowthContract {
  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return new FakeHarness(directory).open();
  }
}
