package io.convoy.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** A program that has ended, and what it said. */
public record Finished(List<String> argv, int status, String output, String errors) {
  /** Returns what it printed, without the end of line; fails the test unless it succeeded. */
  public String ok() {
    assertThat(status).as("%s%n%s%s", argv, output, errors).isZero();
    return output.strip();
  }

  /** Returns what it printed on either stream; fails the test if it succeeded. */
  public String failed() {
    assertThat(status).as("%s%n%s%s", argv, output, errors).isNotZero();
    return output + errors;
  }
}
