package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Passes on to {@code out} what is read from it: at once up to a position, and what comes after
 * that only when told so. So a reader can look at a header before anyone else sees it.
 */
final class HeldInput extends InputStream {
  /** Far more than the headers of any file need, also one in a million pieces. */
  private static final int MAX_HELD_BYTES = 256 * 1024 * 1024;

  private static final int SKIP_BYTES = 128 * 1024;

  private final InputStream in;
  private final OutputStream out;
  private byte[] held = new byte[4096];
  private int heldBytes;
  private long position;
  private long passUntil;

  HeldInput(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** Returns how many bytes were read. */
  long position() {
    return position;
  }

  /** Returns a copy of what is held. */
  byte[] held() {
    return Arrays.copyOf(held, heldBytes);
  }

  /** Passes on what is held, and what comes up to {@code end}. */
  void passUntil(long end) throws IOException {
    write(held, 0, heldBytes);
    heldBytes = 0;
    passUntil = end;
  }

  /** Forgets what is held. */
  void drop() {
    heldBytes = 0;
  }

  @Override
  public int read() throws IOException {
    byte[] single = new byte[1];
    int n = read(single, 0, 1);
    return n < 0 ? n : single[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = in.read(bytes, offset, length);
    if (n > 0) {
      int passed = (int) Math.max(0, Math.min(n, passUntil - position));
      write(bytes, offset, passed);
      hold(bytes, offset + passed, n - passed);
      position += n;
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    byte[] buffer = new byte[(int) Math.max(0, Math.min(n, SKIP_BYTES))];
    long skipped = 0;
    while (skipped < n) {
      int read = read(buffer, 0, (int) Math.min(buffer.length, n - skipped));
      if (read < 0) {
        break;
      }
      skipped += read;
    }
    return skipped;
  }

  private void hold(byte[] bytes, int offset, int length) throws CorruptDataException {
    if (length > MAX_HELD_BYTES - heldBytes) {
      throw new CorruptDataException(
          "the archive has a header of more than %s bytes, at byte %s"
              .formatted(MAX_HELD_BYTES, position - heldBytes));
    }
    if (heldBytes + length > held.length) {
      held = Arrays.copyOf(held, Math.max(heldBytes + length, 2 * held.length));
    }
    System.arraycopy(bytes, offset, held, heldBytes, length);
    heldBytes += length;
  }

  private void write(byte[] bytes, int offset, int length) throws OutputFailedException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw new OutputFailedException(e);
    }
  }

  /** The output failed, not the input. */
  static final class OutputFailedException extends IOException {
    private static final long serialVersionUID = 1;

    OutputFailedException(IOException cause) {
      super(cause);
    }
  }
}
