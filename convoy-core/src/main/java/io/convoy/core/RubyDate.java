package io.convoy.core;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/**
 * Times as Convoy writes them: Go's RubyDate, {@code Mon Nov 23 22:49:04 +0000 2026}, to the
 * second.
 */
public final class RubyDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss Z yyyy", Locale.US);

  private RubyDate() {}

  /** Returns the time as text, in UTC. */
  public static String format(Instant time) {
    return FORMAT.format(time.atOffset(ZoneOffset.UTC));
  }

  /**
   * Parses what {@link #format} returns, in any zone.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Instant parse(String text) {
    try {
      return FORMAT.parse(text, Instant::from);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "Invalid time '%s': expected one like 'Mon Nov 23 22:49:04 +0000 2026'".formatted(text),
          e);
    }
  }
}
