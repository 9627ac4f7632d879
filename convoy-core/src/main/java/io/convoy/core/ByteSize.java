package io.convoy.core;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, as users write and read it: {@code 512M}, {@code 10G}, {@code 1T}. */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,19})([kmgtp]?)(?:i?b)?");
  private static final String UNITS = "kmgtp";

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("size is " + bytes + " bytes, expected 0 or more");
    }
  }

  /**
   * Parses a number of bytes with an optional unit K, M, G, T or P (powers of 1024), in any case.
   *
   * @throws IllegalArgumentException if the text is anything else, or more than a long holds
   */
  public static ByteSize parse(String text) {
    Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw invalid(text);
    }
    try {
      int power = UNITS.indexOf(matcher.group(2)) + (matcher.group(2).isEmpty() ? 0 : 1);
      return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power)));
    } catch (NumberFormatException | ArithmeticException e) {
      throw invalid(text);
    }
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(
        "Invalid size '%s': expected a number of bytes, or a number with K, M, G, T or P, like 10G"
            .formatted(text));
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** Returns the size for people: {@code 0 B}, {@code 1.5 KiB}, {@code 10 GiB}. */
  @Override
  public String toString() {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 1024 && unit < UNITS.length() - 1) {
      value /= 1024;
      unit++;
    }
    String number =
        value >= 100 || value == Math.rint(value)
            ? String.format(Locale.ROOT, "%.0f", value)
            : String.format(Locale.ROOT, "%.1f", value);
    return number + " " + Character.toUpperCase(UNITS.charAt(unit)) + "iB";
  }
}
