package io.convoy.objectstore;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/** Ends with an exception at the next read when its thread is interrupted. */
final class InterruptibleInput extends FilterInputStream {
  InterruptibleInput(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    check();
    return in.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    check();
    return in.read(bytes, offset, length);
  }

  @Override
  public long skip(long n) throws IOException {
    check();
    return in.skip(n);
  }

  private static void check() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while a directory tree was moved");
    }
  }
}
