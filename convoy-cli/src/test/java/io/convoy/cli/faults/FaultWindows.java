package io.convoy.cli.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** When something was wrong: what fails meanwhile fails rightly. */
final class FaultWindows {
  /** Retries of what was begun under a fault may end a while after it. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final List<Window> windows = new ArrayList<>();

  /** A time during which something is wrong. */
  static final class Window {
    private long end = Long.MAX_VALUE;
  }

  synchronized Window open() {
    Window window = new Window();
    windows.add(window);
    return window;
  }

  synchronized void close(Window window) {
    window.end = System.nanoTime();
    // Nothing lasts that long.
    windows.removeIf(old -> old.end < window.end - Duration.ofMinutes(10).toNanos());
  }

  /** Returns whether something was wrong at some time since, or a moment before. */
  synchronized boolean anySince(long startNanos) {
    return windows.stream()
        .anyMatch(
            window -> window.end == Long.MAX_VALUE || window.end + GRACE.toNanos() > startNanos);
  }
}
