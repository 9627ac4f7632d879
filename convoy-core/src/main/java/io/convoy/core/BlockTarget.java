package io.convoy.core;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A device or an image file to be filled. What is not written reads as zeros. */
public non-sealed interface BlockTarget extends RestoreTarget {
  /** Returns the size in bytes. */
  long sizeBytes();

  /**
   * Writes all of the buffer's remaining bytes at an offset. Safe for several threads at a time.
   */
  void write(long offsetBytes, ByteBuffer data) throws IOException;

  /** Returns when everything written is on stable storage. */
  void flush() throws IOException;
}
