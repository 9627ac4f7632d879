package io.convoy.cli.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What was done, what was done to it, and what was wrong. */
final class FaultReport {
  /** What must never happen. */
  enum Wrong {
    /** It was there at an earlier check, and is not any more, or is something else. */
    DATA_LOST,
    /** A call succeeded, and what it did is not so. */
    WRONG_SUCCESS,
    /** No answer. */
    STUCK,
    /** Something is there that nobody asked for. */
    UNASKED,
    /** A call failed, and nothing was wrong. */
    REFUSED,
    /** The doctor finds an error once all is well again. */
    DOCTOR
  }

  private final Map<String, Integer> operations = new TreeMap<>();
  private final Map<String, Integer> failed = new TreeMap<>();
  private final Map<String, Integer> faults = new TreeMap<>();
  private final Map<String, Duration> slowest = new TreeMap<>();
  private final Map<Wrong, Integer> wrongs = new TreeMap<>();
  private final List<String> details = new ArrayList<>();
  private long checkedBytes;
  private int rounds;

  synchronized void operation(String kind, boolean done) {
    (done ? operations : failed).merge(kind, 1, Integer::sum);
  }

  synchronized void fault(String kind) {
    faults.merge(kind, 1, Integer::sum);
  }

  /** Notes how long after the end of a fault all was well again. */
  synchronized void recovered(String kind, Duration took) {
    slowest.merge(kind, took, (a, b) -> a.compareTo(b) < 0 ? b : a);
  }

  synchronized void checked(long bytes) {
    checkedBytes += bytes;
  }

  synchronized void round() {
    rounds++;
  }

  synchronized void wrong(Wrong kind, String detail) {
    wrongs.merge(kind, 1, Integer::sum);
    String line = "%s: %s".formatted(kind, detail);
    System.out.println(line);
    if (details.size() < 50) {
      details.add(line);
    }
  }

  /** Returns whether anything was tried at all, which a run that shows something must have. */
  synchronized boolean showsSomething() {
    return rounds > 0 && faults() > 0 && operations() > 0;
  }

  synchronized boolean isClean() {
    return wrongs.isEmpty();
  }

  synchronized int count(Wrong kind) {
    return wrongs.getOrDefault(kind, 0);
  }

  synchronized List<String> details() {
    return List.copyOf(details);
  }

  synchronized int faults() {
    return faults.values().stream().mapToInt(Integer::intValue).sum();
  }

  synchronized int operations() {
    return operations.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static String counts(Map<String, Integer> map) {
    int sum = map.values().stream().mapToInt(Integer::intValue).sum();
    return sum + " " + map;
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  synchronized String table() {
    StringBuilder text = new StringBuilder();
    row(text, "rounds", rounds + "");
    row(text, "operations done", counts(operations));
    row(text, "operations failed under a fault, or unanswered", counts(failed));
    row(text, "faults injected", counts(faults));
    slowest.forEach((kind, took) -> row(text, "slowest recovery after " + kind, seconds(took)));
    row(text, "bytes compared", checkedBytes + "");
    for (Wrong wrong : Wrong.values()) {
      row(text, wrong.name().toLowerCase(Locale.ROOT).replace('_', ' '), count(wrong) + "");
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "| %-48s | %s |%n", name, value));
  }
}
