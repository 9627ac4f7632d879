package io.convoy.cli;

import java.util.Map;
import java.util.Optional;

/** What the values of flags and the arguments look like, with their units. */
final class ValueNotes {
  private static final Map<String, String> NOTES =
      Map.ofEntries(
          Map.entry(
              "size", "Bytes, or a number with K, M, G, T or P for powers of 1024: 10G, 512m"),
          Map.entry("duration", "Numbers with ms, s, m or h: 90s, 5m, 1h30m"),
          Map.entry("age", "A number with s, m, h or d: 12h, 7d"),
          Map.entry("percent", "A share above 0% and up to 100%: 5%"),
          Map.entry("count", "A whole number from 1 on"),
          Map.entry("destination", "vfs:///path/, s3://bucket@region/path/, or a target's name"),
          Map.entry("backup-url", "As 'convoy backup create' prints it; quote it, as it has an &"),
          Map.entry("address:port", "An address and a port: 127.0.0.1:9475, [::1]:9475"),
          Map.entry("endpoint", "http://host:port/ or https://host:port/"));

  private ValueNotes() {}

  static Optional<String> of(String placeholder) {
    return Optional.ofNullable(NOTES.get(placeholder));
  }
}
