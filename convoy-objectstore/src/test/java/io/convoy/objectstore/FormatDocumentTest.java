package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.Environment;
import io.convoy.core.testing.TreeCompare;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the reader that stands in the description of the format. */
final class FormatDocumentTest {
  @TempDir private Path temp;

  @Test
  void reader_ofTheDocument_restoresABackup() throws IOException, InterruptedException {
    Environment.requireRoot();
    Environment.require(
        Files.isExecutable(Path.of("/usr/bin/zstd")), "needs zstd: apt install zstd");
    String document = Files.readString(Path.of("../docs/backup-format.md"));
    String start = "```python\n";
    int from = document.indexOf(start) + start.length();
    Path reader =
        Files.writeString(
            temp.resolve("reader.py"), document.substring(from, document.indexOf("```", from)));
    Path destination = Files.createDirectory(temp.resolve("destination"));
    Path tree = Trees.make(temp.resolve("tree"), 1, 10, 10_000);
    ObjectStore store = new DirectoryObjectStore(destination, new ProcessCommandRunner());
    for (String volume : List.of("vol1", "a1", "ab..c")) {
      Trees.create(store, volume, "b1", tree);
      Path tar = temp.resolve(volume + ".tar");

      Process process =
          new ProcessBuilder("python3", reader.toString(), destination.toString(), volume, "b1")
              .redirectOutput(tar.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();

      assertThat(process.waitFor()).isZero();
      Path target = Files.createDirectory(temp.resolve("target-" + volume));
      Process extraction =
          new ProcessBuilder(
                  "tar",
                  "-xpf",
                  tar.toString(),
                  "--numeric-owner",
                  "--xattrs",
                  "--acls",
                  "-C",
                  target.toString())
              .inheritIO()
              .start();
      assertThat(extraction.waitFor()).isZero();
      assertThat(TreeCompare.differences(tree, target)).isEmpty();
    }
  }
}
