package io.convoy.core.process;

import java.io.IOException;
import java.util.List;

/** A program that ended with another status than 0, or not in time. */
public final class CommandFailedException extends IOException {
  private static final long serialVersionUID = 1;

  private final int exitStatus;
  private final String errorOutput;

  CommandFailedException(List<String> argv, int exitStatus, String errorOutput) {
    super(
        "'%s' ended with status %s: %s"
            .formatted(String.join(" ", argv), exitStatus, errorOutput.strip()));
    this.exitStatus = exitStatus;
    this.errorOutput = errorOutput;
  }

  /** Returns the exit status. */
  public int exitStatus() {
    return exitStatus;
  }

  /** Returns what the program wrote to its standard error, cut after 64 KiB. */
  public String errorOutput() {
    return errorOutput;
  }
}
