package io.convoy.core;

import java.io.IOException;

/** The thing is there, but somebody uses it, or it is not ready for what was asked. */
public final class InUseException extends IOException {
  private static final long serialVersionUID = 1;

  public InUseException(String message) {
    super(message);
  }
}
