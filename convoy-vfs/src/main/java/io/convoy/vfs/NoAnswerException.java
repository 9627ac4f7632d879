package io.convoy.vfs;

import java.io.IOException;

/** The storage does not answer; what was asked may or may not be done when it does. */
final class NoAnswerException extends IOException {
  private static final long serialVersionUID = 1;

  NoAnswerException(String message) {
    super(message);
  }
}
