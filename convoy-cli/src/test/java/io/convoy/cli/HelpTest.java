package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
  private static final Path NOWHERE = Path.of("/nonexistent/convoy.sock");

  /** Values that have no unit and no form to explain. */
  private static final Set<String> SELF_EVIDENT =
      Set.of(
          "command",
          "device",
          "directory",
          "driver",
          "file",
          "group",
          "id",
          "key=value",
          "name",
          "snapshot",
          "type",
          "volume",
          "volume or ID");

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
        .contains("--socket, -s <file>");
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
  @MethodSource("commands")
  void help_everyValue_hasItsDefaultAndItsUnit(String name) {
    Explanation command = Explanation.of(name);
    String help = Run.of(Map.of(), Run.words("help " + name)).out();
    List<Explanation.Flag> flags =
        Stream.concat(command.flags().stream(), Explanation.globalFlags().stream())
            .filter(flag -> !flag.placeholder().isEmpty())
            .toList();

    assertThat(flags).allSatisfy(flag -> assertThat(flag.description()).contains("(default: "));
    assertThat(
            Stream.concat(
                flags.stream().map(Explanation.Flag::placeholder),
                command.argumentPlaceholders().stream()))
        .allSatisfy(
            value -> {
              assertThat(help).contains("<" + value + ">");
              if (!SELF_EVIDENT.contains(value) && value.indexOf('|') < 0) {
                assertThat(help).contains("\n  <" + value + "> ");
              }
            });
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
