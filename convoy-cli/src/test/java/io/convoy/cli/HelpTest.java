package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
  private static final Path NOWHERE = Path.of("/nonexistent/convoy.sock");

  static Stream<String> commands() {
    return CommandTable.COMMANDS.stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_everyCommand_hasPurposeUsageAndExample(String name) {
    Run run = Run.of(Map.of(), Run.words(name + " --help"));

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("\nUsage: convoy " + name)
        .contains("\nExamples:\n  convoy " + name)
        .contains("--socket, -s <value>");
    assertThat(run.out().lines().findFirst().orElseThrow()).endsWith(".").hasSizeBetween(10, 90);
    assertThat(Run.of(Map.of(), Run.words("help " + name)).out()).isEqualTo(run.out());
    assertThat(Run.of(Map.of(), Run.words("-h " + name)).out()).isEqualTo(run.out());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_examples_areUnderstood(String name) throws Exception {
    Usage usage = CommandTable.create(name).getClass().getAnnotation(Usage.class);

    for (String example : usage.examples()) {
      List<String> words = Run.words(example);
      assertThat(words.get(0)).isEqualTo("convoy");
      assertThat(CommandLine.parse(words.subList(1, words.size())).name()).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "help", "--help", "-h", "-help", "h"})
  void help_ofAll_listsEveryCommand(String line) {
    Run run = Run.of(Map.of(), Run.words(line));

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains(CommandTable.COMMANDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"backup", "backup --help", "help backup", "backup help"})
  void help_ofAGroup_listsItsCommands(String line) {
    Run run = Run.of(Map.of(), Run.words(line));

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("backup create", "backup gc").doesNotContain("snapshot create");
  }

  @Test
  void help_ofACommandInAGroup_mayNameTheGroupFirst() {
    assertThat(Run.of(Map.of(), Run.words("backup help create")).out())
        .isEqualTo(Run.of(Map.of(), Run.words("help backup create")).out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-v", "-version", "list --version"})
  void version_anywhere_isPrinted(String line) {
    Run run = Run.of(NOWHERE, Run.words(line).toArray(String[]::new));

    assertThat(run.status()).isZero();
    assertThat(run.out()).matches("Convoy version \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
  }
}
