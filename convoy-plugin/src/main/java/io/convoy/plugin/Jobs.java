package io.convoy.plugin;

import io.convoy.core.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Runs long work in threads of its own, so that it does not depend on who waits for it. */
final class Jobs {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Set<Job<?>> running = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads;
  private volatile boolean stopping;

  Jobs() {
    AtomicLong number = new AtomicLong();
    this.threads =
        Executors.newCachedThreadPool(
            task -> new Thread(task, "convoy-job-" + number.incrementAndGet()));
  }

  /** Work that reports how far it is. */
  interface Work<T> {
    T run(Progress progress) throws IOException;
  }

  /** Returns how many jobs run. */
  int running() {
    return running.size();
  }

  /** Starts work. */
  <T> Job<T> start(Work<T> work) throws IOException {
    Job<T> job = new Job<>(work);
    running.add(job);
    try {
      threads.execute(
          () -> {
            try {
              job.run();
            } finally {
              running.remove(job);
            }
          });
    } catch (RejectedExecutionException e) {
      running.remove(job);
      throw new InterruptedIOException("The daemon is stopping: nothing new is started");
    }
    if (stopping) {
      job.cancel();
    }
    return job;
  }

  /** Runs work, and waits for it. */
  <T> T run(Work<T> work) throws IOException {
    Job<T> job = start(work);
    job.await(Duration.ofNanos(Long.MAX_VALUE));
    return job.result();
  }

  /** Cancels all work, and waits for it to undo itself; what does not in time is interrupted. */
  void stop(Duration limit) {
    stopping = true;
    threads.shutdown();
    running.forEach(Job::cancel);
    try {
      if (!threads.awaitTermination(
          Math.min(GRACE.toMillis(), limit.toMillis()), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
        boolean ended = threads.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
          System.getLogger(Jobs.class.getName())
              .log(
                  System.Logger.Level.WARNING,
                  "Work goes on after {0} s; the next start sees to what it leaves",
                  limit.toSeconds());
        }
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
