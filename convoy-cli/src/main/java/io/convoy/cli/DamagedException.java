package io.convoy.cli;

import java.io.IOException;

/** A backup was checked, the answer is printed, and it is that the backup is not whole. */
final class DamagedException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedException(String message) {
    super(message);
  }
}
