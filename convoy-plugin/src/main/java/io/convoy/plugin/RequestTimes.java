package io.convoy.plugin;

import io.convoy.plugin.http.RequestListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BinaryOperator;

/** Counts requests by call and status, and how long they took. */
final class RequestTimes implements RequestListener {
  /** The upper bounds of the buckets, in seconds; one more, without bound, is last. */
  static final double[] BOUNDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600
  };

  private final BinaryOperator<String> routes;
  private final Map<Key, Times> times = new ConcurrentHashMap<>();

  /**
   * Starts with no requests.
   *
   * @param routes returns the call that a method and a path mean; few different ones
   */
  RequestTimes(BinaryOperator<String> routes) {
    this.routes = routes;
  }

  /**
   * What is counted together.
   *
   * @param failed whether the answer told of a problem; Docker's do with status 200
   */
  record Key(String route, int status, boolean failed) {}

  /** The counts of one key. */
  static final class Times {
    private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    Times() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }

    private void add(long took) {
      double seconds = took / (double) TimeUnit.SECONDS.toNanos(1);
      int bucket = 0;
      while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]) {
        bucket++;
      }
      buckets[bucket].increment();
      nanos.add(took);
    }

    long[] counts() {
      long[] counts = new long[buckets.length];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = buckets[i].sum();
      }
      return counts;
    }

    double seconds() {
      return nanos.sum() / (double) TimeUnit.SECONDS.toNanos(1);
    }
  }

  @Override
  public void answered(String method, String path, int status, boolean failed, long nanos) {
    times
        .computeIfAbsent(new Key(routes.apply(method, path), status, failed), key -> new Times())
        .add(nanos);
  }

  Map<Key, Times> all() {
    return Map.copyOf(times);
  }
}
