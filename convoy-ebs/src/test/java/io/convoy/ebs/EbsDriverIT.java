package io.convoy.ebs;

import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.VolumeDriverContract;
import java.io.IOException;
import java.nio.file.Path;

final class EbsDriverIT extends VolumeDriverContract {
  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return EbsHarness.open(directory);
  }
}
