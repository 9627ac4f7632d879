package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Looks at the pool from time to time: has it take what its devices have grown by, and logs what is
 * wrong with it when that begins and when it ends.
 */
final class PoolWatch implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(PoolWatch.class.getName());
  static final Duration INTERVAL = Duration.ofSeconds(5);

  private final ThinPool pool;
  private final PoolTable table;
  private final Map<String, String> told = new LinkedHashMap<>();
  private final Thread thread = new Thread(this::run, "convoy-pool-watch");

  PoolWatch(ThinPool pool, PoolTable table) {
    this.pool = pool;
    this.table = table;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(INTERVAL.toMillis());
        look();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Looks once. */
  void look() {
    Map<String, String> now = new LinkedHashMap<>();
    try {
      table.update();
    } catch (IOException | RuntimeException e) {
      now.put("growth", "can't take what its devices have grown by: " + e.getMessage());
    }
    try {
      for (PoolHealth.Trouble trouble : pool.health().troubles()) {
        now.put(trouble.key(), trouble.toString());
      }
    } catch (IOException | RuntimeException e) {
      now.put("status", "can't be looked at: " + e.getMessage());
    }
    if (thread.isInterrupted()) {
      // That cut off what was looked at.
      return;
    }
    String name = pool.config().poolName();
    now.forEach(
        (key, text) -> {
          if (!told.containsKey(key)) {
            LOGGER.log(WARNING, "Thin pool ''{0}'' {1}", name, text);
          }
        });
    told.forEach(
        (key, text) -> {
          if (!now.containsKey(key)) {
            LOGGER.log(INFO, "Thin pool ''{0}'': no longer so: it {1}", name, text);
          }
        });
    told.clear();
    told.putAll(now);
  }

  /** Stops looking, and waits for a look that is under way. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(INTERVAL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
