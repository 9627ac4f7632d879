package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people and programs see who verify a backup. */
class VerifyPageTest {
  private static final String DAMAGED =
      """
      {"BackupURL": "vfs:///b?backup=b1&volume=v1", "Whole": false, "Level": "data",
       "SamplePercent": 100.0, "Blocks": 1700, "ReadBlocks": 1699, "ReadBytes": 3565158400,
       "Problems": ["Block 3fa0 is missing"],
       "Damage": [{"Key": "k", "Problem": "Block 3fa0 is\\nmissing", "Ranges": [],
                   "OtherBackups": ["backup-4bb6"]}],
       "Notes": ["The damage could not be noted"]}
      """;

  @TempDir Path folder;

  private Run verify(Terminal terminal, String... more) throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(folder.resolve("s" + System.nanoTime()))) {
      daemon.answer(200, "application/json", DAMAGED);
      List<String> words =
          new ArrayList<>(List.of("backup", "verify", "vfs:///b?backup=b1&volume=v1"));
      words.addAll(List.of(more));
      return Run.of(
          Map.of(GlobalOptions.SOCKET_VARIABLE, daemon.socket().toString()), words, terminal);
    }
  }

  @Test
  void verify_onATerminal_saysWhatIsDamagedAndWhatThatHurts() throws Exception {
    Run run = verify(new Terminal(true, true, false));

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .isEqualTo(
            """
            damaged   1699 of 1700 blocks read, 3.3 GiB (level data)
            error     Block 3fa0 is?missing
                      needed by backup-4bb6, too
            note      The damage could not be noted
            """);
    assertThat(run.err()).endsWith("convoy: The backup is not whole\n");
  }

  @Test
  void verify_offATerminal_answersAsTheDaemon() throws Exception {
    assertThat(verify(Terminal.NONE).out()).isEqualTo(DAMAGED);
    assertThat(verify(new Terminal(true, true, false), "--format", "json").out())
        .isEqualTo(DAMAGED);
  }
}
