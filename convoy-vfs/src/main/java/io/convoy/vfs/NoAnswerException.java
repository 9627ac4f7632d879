package io.convoy.vfs;

import io.convoy.core.StorageUnavailableException;

/** The storage does not answer; what was asked may or may not be done when it does. */
final class NoAnswerException extends StorageUnavailableException {
  private static final long serialVersionUID = 1;

  NoAnswerException(String message) {
    super(message);
  }
}
