package io.convoy.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What Ctrl-C, SIGTERM and SIGHUP do to long work. */
final class Interruption {
  private static final long UNDO_SECONDS = 30;

  private Interruption() {}

  /** Long work. */
  interface Work<T> {
    T run() throws IOException, MisuseException;
  }

  /** Does the work; when that is interrupted, does {@code then} before the JVM ends. */
  static <T> T tell(Runnable then, Work<T> work) throws IOException, MisuseException {
    return run(then, 0, work);
  }

  /**
   * The same, and lets the work, which {@code then} told to end, undo itself before the JVM ends.
   */
  static <T> T undo(Runnable then, Work<T> work) throws IOException, MisuseException {
    return run(then, UNDO_SECONDS, work);
  }

  private static <T> T run(Runnable then, long waitSeconds, Work<T> work)
      throws IOException, MisuseException {
    CountDownLatch done = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              then.run();
              await(done, waitSeconds);
            },
            "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.run();
    } finally {
      done.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM is going down: the hook runs already.
      }
    }
  }

  private static void await(CountDownLatch done, long seconds) {
    try {
      boolean unused = done.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
