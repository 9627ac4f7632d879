package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How closely a backup is verified.
 *
 * @param share of the blocks whose content is read, from 0 (exclusive) to 1; which, is left to
 *     chance
 */
public record VerifyOptions(Level level, double share) {
  /** All of it. */
  public static final VerifyOptions ALL = new VerifyOptions(Level.DATA, 1);

  private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%");
  private static final double HUNDRED = 100;

  /** What is looked at; each level does what the one before does. */
  public enum Level {
    /** That everything is there. */
    LIST,
    /** That nothing is empty, or longer than it can be. */
    SIZES,
    /** That everything is what it was when it was stored. */
    DATA;

    /** Returns the name as {@link VerifyOptions#parse} reads it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public VerifyOptions {
    requireNonNull(level, "level is null");
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share of %s".formatted(share));
    }
  }

  /**
   * Parses a level's name and a share like {@code 5%}; what is not given is all.
   *
   * @throws IllegalArgumentException for what makes no sense
   */
  public static VerifyOptions parse(Optional<String> level, Optional<String> sample) {
    return new VerifyOptions(
        level.map(VerifyOptions::level).orElse(Level.DATA),
        sample.map(VerifyOptions::share).orElse(1.0));
  }

  private static Level level(String name) {
    for (Level level : Level.values()) {
      if (level.label().equals(name)) {
        return level;
      }
    }
    throw new IllegalArgumentException(
        "Invalid level '%s': expected list, sizes or data".formatted(name));
  }

  private static double share(String percent) {
    if (PERCENT.matcher(percent).matches()) {
      double share = Double.parseDouble(percent.substring(0, percent.length() - 1)) / HUNDRED;
      if (share > 0 && share <= 1) {
        return share;
      }
    }
    throw new IllegalArgumentException(
        "Invalid sample '%s': expected a share like 5%%, above 0%% and up to 100%%"
            .formatted(percent));
  }
}
