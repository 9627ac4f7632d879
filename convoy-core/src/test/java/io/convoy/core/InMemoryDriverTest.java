package io.convoy.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.GrowthContract;
import io.convoy.core.testing.InMemoryVolumeDriver;
import io.convoy.core.testing.InMemoryVolumeDriverFactory;
import io.convoy.core.testing.SnapshotsContract;
import io.convoy.core.testing.TrashContract;
import io.convoy.core.testing.VolumeDriverContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** The fake is as good as the real drivers: it passes their contracts. */
final class InMemoryDriverTest {
  @Nested
  final class AsVolumeDriver extends VolumeDriverContract {
    @Override
    protected DriverHarness newHarness(Path directory) {
      return new Harness(directory);
    }
  }

  @Nested
  final class AsSnapshots extends SnapshotsContract {
    @Override
    protected DriverHarness newHarness(Path directory) {
      return new Harness(directory);
    }
  }

  @Nested
  final class AsGrowth extends GrowthContract {
    @Override
    protected DriverHarness newHarness(Path directory) {
      return new Harness(directory);
    }
  }

  @Nested
  final class AsTrash extends TrashContract {
    @Override
    protected DriverHarness newHarness(Path directory) {
      return new Harness(directory);
    }
  }

  private static final class Harness implements DriverHarness {
    private final Path directory;
    private InMemoryVolumeDriver driver;

    Harness(Path directory) {
      this.directory = directory;
      reopen();
    }

    @Override
    public VolumeDriver driver() {
      return driver;
    }

    @Override
    public void reopen() {
      driver =
          (InMemoryVolumeDriver)
              new InMemoryVolumeDriverFactory()
                  .open(new DriverContext(directory, "host", new ProcessCommandRunner()), Map.of());
    }

    @Override
    public void write(VolumeName volume, String text) throws IOException {
      driver.write(volume, (text + "\0").getBytes(UTF_8));
    }

    @Override
    public String read(VolumeName volume) throws IOException {
      return text(driver.read(volume));
    }

    @Override
    public String read(SnapshotContent content) throws IOException {
      BlockContent block = (BlockContent) content;
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(block.sizeBytes()));
      block.read(0, bytes);
      return text(bytes.array());
    }

    @Override
    public VolumeFiller filler(String text) {
      return target ->
          ((BlockTarget) target).write(0, ByteBuffer.wrap((text + "\0").getBytes(UTF_8)));
    }

    @Override
    public void close() {}

    private static String text(byte[] bytes) {
      int end = 0;
      while (bytes[end] != 0) {
        end++;
      }
      return new String(bytes, 0, end, UTF_8);
    }
  }
}
