package io.convoy.objectstore;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * A few direct buffers that are used again and again. Who works on the processor holds one, so
 * there are as many as processors can use, however many threads wait for the store.
 */
final class BufferPool {
  private final int bufferBytes;
  private final Semaphore free;
  private final Queue<ByteBuffer> unused = new ConcurrentLinkedQueue<>();

  BufferPool(int buffers, int bufferBytes) {
    this.bufferBytes = bufferBytes;
    this.free = new Semaphore(buffers);
  }

  /** Returns an empty buffer; waits for one to be given back. */
  ByteBuffer take() throws InterruptedIOException {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("cancelled");
    }
    ByteBuffer buffer = unused.poll();
    return buffer == null ? ByteBuffer.allocateDirect(bufferBytes) : buffer.clear();
  }

  void giveBack(ByteBuffer buffer) {
    unused.add(buffer);
    free.release();
  }
}
