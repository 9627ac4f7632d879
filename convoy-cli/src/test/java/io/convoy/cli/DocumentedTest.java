package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/commands.md} says what the help says. */
class DocumentedTest {
  private static final Path DOCUMENT = Path.of("../docs/commands.md");

  @ParameterizedTest
  @MethodSource("io.convoy.cli.HelpTest#commands")
  void document_everyCommand_hasItsUsageExamplesAndFlags(String name) throws Exception {
    String document = Files.readString(DOCUMENT);
    String section = document.substring(document.indexOf("\n## " + name + "\n"));
    section =
        section.substring(
            0, section.indexOf("\n## ", 1) < 0 ? section.length() : section.indexOf("\n## ", 1));
    String help = Help.of(name);

    for (String line : help.split("\nFlags of every command:", 2)[0].lines().toList()) {
      String text = line.strip();
      if (text.startsWith("--")) {
        assertThat(section).contains("`" + text.split(" {2,}", 2)[0].replace("|", "\\|") + "`");
      } else if (text.startsWith("Usage: ")) {
        assertThat(section).contains("    " + text.substring("Usage: ".length()) + "\n");
      } else if (text.startsWith("convoy ")) {
        assertThat(section).contains("    " + text + "\n");
      }
    }
  }
}
