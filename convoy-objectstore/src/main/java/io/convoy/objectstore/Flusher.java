package io.convoy.objectstore;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Has what was written go to stable storage while more is being written. Else all of it would wait
 * in the system's memory for the flush at the end, with the disk idle until then.
 *
 * <p>This is for speed only: who publishes something flushes it once more before. Safe for several
 * threads.
 */
final class Flusher implements AutoCloseable {
  private static final long EVERY_BYTES = 128L * 1024 * 1024;

  private final Flush flush;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "convoy-flush"));
  private long waitingBytes;
  private Optional<Future<?>> running = Optional.empty();

  /** Puts on stable storage what has been written. */
  @FunctionalInterface
  interface Flush {
    void run() throws IOException;
  }

  Flusher(Flush flush) {
    this.flush = flush;
  }

  /** Hears of bytes that have been written; throws what a flush met. */
  synchronized void written(long bytes) throws IOException {
    waitingBytes += bytes;
    if (waitingBytes < EVERY_BYTES || (running.isPresent() && !running.get().isDone())) {
      return;
    }
    finish();
    waitingBytes = 0;
    running =
        Optional.of(
            thread.submit(
                () -> {
                  flush.run();
                  return null;
                }));
  }

  /** Waits for the flush that runs; throws what it met. */
  synchronized void finish() throws IOException {
    if (running.isPresent()) {
      Tasks.get(running.get());
      running = Optional.empty();
    }
  }

  @Override
  public void close() {
    Tasks.stop(thread);
  }
}
