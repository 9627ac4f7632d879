package io.convoy.objectstore;

import java.io.IOException;

/** A store that was asked for something did not say what became of it: it may still do it. */
public final class UncertainException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what is known of it. */
  public UncertainException(IOException failure) {
    super(failure.getMessage(), failure);
  }
}
