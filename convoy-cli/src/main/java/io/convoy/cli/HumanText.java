package io.convoy.cli;

import io.convoy.core.ByteSize;
import io.convoy.core.RubyDate;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** Sizes and times as people say them. */
final class HumanText {
  private static final long[] UNIT_SECONDS = {365 * 86_400L, 30 * 86_400L, 86_400, 3_600, 60, 1};
  private static final String[] UNITS = {"year", "month", "day", "hour", "minute", "second"};

  private HumanText() {}

  /** Returns {@code 10 GiB}, or an empty text for an unknown size or 0, which says nothing. */
  static String size(OptionalLong bytes) {
    return bytes.orElse(0) == 0 ? "" : new ByteSize(bytes.getAsLong()).toString();
  }

  /** Returns how long ago a time of the daemon's was, or what is left: {@code in 3 days}. */
  static String when(String time, Instant now) {
    if (time.isEmpty()) {
      return "";
    }
    Instant then = instant(time);
    if (then.equals(Instant.EPOCH)) {
      return Table.printable(time);
    }
    Duration since = Duration.between(then, now);
    String length = length(since.abs());
    return length.isEmpty() ? "just now" : since.isNegative() ? "in " + length : length + " ago";
  }

  /** Returns a time of the daemon's; the epoch if it is not understood, as old as can be. */
  static Instant instant(String time) {
    try {
      return RubyDate.parse(time);
    } catch (IllegalArgumentException e) {
      // Whoever shows it has the text, which says more than this could.
      return Instant.EPOCH;
    }
  }

  /** Returns a length of time in its largest unit, empty if it is under a second. */
  private static String length(Duration duration) {
    for (int i = 0; i < UNITS.length; i++) {
      long count = duration.toSeconds() / UNIT_SECONDS[i];
      if (count > 0) {
        return count + " " + UNITS[i] + (count == 1 ? "" : "s");
      }
    }
    return "";
  }
}
