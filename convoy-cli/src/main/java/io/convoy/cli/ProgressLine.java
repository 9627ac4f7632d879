package io.convoy.cli;

import io.convoy.core.ByteSize;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Tells on one line how far long work is, with its rate and the time left. On a terminal the line
 * is written over itself; elsewhere there is a new one now and then.
 */
final class ProgressLine implements AutoCloseable {
  private static final int BAR_WIDTH = 24;
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);
  private static final String ERASE_TO_END = "\u001b[K";
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final PrintStream out;
  private final boolean terminal;
  private final long startNanos = System.nanoTime();
  private long toldNanos = startNanos;
  private long firstDoneBytes = -1;
  private boolean written;

  ProgressLine(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Takes note of progress.
   *
   * @param doneBytes negative if not known
   * @param totalBytes negative if not known
   */
  void report(long doneBytes, long totalBytes) {
    long now = System.nanoTime();
    if (firstDoneBytes < 0 && doneBytes >= 0) {
      firstDoneBytes = doneBytes;
    }
    if (terminal) {
      out.print("\r" + text(doneBytes, totalBytes, now - startNanos) + ERASE_TO_END);
      written = true;
    } else if (now - toldNanos >= PLAIN_INTERVAL.toNanos()) {
      out.println(text(doneBytes, totalBytes, now - startNanos));
      toldNanos = now;
    }
    out.flush();
  }

  private String text(long doneBytes, long totalBytes, long nanos) {
    double seconds = (double) nanos / NANOS_PER_SECOND;
    if (doneBytes < 0) {
      return "working, %s".formatted(clock((long) seconds));
    }
    double bytesPerSecond = seconds > 0 ? (doneBytes - firstDoneBytes) / seconds : 0;
    String rate = "%s/s".formatted(new ByteSize((long) bytesPerSecond));
    if (totalBytes <= 0 || doneBytes > totalBytes) {
      return "%s  %s  %s".formatted(new ByteSize(doneBytes), rate, clock((long) seconds));
    }
    int filled = (int) ((double) doneBytes / totalBytes * BAR_WIDTH);
    return "[%s%s] %3d %%  %s of %s  %s  %s"
        .formatted(
            "#".repeat(filled),
            " ".repeat(BAR_WIDTH - filled),
            (int) ((double) doneBytes / totalBytes * 100),
            new ByteSize(doneBytes),
            new ByteSize(totalBytes),
            rate,
            bytesPerSecond < 1
                ? ""
                : clock((long) ((totalBytes - doneBytes) / bytesPerSecond)) + " left");
  }

  private static String clock(long seconds) {
    return seconds >= 3600
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
        : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }

  /** Takes the line off the terminal, for the result to stand in its place. */
  @Override
  public void close() {
    if (written) {
      out.print("\r" + ERASE_TO_END);
      out.flush();
      written = false;
    }
  }
}
