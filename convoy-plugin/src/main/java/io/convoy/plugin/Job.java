package io.convoy.plugin;

import static java.lang.System.Logger.Level.ERROR;

import io.convoy.core.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One piece of long work. */
final class Job<T> implements Progress {
  private final Jobs.Work<T> work;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private volatile boolean cancelled;
  private volatile State state = new State(0, -1);

  /**
   * How far it is.
   *
   * @param totalBytes -1 if not known
   */
  record State(long doneBytes, long totalBytes) {}

  Job(Jobs.Work<T> work) {
    this.work = work;
  }

  void run() {
    try {
      checkCancelled();
      future.complete(work.run(this));
    } catch (Throwable e) {
      future.completeExceptionally(e);
    }
  }

  State state() {
    return state;
  }

  /** Waits for the end, and returns whether it was reached. */
  boolean await(Duration limit) throws InterruptedIOException {
    try {
      future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Returns what came out, or throws what went wrong, of a job that has ended. */
  T result() throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException runtime) {
        throw runtime;
      }
      System.getLogger(Job.class.getName()).log(ERROR, "A job ended: " + cause, cause);
      throw new IOException("Internal error: %s (the log has more)".formatted(cause), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Has the end told, once it is reached: the problem, or an empty text. */
  void whenDone(Consumer<String> listener) {
    CompletableFuture<T> unused =
        future.whenComplete((value, e) -> listener.accept(e == null ? "" : ApiError.oneLine(e)));
  }

  void cancel() {
    cancelled = true;
  }

  @Override
  public void report(long doneBytes, long totalBytes) {
    state = new State(doneBytes, totalBytes);
  }

  @Override
  public void checkCancelled() throws InterruptedIOException {
    if (cancelled || Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("cancelled");
    }
  }
}
