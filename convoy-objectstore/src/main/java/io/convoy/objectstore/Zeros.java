package io.convoy.objectstore;

import java.nio.ByteBuffer;

/** Finds content that is all zeros, at the speed of memory. */
final class Zeros {
  private static final int STEP_BYTES = 64 * 1024;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(STEP_BYTES).asReadOnlyBuffer();

  private Zeros() {}

  /** Returns whether the remaining bytes are all zeros; the buffer's position stays. */
  static boolean isAllZeros(ByteBuffer content) {
    int end = content.limit();
    for (int start = content.position(); start < end; start += STEP_BYTES) {
      int length = Math.min(STEP_BYTES, end - start);
      // Compares many bytes at a time; most blocks end at the first step.
      if (content.slice(start, length).mismatch(ZEROS.slice(0, length)) >= 0) {
        return false;
      }
    }
    return true;
  }
}
