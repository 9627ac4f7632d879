package io.convoy.objectstore;

import java.io.InterruptedIOException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A few things that are used again and again: large buffers, and what works on them. There are as
 * many as can be of use, however many threads there are; they are made when they are first needed.
 */
final class Pool<T> {
  private final Supplier<T> maker;
  private final Semaphore free;
  private final Deque<T> unused = new ConcurrentLinkedDeque<>();

  Pool(int most, Supplier<T> maker) {
    this.maker = maker;
    this.free = new Semaphore(most);
  }

  /** Returns one that nobody else has; waits for one to be given back. */
  T take() throws InterruptedIOException {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("cancelled");
    }
    T one = unused.poll();
    return one == null ? maker.get() : one;
  }

  void giveBack(T one) {
    // The last one is the first to be taken again: it is still in the processor's cache.
    unused.push(one);
    free.release();
  }

  /** Lets go of those that are not in use. */
  void drain(Consumer<T> end) {
    for (T one = unused.poll(); one != null; one = unused.poll()) {
      end.accept(one);
    }
  }
}
