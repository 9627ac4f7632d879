package io.convoy.core.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProcessCommandRunnerTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final CommandRunner commands = new ProcessCommandRunner();

  @Test
  void run_program_returnsItsOutput() throws IOException {
    assertThat(commands.run(List.of("echo", "a b", "$HOME;*"), LONG)).isEqualTo("a b $HOME;*\n");
  }

  @Test
  void run_fails_saysWhatStatusAndWhy() {
    assertThatThrownBy(() -> commands.run(List.of("ls", "/no/such/file"), LONG))
        .isInstanceOfSatisfying(
            CommandFailedException.class,
            e -> {
              assertThat(e.exitStatus()).isEqualTo(2);
              assertThat(e.errorOutput()).contains("No such file or directory");
              assertThat(e).hasMessageContaining("'ls /no/such/file' ended with status 2");
            });
  }

  @Test
  void run_tooLong_isKilled() {
    long start = System.nanoTime();

    assertThatThrownBy(() -> commands.run(List.of("sleep", "600"), Duration.ofMillis(200)))
        .isInstanceOf(InterruptedIOException.class)
        .hasMessageContaining("'sleep 600' did not end within");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void run_notInstalled_saysSo() {
    assertThatThrownBy(() -> commands.run(List.of("no-such-program"), LONG))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-program")
        .hasMessageContaining("is it installed?");
  }

  @Test
  void run_muchOutputOnBoth_doesNotBlock() throws IOException {
    String output = commands.run(List.of("sh", "-c", "seq 1 100000 >&2; seq 1 100000"), LONG);

    assertThat(output).endsWith("100000\n");
  }

  @Test
  void start_program_readsAndWrites() throws IOException {
    try (RunningCommand cat = commands.start(List.of("cat"))) {
      cat.standardInput().write("text".getBytes(UTF_8));
      cat.standardInput().close();
      assertThat(cat.standardOutput().readAllBytes()).asString(UTF_8).isEqualTo("text");
      cat.waitForSuccess();
    }
  }

  @Test
  void close_running_killsIt() throws IOException {
    RunningCommand sleep = commands.start(List.of("sleep", "600"));

    sleep.close();

    assertThat(sleep.waitFor()).isNotZero();
  }
}
