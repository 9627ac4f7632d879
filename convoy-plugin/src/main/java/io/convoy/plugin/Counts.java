package io.convoy.plugin;

import io.convoy.core.Event;
import io.convoy.core.EventListener;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens, from the daemon's start on. */
final class Counts implements EventListener {
  private final Instant start = Instant.now();
  private final Map<Event.Kind, LongAdder> events = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> backupBytes = new ConcurrentHashMap<>();

  @Override
  public void happened(Event event) {
    add(events, event.kind(), 1);
    if (event.kind() == Event.Kind.BACKUP_FINISHED) {
      event.numbers().entrySet().stream()
          .filter(number -> number.getKey().endsWith("Bytes"))
          .forEach(number -> add(backupBytes, number.getKey(), number.getValue()));
    }
  }

  private static <K> void add(Map<K, LongAdder> counts, K key, long number) {
    counts.computeIfAbsent(key, none -> new LongAdder()).add(number);
  }

  /** Returns since when it counts. */
  Instant start() {
    return start;
  }

  /** Returns how often each kind of event happened; 0 for those that did not. */
  Map<Event.Kind, Long> events() {
    Map<Event.Kind, Long> sums = new TreeMap<>();
    for (Event.Kind kind : Event.Kind.values()) {
      LongAdder count = events.get(kind);
      sums.put(kind, count == null ? 0 : count.sum());
    }
    return sums;
  }

  /** Returns the bytes of all backups that were finished: {@code Content}, {@code New}, … */
  Map<String, Long> backupBytes() {
    Map<String, Long> sums = new TreeMap<>();
    backupBytes.forEach(
        (name, sum) -> sums.put(name.substring(0, name.length() - "Bytes".length()), sum.sum()));
    return sums;
  }
}
