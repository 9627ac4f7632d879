package io.convoy.vfs;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;

/** Has this host give signs of life in time, in a thread of its own. */
final class Heartbeat implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(Heartbeat.class.getName());

  /** So many signs may get lost before others take the host for dead. */
  private static final int BEATS_PER_LEASE = 4;

  private final MountNotes notes;
  private final Thread thread;
  private boolean failing;
  private volatile boolean closed;

  private Heartbeat(MountNotes notes, Duration lease) {
    this.notes = notes;
    this.thread =
        new Thread(() -> beat(lease.toMillis() / BEATS_PER_LEASE), "convoy-vfs-heartbeat");
    thread.setDaemon(true);
  }

  static Heartbeat start(MountNotes notes, Duration lease) {
    Heartbeat heartbeat = new Heartbeat(notes, lease);
    heartbeat.thread.start();
    return heartbeat;
  }

  private void beat(long pauseMillis) {
    while (!closed) {
      try {
        Thread.sleep(pauseMillis);
        notes.renew();
        failing = false;
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException e) {
        if (!failing && !closed) {
          LOGGER.log(WARNING, "This host''s sign of life could not be given: {0}", e.getMessage());
        }
        failing = true;
      }
    }
  }

  /** Ends it, and waits until it has ended. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
