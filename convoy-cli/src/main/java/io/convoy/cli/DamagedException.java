package io.convoy.cli;

import java.io.IOException;

/** Something was checked, the answer is printed, and it is that not all is well. */
final class DamagedException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedException(String message) {
    super(message);
  }
}
