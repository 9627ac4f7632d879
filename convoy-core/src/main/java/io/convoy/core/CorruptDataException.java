package io.convoy.core;

import java.io.IOException;

/** Something stored is not what it was when it was written; trying again will not help. */
public final class CorruptDataException extends IOException {
  private static final long serialVersionUID = 1;

  public CorruptDataException(String message) {
    super(message);
  }

  public CorruptDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
