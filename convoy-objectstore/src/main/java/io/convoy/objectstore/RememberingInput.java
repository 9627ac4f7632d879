package io.convoy.objectstore;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Remembers that its source failed. A reader that gives up can so tell a source that can't be read
 * now from data that is damaged.
 */
final class RememberingInput extends FilterInputStream {
  private Optional<IOException> failure = Optional.empty();

  RememberingInput(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    try {
      return in.read();
    } catch (IOException e) {
      failure = Optional.of(e);
      throw e;
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      return in.read(bytes, offset, length);
    } catch (IOException e) {
      failure = Optional.of(e);
      throw e;
    }
  }

  /** Returns the source's failure, or else {@code other}. */
  IOException failureOr(IOException other) {
    return failure.orElse(other);
  }
}
