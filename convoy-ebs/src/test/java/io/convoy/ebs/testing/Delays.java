package io.convoy.ebs.testing;

import java.time.Duration;

/**
 * How long things take.
 *
 * @param lag how late those who ask hear of what was done
 */
public record Delays(
    Duration create,
    Duration attach,
    Duration detach,
    Duration delete,
    Duration snapshot,
    Duration modify,
    Duration lag) {
  /** Everything is done at once. */
  public static final Delays NONE = all(Duration.ZERO).withLag(Duration.ZERO);

  /** Returns the same time for everything, and for those who ask to hear of it. */
  public static Delays all(Duration time) {
    return new Delays(time, time, time, time, time, time, time);
  }

  /** Returns these delays with another lag. */
  public Delays withLag(Duration other) {
    return new Delays(create, attach, detach, delete, snapshot, modify, other);
  }

  /** Returns these delays with snapshots that take another time. */
  public Delays withSnapshot(Duration other) {
    return new Delays(create, attach, detach, delete, other, modify, lag);
  }
}
