package io.convoy.ebs;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Waits for what Amazon, or the kernel, does in its own time; not for ever. */
final class Waiting {
  private static final Duration LOCAL_POLL = Duration.ofMillis(100);

  private final Pace pace;

  Waiting(Pace pace) {
    this.pace = pace;
  }

  /** Looks whether it is done. */
  interface Look<T> {
    /** Returns the result, or empty if it is not done yet. */
    Optional<T> look() throws IOException;
  }

  /** Says what is wrong when it takes too long. */
  interface TooLate {
    IOException after(Duration limit) throws IOException;
  }

  /** Asks Amazon until it is done. */
  <T> T untilDone(Look<T> question, TooLate tooLate) throws IOException {
    return untilDone(Optional::empty, question, tooLate);
  }

  /**
   * Waits until something on this machine or Amazon says that it is done.
   *
   * @param local looked at often
   * @param question asked at growing distances
   */
  <T> T untilDone(Look<T> local, Look<T> question, TooLate tooLate) throws IOException {
    long start = System.nanoTime();
    Duration step = pace.firstPoll();
    long nextQuestion = start + step.toNanos();
    while (true) {
      Optional<T> done = local.look();
      if (done.isPresent()) {
        return done.get();
      }
      long now = System.nanoTime();
      if (now - nextQuestion >= 0) {
        done = question.look();
        if (done.isPresent()) {
          return done.get();
        }
        Duration doubled = step.multipliedBy(2);
        step = doubled.compareTo(pace.longestPoll()) < 0 ? doubled : pace.longestPoll();
        nextQuestion = System.nanoTime() + step.toNanos();
      }
      if (now - start > pace.waitLimit().toNanos()) {
        throw tooLate.after(pace.waitLimit());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(Math.min(LOCAL_POLL.toMillis(), pace.firstPoll().toMillis()));
      } catch (InterruptedException e) {
        throw Describer.interrupted();
      }
    }
  }
}
