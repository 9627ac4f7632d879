package io.convoy.cli.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupDestination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddingExampleTest {
  private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();

  @TempDir private Path directory;

  @Test
  void backUpAndRestore_run_givesTheFilesBack() throws IOException {
    Path store = Files.createDirectory(directory.resolve("store"));

    Path restored =
        EmbeddingExample.backUpAndRestore(
            directory.resolve("root"), BackupDestination.parse("vfs://" + store));

    assertThat(restored.resolve("hello.txt")).hasContent("hello");
  }

  @Test
  void readme_example_isTheOneThatRuns() throws IOException {
    List<String> source =
        Files.readAllLines(Path.of("src/test/java/io/convoy/cli/example/EmbeddingExample.java"));
    String readme = Files.readString(REPOSITORY.resolve("README.md"));
    String shown = readme.substring(readme.indexOf("```java\n") + 8);
    shown = shown.substring(0, shown.indexOf("```"));

    assertThat(normalize(String.join("\n", source))).contains(normalize(shown));
  }

  private static String normalize(String code) {
    return code.replaceAll("\\s+", " ").strip();
  }
}
