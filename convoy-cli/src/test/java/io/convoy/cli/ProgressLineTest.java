package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private ProgressLine line(boolean terminal) {
    return new ProgressLine(new PrintStream(written, true, UTF_8), terminal);
  }

  @Test
  void report_onATerminal_writesOneLineOverItself() {
    try (ProgressLine line = line(true)) {
      line.report(0, 4L << 30);
      line.report(1L << 30, 4L << 30);
    }

    assertThat(written.toString(UTF_8))
        .contains("\r[######                  ]  25 %  1 GiB of 4 GiB  ")
        .endsWith("\r\u001b[K")
        .doesNotContain("\n");
  }

  @Test
  void report_unknownSize_showsWhatIsDone() {
    try (ProgressLine line = line(true)) {
      line.report(-1, -1);
      line.report(1 << 20, -1);
    }

    assertThat(written.toString(UTF_8)).contains("working, 0:00").contains("\r1 MiB  ");
  }

  @Test
  void report_withoutATerminal_isNotChatty() {
    try (ProgressLine line = line(false)) {
      line.report(1, 2);
      line.report(2, 2);
    }

    assertThat(written.toString(UTF_8)).isEmpty();
  }
}
