package io.convoy.core;

/** A run of bytes, never empty. */
public record Extent(long offsetBytes, long lengthBytes) {
  public Extent {
    if (offsetBytes < 0 || lengthBytes <= 0 || offsetBytes + lengthBytes < 0) {
      throw new IllegalArgumentException(
          "extent of %s bytes at %s, expected a length above 0 and an offset of 0 or more"
              .formatted(lengthBytes, offsetBytes));
    }
  }

  /** Returns the offset of the first byte behind this extent. */
  public long endBytes() {
    return offsetBytes + lengthBytes;
  }
}
