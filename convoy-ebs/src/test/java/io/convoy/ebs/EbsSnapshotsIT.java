package io.convoy.ebs;

import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.SnapshotsContract;
import java.io.IOException;
import java.nio.file.Path;

final class EbsSnapshotsIT extends SnapshotsContract {
  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return EbsHarness.open(directory);
  }
}
