package io.convoy.core;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A length of time, as users write and read it: {@code 30m}, {@code 12h}, {@code 7d}. */
public record Age(Duration duration) {
  private static final Pattern AGE = Pattern.compile("(\\d{1,6})([smhd])");
  private static final String UNITS = "dhms";
  private static final long[] SECONDS = {86_400, 3_600, 60, 1};

  public Age {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("age is " + duration + ", expected more than 0");
    }
  }

  /**
   * Parses a whole number with a unit: s, m, h or d.
   *
   * @throws IllegalArgumentException if the text is anything else, or 0
   */
  public static Age parse(String text) {
    Matcher matcher = AGE.matcher(text);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw new IllegalArgumentException(
          "Invalid age '%s': expected a number above 0 with s, m, h or d, like 12h or 7d"
              .formatted(text));
    }
    long unit = SECONDS[UNITS.indexOf(matcher.group(2))];
    return new Age(Duration.ofSeconds(Long.parseLong(matcher.group(1)) * unit));
  }

  /** Returns the age in the largest unit that gives a whole number: {@code 7d}. */
  @Override
  public String toString() {
    long seconds = duration.toSeconds();
    for (int i = 0; i < SECONDS.length; i++) {
      if (seconds % SECONDS[i] == 0) {
        return seconds / SECONDS[i] + UNITS.substring(i, i + 1);
      }
    }
    throw new AssertionError(seconds);
  }
}
