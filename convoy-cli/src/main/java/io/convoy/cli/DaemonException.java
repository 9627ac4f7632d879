package io.convoy.cli;

import java.io.IOException;

/** The daemon was asked and said no; the message is its reason, in one line. */
final class DaemonException extends IOException {
  private static final long serialVersionUID = 1;
  private static final String PREFIX = "Error response from server, ";

  private final String answer;

  /**
   * @param answer the error as v0.5.2 words it
   * @param detail the reason with its facts
   */
  DaemonException(String answer, String detail) {
    super(detail);
    this.answer = answer;
  }

  /** Returns the error as v0.5.2's command prints it, a line end included. */
  String printed() {
    return PREFIX + (answer.endsWith("\n") ? answer : answer + "\n");
  }
}
