package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the reader that stands in the description of the format, on a device. */
final class BlockFormatDocumentTest {
  private static final int SIZE_BYTES = 300_001;

  @TempDir private Path temp;

  @Test
  void reader_ofTheDocument_restoresADevice() throws IOException, InterruptedException {
    Environment.require(
        Files.isExecutable(Path.of("/usr/bin/zstd")), "needs zstd: apt install zstd");
    String document = Files.readString(Path.of("../docs/backup-format.md"));
    String start = "```python\n";
    int from = document.indexOf(start) + start.length();
    Path reader =
        Files.writeString(
            temp.resolve("reader.py"), document.substring(from, document.indexOf("```", from)));
    Path destination = Files.createDirectory(temp.resolve("destination"));
    ObjectStore store = new DirectoryObjectStore(destination, new ProcessCommandRunner());
    Device device = new Device("vol1", SIZE_BYTES);
    Random random = new Random(3);
    UUID snapshot = device.snapshot();
    for (int i = 1; i <= 2; i++) {
      device.writeRandom(random, 50_000 * i, 20_000);
      device.write(200_000, new byte[] {1, 2, 3});
      snapshot = device.snapshot();
      Device.backups(store)
          .create(device.request("b" + i, snapshot), device.open(snapshot), Progress.NONE);
    }
    Path image = temp.resolve("image");

    Process process =
        new ProcessBuilder("python3", reader.toString(), destination.toString(), "vol1", "b2")
            .redirectOutput(image.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();

    assertThat(process.waitFor()).isZero();
    assertThat(Files.readAllBytes(image)).isEqualTo(device.bytes());
  }
}
