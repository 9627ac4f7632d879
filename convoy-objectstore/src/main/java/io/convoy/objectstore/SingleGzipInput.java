package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Inflates a stream that is one gzip member and nothing else; a cut or damaged one, and one with
 * something after it, ends with a {@link CorruptDataException}.
 */
final class SingleGzipInput extends InputStream {
  private static final int BUFFER_BYTES = 128 * 1024;

  private final RememberingInput source;
  private final BufferedInputStream compressed;
  private final InputStream inflated;

  private SingleGzipInput(
      RememberingInput source, BufferedInputStream compressed, InputStream inflated) {
    this.source = source;
    this.compressed = compressed;
    this.inflated = inflated;
  }

  static SingleGzipInput open(InputStream in) throws IOException {
    RememberingInput source = new RememberingInput(in);
    BufferedInputStream compressed = new BufferedInputStream(source, BUFFER_BYTES);
    try {
      return new SingleGzipInput(source, compressed, new GzipCompressorInputStream(compressed));
    } catch (IOException e) {
      throw source.failureOr(damaged(e));
    }
  }

  @Override
  public int read() throws IOException {
    byte[] single = new byte[1];
    int n = read(single, 0, 1);
    return n < 0 ? n : single[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n;
    try {
      n = inflated.read(bytes, offset, length);
    } catch (IOException e) {
      throw source.failureOr(damaged(e));
    }
    if (n < 0 && compressed.read() >= 0) {
      throw new CorruptDataException("a gzip stream is followed by something else");
    }
    return n;
  }

  private static CorruptDataException damaged(IOException e) {
    return new CorruptDataException("a gzip stream is cut or damaged: " + e.getMessage(), e);
  }
}
