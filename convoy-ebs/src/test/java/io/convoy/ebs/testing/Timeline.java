package io.convoy.ebs.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What something was, is, and is going to be. A reader whose clock is late sees what it was. */
final class Timeline<T> {
  private record Entry<T>(long atNanos, Optional<T> value) {}

  private final List<Entry<T>> entries = new ArrayList<>();

  /** From a moment on it is this; what was to come after that moment does not come. */
  void set(long atNanos, Optional<T> value) {
    entries.removeIf(entry -> entry.atNanos() - atNanos > 0);
    entries.add(new Entry<>(atNanos, value));
  }

  /** Returns what it is at a moment, empty if it is not there. */
  Optional<T> at(long nanos) {
    Optional<T> found = Optional.empty();
    for (Entry<T> entry : entries) {
      if (entry.atNanos() - nanos <= 0) {
        found = entry.value();
      }
    }
    return found;
  }
}
