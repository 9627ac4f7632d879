package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {
  @TempDir Path folder;

  /** Completes a line whose last word, which may be empty, is unfinished. */
  private List<String> complete(String line) {
    List<String> words = Arrays.asList(line.split(" ", -1));
    Run run =
        Run.of(
            Map.of(GlobalOptions.SOCKET_VARIABLE, folder.resolve("s").toString()),
            java.util.stream.Stream.concat(
                    java.util.stream.Stream.of("__complete"), words.stream().skip(1))
                .toList());
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    return run.out().lines().map(text -> text.split("\t", 2)[0]).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "'convoy cre', words create",
    "'convoy backup v', words verify",
    "'convoy backup --s3-endpoint http://h create --f', words --format",
    "'convoy backup create s1 --format ', words native v0.5.2",
    "'convoy backup create s1 --format=n', words --format=native",
    "'convoy list --format j', words json",
    "'convoy --format ta', words table",
    "'convoy --format json inf', words info",
    "'convoy -s ', files",
    "'convoy daemon --root ', directories",
    "'convoy daemon --drivers d', words devicemapper",
    "'convoy delete --ref', words --reference",
    "'convoy help tr', words trash",
    "'convoy jobs ', words show wait cancel",
    "'convoy jobs --form', words --format",
    "'convoy completion ', words bash zsh",
    "'convoy pool plan ', files",
    "'convoy nosuch ', words",
    "'convoy info x', words",
    "'convoy create --size ', words",
    "'convoy inspect ', words"
  })
  void complete_withoutDaemon_knowsTheCommands(String line, String expected) {
    assertThat(String.join(" ", complete(line))).isEqualTo(expected);
  }

  @Test
  void complete_commandsAndFlags_saysWhatTheyDo() {
    Run commands = Run.of(Map.of(), List.of("__complete", "crea"));
    Run flags = Run.of(Map.of(), List.of("__complete", "create", "--siz"));

    assertThat(commands.out()).startsWith("words\ncreate\tCreate a volume, ");
    assertThat(flags.out()).startsWith("words\n--size\tThe size");
  }

  @Test
  void complete_silentDaemon_offersNothingInTime() throws Exception {
    try (java.nio.channels.ServerSocketChannel silent =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      silent.bind(java.net.UnixDomainSocketAddress.of(folder.resolve("s")));

      assertThat(complete("convoy inspect ")).containsExactly("words");
    }
  }
}
