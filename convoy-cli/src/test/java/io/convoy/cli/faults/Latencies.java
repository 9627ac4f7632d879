package io.convoy.cli.faults;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How long calls took, by kind. */
final class Latencies {
  private final Map<String, long[]> nanos = new TreeMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  synchronized void add(String kind, long took) {
    int count = counts.merge(kind, 1, Integer::sum);
    long[] all = nanos.computeIfAbsent(kind, none -> new long[1024]);
    if (count > all.length) {
      all = Arrays.copyOf(all, all.length * 2);
      nanos.put(kind, all);
    }
    all[count - 1] = took;
  }

  /** Returns the time that a share of the calls stayed under, in milliseconds. */
  synchronized double millis(String kind, double share) {
    long[] sorted = Arrays.copyOf(nanos.get(kind), counts.get(kind));
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * share))] / 1e6;
  }

  synchronized int calls() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  synchronized String table() {
    StringBuilder text = new StringBuilder("call            calls    p50 ms    p99 ms    max ms\n");
    for (String kind : nanos.keySet()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-12s %8d %9.1f %9.1f %9.1f%n",
              kind,
              counts.get(kind),
              millis(kind, 0.5),
              millis(kind, 0.99),
              millis(kind, 1)));
    }
    return text.toString();
  }
}
