package io.convoy.cli;

import java.io.IOException;

/** The answer is printed, and it is that something is not as it should be. */
final class IncompleteException extends IOException {
  private static final long serialVersionUID = 1;

  IncompleteException(String message) {
    super(message);
  }
}
