package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A place that holds backups: {@code vfs:///path}, {@code s3://bucket@region/path/}.
 *
 * @param scheme who can read it: {@code vfs}, {@code s3}, {@code ebs}
 * @param location what stands behind {@code scheme://}; its meaning is the scheme's
 * @param endpoint the server to ask in place of the scheme's own, if one was given
 */
public record BackupDestination(String scheme, String location, Optional<String> endpoint) {
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");

  public BackupDestination {
    requireNonNull(endpoint, "endpoint is null");
    if (!SCHEME.matcher(scheme).matches() || location.isEmpty() || location.indexOf('?') >= 0) {
      throw new IllegalArgumentException(
          "Invalid destination '%s://%s': expected a URL like vfs:///path or s3://bucket@region/path/"
              .formatted(scheme, location));
    }
    for (int i = 0; i < location.length(); i++) {
      if (Character.isISOControl(location.charAt(i))) {
        throw new IllegalArgumentException(
            "Invalid destination: control character at position %s of '%s'"
                .formatted(i, location.replaceAll("\\p{Cntrl}", "?")));
      }
    }
  }

  /** Parses {@code scheme://location}. */
  public static BackupDestination parse(String url) {
    int colon = url.indexOf("://");
    if (colon <= 0 || url.length() == colon + 3) {
      throw new IllegalArgumentException(
          "Invalid destination '%s': expected a URL like vfs:///path or s3://bucket@region/path/"
              .formatted(url));
    }
    if (url.indexOf('?') >= 0) {
      throw new IllegalArgumentException(
          "Invalid destination '%s': expected a destination without '?…', not the URL of a backup"
              .formatted(url));
    }
    return new BackupDestination(
        url.substring(0, colon).toLowerCase(Locale.ROOT),
        url.substring(colon + 3),
        Optional.empty());
  }

  /** Returns this destination, asked for at another server. An empty text changes nothing. */
  public BackupDestination withEndpoint(Optional<String> endpoint) {
    Optional<String> given = endpoint.filter(text -> !text.isEmpty());
    return given.isPresent() ? new BackupDestination(scheme, location, given) : this;
  }

  /** Returns the URL, without the endpoint. */
  @Override
  public String toString() {
    return scheme + "://" + location;
  }
}
