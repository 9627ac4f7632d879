package io.convoy.core.testing;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs from the machine. On a developer's machine a test whose needs are not met is
 * skipped with the reason; where {@code bin/verify} has installed everything, it fails.
 */
public final class Environment {
  private static final String REQUIRE_ALL = "CONVOY_REQUIRE_ALL";

  private Environment() {}

  /**
   * Returns normally if the condition holds.
   *
   * @param whatToDo what the reader has to install or to run, such as "needs root: run bin/verify"
   */
  public static void require(boolean condition, String whatToDo) {
    if (condition) {
      return;
    }
    if ("1".equals(System.getenv(REQUIRE_ALL))) {
      Assertions.fail(REQUIRE_ALL + " is set, but: " + whatToDo);
    }
    Assumptions.abort(whatToDo);
  }

  /** Returns normally if the test runs as root. */
  public static void requireRoot() {
    require("root".equals(System.getProperty("user.name")), "needs root: run bin/verify as root");
  }
}
