package io.convoy.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A device or an image file to be filled. What is not written reads as zeros. */
public non-sealed interface BlockTarget extends RestoreTarget {
  /** Returns the size in bytes. */
  long sizeBytes();

  /**
   * Hears where content is going to be written, before it is: room can be made for all of it at
   * once. Of content in very many pieces, it hears of the first of them.
   *
   * @throws IOException if there is not so much room
   */
  default void prepare(List<Extent> extents) throws IOException {}

  /**
   * Writes all of the buffer's remaining bytes at an offset. Safe for several threads at a time.
   */
  void write(long offsetBytes, ByteBuffer data) throws IOException;

  /** Returns when everything written is on stable storage. */
  void flush() throws IOException;
}
