package io.convoy.objectstore;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tasks that run on other threads. */
final class Tasks {
  /** Wait for a store, mostly; they end when nobody has needed them for a minute. */
  private static final ExecutorService ASIDE =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "convoy-aside");
            thread.setDaemon(true);
            return thread;
          });

  private Tasks() {}

  /**
   * Begins a question to a store, beside others: on a line of some length, the time of a small
   * backup is that of the questions that follow one another. Who does not wait for its end cancels
   * it, unless it soon ends by itself.
   */
  static <T> Future<T> begin(Callable<T> task) {
    return ASIDE.submit(task);
  }

  /** Returns whether a task has ended, and not well. */
  static boolean hasFailed(Future<?> future) {
    if (!future.isDone()) {
      return false;
    }
    try {
      future.get();
      return false;
    } catch (ExecutionException | CancellationException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns what a task came to; its failure is this thread's. */
  static <T> T get(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("cancelled");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IOException(e.getCause());
    }
  }

  /** Waits for a task's end, whatever it comes to. */
  static void await(Future<?> future) throws InterruptedIOException {
    await(future, Duration.ofSeconds(Long.MAX_VALUE));
  }

  /** Waits for a task's end, whatever it comes to, for so long at most. */
  static void await(Future<?> future, Duration limit) throws InterruptedIOException {
    try {
      future.get(limit.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("cancelled");
    } catch (ExecutionException | CancellationException | TimeoutException e) {
      return; // who needs what it came to is told of that
    }
  }

  /** Stops threads, and waits for what they are doing: nothing is stored or written afterwards. */
  static void stop(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.HOURS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
