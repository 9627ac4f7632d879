package io.convoy.core;

import java.io.IOException;

/** The name wanted for something new is taken. */
public final class AlreadyExistsException extends IOException {
  private static final long serialVersionUID = 1;

  public AlreadyExistsException(String message) {
    super(message);
  }
}
