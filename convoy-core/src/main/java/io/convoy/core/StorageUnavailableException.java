package io.convoy.core;

import java.io.IOException;

/** A driver's storage is not there, or does not answer: nobody can say what is in it now. */
public class StorageUnavailableException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Makes one.
   *
   * @param message what is not there, or for how long it has not answered, in one line
   */
  public StorageUnavailableException(String message) {
    super(message);
  }
}
