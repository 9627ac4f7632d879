package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * Something that is not as it should be.
 *
 * @param what the fact, in one line
 * @param remedy what mends it, a command where there is one
 */
public record Finding(Severity severity, String what, String remedy) {
  public Finding {
    requireNonNull(severity, "severity is null");
    requireNonNull(what, "what is null");
    requireNonNull(remedy, "remedy is null");
  }

  /** How bad it is. */
  public enum Severity {
    /** Something can't be used. */
    ERROR,
    /** Everything works, and it may not stay so, or space is lost. */
    WARNING,
    /** Worth knowing. */
    NOTE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
