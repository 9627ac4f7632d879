package io.convoy.plugin;

/** How the daemon's log is written. */
public enum LogFormat {
  /** Lines for people. */
  TEXT,
  /** A JSON object a line. */
  JSON;

  /**
   * Returns the format of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static LogFormat parse(String name) {
    return switch (name) {
      case "text" -> TEXT;
      case "json" -> JSON;
      default ->
          throw new IllegalArgumentException(
              "Unknown log format '%s': expected text or json".formatted(name));
    };
  }
}
