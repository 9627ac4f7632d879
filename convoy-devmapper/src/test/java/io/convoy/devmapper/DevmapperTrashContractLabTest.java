package io.convoy.devmapper;

import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.TrashContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("kernel-lab")
class DevmapperTrashContractLabTest extends TrashContract {
  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return LabHarness.create(directory);
  }
}
