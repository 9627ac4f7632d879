package io.convoy.plugin;

import io.convoy.core.Convoy;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Has Convoy look through the trash now and then, until it is closed. */
final class TrashTidying implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(TrashTidying.class.getName());

  /** How often: what expires is kept that much longer at the most. */
  static final Duration INTERVAL = Duration.ofMinutes(10);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  private final ScheduledExecutorService thread;

  private TrashTidying(ScheduledExecutorService thread) {
    this.thread = thread;
  }

  static TrashTidying start(Convoy convoy, Duration interval) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, "convoy-trash");
              made.setDaemon(true);
              return made;
            });
    // It completes with nothing: what does not work is logged where it happens.
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(
            () -> tidy(convoy), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    return new TrashTidying(thread);
  }

  private static void tidy(Convoy convoy) {
    try {
      convoy.tidyTrash();
    } catch (RuntimeException e) {
      // An exception that left here would end the looking for good.
      LOGGER.log(System.Logger.Level.WARNING, "Looking through the trash", e);
    }
  }

  /** Lets what is being destroyed be destroyed; what is left waits for the next start. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      thread.awaitTermination(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
