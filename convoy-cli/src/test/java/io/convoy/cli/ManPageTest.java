package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.testing.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManPageTest {
  @TempDir Path folder;

  private List<Path> pages() throws Exception {
    assertThat(Run.of(Map.of(), List.of("help", "--man", folder.toString())))
        .isEqualTo(new Run(0, "", ""));
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void help_man_writesAPageForEachCommandAndOneForAll() throws Exception {
    List<Path> pages = pages();

    assertThat(pages).hasSize(CommandTable.COMMANDS.size() + 1);
    assertThat(folder.resolve("convoy-backup-create.1"))
        .content()
        .contains(".SH NAME\nconvoy\\-backup\\-create \\- back up a snapshot")
        .contains(".B \\-\\-dest <destination>\n")
        .contains(".SH EXAMPLES\n");
    assertThat(folder.resolve("convoy.1")).content().contains(".BR convoy\\-backup\\-create (1)");
  }

  @Test
  void pages_checkedByMandoc_haveNoFault() throws Exception {
    Environment.require(
        Files.isExecutable(Path.of("/usr/bin/mandoc")), "needs mandoc: apt-get install mandoc");
    List<String> argv = new ArrayList<>(List.of("/usr/bin/mandoc", "-T", "lint", "-W", "warning"));
    pages().forEach(page -> argv.add(page.toString()));

    Process mandoc = new ProcessBuilder(argv).redirectErrorStream(true).start();
    String said = new String(mandoc.getInputStream().readAllBytes(), UTF_8);

    // Pages of software have its version where others have a date.
    assertThat(said.lines().filter(line -> !line.contains("missing date"))).isEmpty();
  }
}
