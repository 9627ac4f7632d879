package io.convoy.plugin;

import static java.lang.System.Logger.Level.ERROR;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.Progress;
import io.convoy.plugin.JobReport.State;
import io.convoy.plugin.http.Caller;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One piece of long work. */
final class Job implements Progress {
  private final String id;
  private final JobTitle title;
  private final Caller caller;
  private final Jobs.Work work;
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();
  private final CompletableFuture<JsonNode> future = new CompletableFuture<>();
  private volatile Optional<String> cancelReason = Optional.empty();
  private volatile Done done = new Done(0, -1);

  /**
   * How far it is.
   *
   * @param totalBytes -1 if not known
   */
  record Done(long doneBytes, long totalBytes) {}

  Job(String id, JobTitle title, Caller caller, Jobs.Work work) {
    this.id = id;
    this.title = title;
    this.caller = caller;
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

  /** Ends the job before it has begun. */
  void refuse(IOException reason) {
    future.completeExceptionally(reason);
  }

  String id() {
    return id;
  }

  JobTitle title() {
    return title;
  }

  Done done() {
    return done;
  }

  /** Returns how long ago it was started. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
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
  JsonNode result() throws IOException {
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
    CompletableFuture<JsonNode> unused =
        future.whenComplete((value, e) -> listener.accept(e == null ? "" : ApiError.oneLine(e)));
  }

  /**
   * Has it end as soon as it can, and undo what it has begun.
   *
   * @param reason by whom or why, for people
   */
  void cancel(String reason) {
    if (cancelReason.isEmpty()) {
      cancelReason = Optional.of(reason);
    }
  }

  @Override
  public void report(long doneBytes, long totalBytes) {
    done = new Done(doneBytes, totalBytes);
  }

  @Override
  public void checkCancelled() throws InterruptedIOException {
    if (cancelReason.isPresent() || Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("cancelled");
    }
  }

  /** Returns how it stands. */
  JobReport report() {
    Done now = done;
    Optional<JsonNode> result = Optional.empty();
    Optional<ApiError> error = Optional.empty();
    State state = cancelReason.isPresent() ? State.CANCELLING : State.RUNNING;
    if (future.isDone()) {
      try {
        result = Optional.of(result());
        state = State.DONE;
      } catch (IOException | RuntimeException e) {
        boolean cancelled = cancelReason.isPresent() && e instanceof InterruptedIOException;
        state = cancelled ? State.CANCELLED : State.FAILED;
        error = Optional.of(cancelled ? cancelled(cancelReason.get()) : ApiError.of(e));
      }
    }
    return new JobReport(
        id,
        title,
        caller,
        start,
        future.isDone() ? Optional.of(Instant.now()) : Optional.empty(),
        state,
        now.doneBytes(),
        now.totalBytes(),
        result,
        error);
  }

  private static ApiError cancelled(String reason) {
    String line = "The work was cancelled: " + reason;
    return new ApiError(500, ApiError.Kind.FAILED, line, line);
  }
}
