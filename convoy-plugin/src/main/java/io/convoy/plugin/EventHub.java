package io.convoy.plugin;

import io.convoy.core.Event;
import io.convoy.core.EventListener;
import io.convoy.core.InUseException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.TimeUnit;

/**
 * Passes on what happens to whoever follows it, each at its own pace. Nobody who reports an event
 * waits for a follower: one that does not keep up is let go of, and told so.
 */
final class EventHub implements EventListener, AutoCloseable {
  /** How many events may wait for one follower. */
  static final int BUFFER = 1000;

  /** How many may follow at a time: each takes a connection, and Docker's calls need some, too. */
  static final int MAX_FOLLOWERS = 32;

  private final Set<Follower> followers = new CopyOnWriteArraySet<>();
  private volatile boolean closed;

  @Override
  public void happened(Event event) {
    followers.forEach(follower -> follower.offer(event));
  }

  /**
   * Returns somebody who hears of everything from now on.
   *
   * @throws InUseException if too many do already
   */
  Follower follow() throws InUseException {
    Follower follower = new Follower();
    synchronized (followers) {
      if (followers.size() >= MAX_FOLLOWERS) {
        throw new InUseException(
            "%s clients follow the events already, which is as many as can: end one of them"
                .formatted(MAX_FOLLOWERS));
      }
      followers.add(follower);
    }
    if (closed) {
      follower.end(End.CLOSED);
    }
    return follower;
  }

  /** Tells all followers that nothing more comes. */
  @Override
  public void close() {
    closed = true;
    followers.forEach(follower -> follower.end(End.CLOSED));
  }

  /** Why nothing more comes. */
  enum End {
    /** The daemon stops. */
    CLOSED,
    /** The follower did not keep up. */
    TOO_SLOW
  }

  /** One who follows. */
  final class Follower implements AutoCloseable {
    private final Queue<Event> waiting = new ArrayDeque<>();
    private Optional<End> end = Optional.empty();

    private synchronized void offer(Event event) {
      if (end.isPresent()) {
        return;
      }
      if (waiting.size() >= BUFFER) {
        end(End.TOO_SLOW);
        return;
      }
      waiting.add(event);
      notifyAll();
    }

    private synchronized void end(End reason) {
      if (end.isEmpty()) {
        end = Optional.of(reason);
        notifyAll();
      }
    }

    /** Waits for the next event; returns none if none comes in time, or none comes any more. */
    synchronized Optional<Event> next(Duration limit) throws InterruptedIOException {
      long deadline = System.nanoTime() + limit.toNanos();
      try {
        for (long left = limit.toNanos();
            waiting.isEmpty() && end.isEmpty() && left > 0;
            left = deadline - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
      return Optional.ofNullable(waiting.poll());
    }

    /** Returns why nothing more comes, once all that came has been taken. */
    synchronized Optional<End> end() {
      return waiting.isEmpty() ? end : Optional.empty();
    }

    @Override
    public void close() {
      followers.remove(this);
    }
  }
}
