package io.convoy.plugin;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations as Go writes them: {@code 5m}, {@code 1m30s}, {@code 1.5h}. */
final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ns|us|µs|ms|s|m|h)");
  private static final Pattern WHOLE = Pattern.compile("(?:" + PART + ")+");
  private static final Map<String, Double> NANOS =
      Map.of("ns", 1.0, "us", 1e3, "µs", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3600e9);

  private GoDuration() {}

  static Duration parse(String text) {
    double nanos = 0;
    if (WHOLE.matcher(text).matches()) {
      for (Matcher part = PART.matcher(text); part.find(); ) {
        nanos += Double.parseDouble(part.group(1)) * NANOS.get(part.group(2));
      }
    }
    if (nanos <= 0 || nanos > Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Invalid duration '%s': expected one like 90s, 5m or 1h30m".formatted(text));
    }
    return Duration.ofNanos((long) nanos);
  }
}
