package io.convoy.vfs;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has work with a storage done by threads that may hang, so that no caller does. Work that answers
 * may take any time; once the storage is silent, nothing is begun, and nobody waits for long.
 */
final class PatientCalls implements AutoCloseable {
  /** For what must answer within a second. */
  static final Duration QUICK = Duration.ofMillis(500);

  /** Other hosts may have the records locked, and a share may be slow. */
  private static final Duration QUICK_AT_MOST = Duration.ofSeconds(10);

  /** How long a silence is worth waiting for its end. */
  static final Duration PATIENCE = Duration.ofSeconds(12);

  private static final Duration CLEANING = Duration.ofSeconds(30);
  private static final int MAX_THREADS = 128;
  private static final long LOOK_MILLIS = 200;

  private final ShareWatch watch;
  private final ThreadPoolExecutor threads;

  PatientCalls(ShareWatch watch) {
    this.watch = watch;
    AtomicLong number = new AtomicLong();
    this.threads =
        new ThreadPoolExecutor(
            0,
            MAX_THREADS,
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "convoy-vfs-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Work with the storage. */
  interface Work<T> {
    T run(Call call) throws IOException;
  }

  /** Whether somebody still waits for work. */
  interface Call {
    boolean isAbandoned();
  }

  /** Has work done, however long it takes: see {@link #call(Work, Duration)}. */
  <T> T call(Work<T> work) throws IOException {
    return call(work, PATIENCE);
  }

  /** Keeps what work gave, so that it can be answered while the storage is silent. */
  interface Memory<T> {
    void keep(T result) throws IOException;
  }

  /** Has work done, and keeps what it gave, even if nobody waits for it any more. */
  <T> T call(Work<T> work, Memory<T> memory) throws IOException {
    return call(
        call -> {
          T result = work.run(call);
          memory.keep(result);
          return result;
        });
  }

  /**
   * Has work done, however long it takes.
   *
   * @param patience how long a silence may last meanwhile
   * @throws NoAnswerException if the storage is silent; then nothing was begun, or whether it was
   *     done is not known yet, as the message says
   */
  <T> T call(Work<T> work, Duration patience) throws IOException {
    if (watch.isSilent()) {
      throw new NoAnswerException(watch.describe() + " Nothing was begun");
    }
    Task<T> task = submit(work);
    while (true) {
      try {
        return task.result.get(LOOK_MILLIS, MILLISECONDS);
      } catch (TimeoutException e) {
        if (watch.silence().compareTo(patience) > 0) {
          task.abandoned = true;
          throw new NoAnswerException(
              watch.describe() + " Whether this was done will show when it answers");
        }
      } catch (ExecutionException e) {
        throw unwrap(e);
      } catch (InterruptedException e) {
        return interrupted(task);
      }
    }
  }

  /** Passes an interruption on, and waits for the work to undo itself. */
  private static <T> T interrupted(Task<T> task) throws IOException {
    task.interrupt();
    try {
      return task.result.get(CLEANING.toMillis(), MILLISECONDS);
    } catch (ExecutionException e) {
      throw unwrap(e);
    } catch (TimeoutException | InterruptedException e) {
      task.abandoned = true;
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } finally {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Has work done that usually takes a moment. If it takes longer than a limit, the storage is
   * asked whether it is there at all, and if it does not answer that either, this returns empty. It
   * also does so in the end if the storage is there: then something else keeps the work waiting.
   */
  <T> Optional<T> quick(Work<T> work, Duration limit) throws IOException {
    if (watch.isSilent()) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(result(submit(work), limit));
    } catch (NoAnswerException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw unwrap(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Returns null if that is not to be waited for. */
  private <T> T result(Task<T> task, Duration limit)
      throws ExecutionException, InterruptedException {
    long start = System.nanoTime();
    long pieceMillis = Math.max(1, limit.toMillis() / 5);
    while (true) {
      try {
        return task.result.get(pieceMillis, MILLISECONDS);
      } catch (TimeoutException e) {
        // Asked after a fifth of the limit, it has had most of it for its answer.
        long waited = System.nanoTime() - start;
        boolean silent = watch.silence().compareTo(limit.dividedBy(2)) >= 0;
        if (waited >= limit.toNanos() && (silent || waited >= QUICK_AT_MOST.toNanos())) {
          return null;
        }
        watch.askNow();
      }
    }
  }

  private <T> Task<T> submit(Work<T> work) throws NoAnswerException {
    Task<T> task = new Task<>(work);
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      NoAnswerException full =
          new NoAnswerException(
              "%s calls wait for the storage already: nothing was begun".formatted(MAX_THREADS));
      full.initCause(e);
      throw full;
    }
    return task;
  }

  private static IOException unwrap(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof IOException io ? io : new IOException(cause);
  }

  /** Begins nothing new; what hangs goes on to hang. */
  @Override
  public void close() {
    threads.shutdown();
  }

  private static final class Task<T> implements Runnable, Call {
    private final Work<T> work;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private volatile boolean abandoned;
    // Guarded by this.
    private Thread thread;

    Task(Work<T> work) {
      this.work = work;
    }

    @Override
    public boolean isAbandoned() {
      return abandoned;
    }

    @Override
    public void run() {
      begin();
      try {
        result.complete(work.run(this));
      } catch (Throwable e) {
        result.completeExceptionally(e);
      } finally {
        end();
      }
    }

    private synchronized void begin() {
      thread = Thread.currentThread();
    }

    private synchronized void end() {
      thread = null;
      // Whoever interrupted meant this work, not the thread's next.
      Thread.interrupted();
    }

    synchronized void interrupt() {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
