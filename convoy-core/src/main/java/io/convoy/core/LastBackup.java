package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** The last backup that this host made of a volume. */
public record LastBackup(String url, Instant time) {
  public LastBackup {
    requireNonNull(url, "url is null");
    requireNonNull(time, "time is null");
  }
}
