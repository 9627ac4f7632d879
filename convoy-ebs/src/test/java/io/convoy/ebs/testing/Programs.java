package io.convoy.ebs.testing;

import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** Programs that the endpoint and the tests need. */
public final class Programs {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Programs() {}

  /** Runs a program and returns what it prints. */
  public static String run(List<String> argv) {
    try {
      return new ProcessCommandRunner().run(argv, LIMIT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a program and returns what it prints. */
  public static String run(String... argv) {
    return run(List.of(argv));
  }
}
