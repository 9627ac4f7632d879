package io.convoy.objectstore;

import static java.util.Objects.requireNonNull;

import io.convoy.core.BackupDestination;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in an S3 bucket: {@code s3://bucket@region/path/} or {@code s3://bucket/path/}.
 *
 * @param region where the bucket is, if the URL says so
 * @param prefix what all keys start with: empty, or ending with {@code /}
 * @param endpoint the server, if it is not Amazon's; it is asked for {@code /bucket/key}
 */
record S3Location(String bucket, Optional<String> region, String prefix, Optional<URI> endpoint) {
  private static final Pattern FORM = Pattern.compile("([^/@]*)(?:@([^/@]*))?(?:/(.*))?");
  private static final Pattern BUCKET =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]");
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,62}");

  /** S3 allows 1,024 bytes for a key; this leaves the rest to our own. */
  private static final int MAX_PREFIX_LENGTH = 512;

  S3Location {
    requireNonNull(region, "region is null");
    requireNonNull(endpoint, "endpoint is null");
    if (!prefix.isEmpty() && (!prefix.endsWith("/") || prefix.startsWith("/"))) {
      throw new IllegalArgumentException("'%s' is no prefix of keys".formatted(prefix));
    }
  }

  /**
   * Parses a destination.
   *
   * @throws IllegalArgumentException if it makes no sense
   */
  static S3Location of(BackupDestination destination) {
    Matcher form = FORM.matcher(destination.location());
    if (!form.matches()) {
      throw invalid(destination, "expected s3://bucket@region/path/ or s3://bucket/path/");
    }
    String bucket = form.group(1);
    if (!BUCKET.matcher(bucket).matches()) {
      throw invalid(
          destination, "'%s' is no name of a bucket (3 or more of a-z 0-9 . -)".formatted(bucket));
    }
    Optional<String> region = Optional.ofNullable(form.group(2));
    if (region.isPresent() && !REGION.matcher(region.get()).matches()) {
      throw invalid(destination, "'%s' is no region (such as us-west-2)".formatted(region.get()));
    }
    return new S3Location(
        bucket,
        region,
        prefix(destination, Optional.ofNullable(form.group(3)).orElse("")),
        destination.endpoint().map(S3Location::endpoint));
  }

  private static String prefix(BackupDestination destination, String path) {
    StringBuilder prefix = new StringBuilder();
    for (String segment : path.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        throw invalid(destination, "its path must not have '%s' in it".formatted(segment));
      }
      // v0.5.2 took '//' for '/', too.
      if (!segment.isEmpty()) {
        prefix.append(segment).append('/');
      }
    }
    if (prefix.length() > MAX_PREFIX_LENGTH) {
      throw invalid(
          destination,
          "its path has %s characters, expected at most %s"
              .formatted(prefix.length(), MAX_PREFIX_LENGTH));
    }
    return prefix.toString();
  }

  private static URI endpoint(String text) {
    URI endpoint;
    try {
      endpoint = new URI(text);
    } catch (URISyntaxException e) {
      throw invalidEndpoint("it is no URL");
    }
    // What is wrong with it is said without repeating it: it may hold a password.
    if (endpoint.getRawUserInfo() != null) {
      throw invalidEndpoint("credentials don't belong there");
    }
    if (endpoint.getHost() == null
        || !("http".equalsIgnoreCase(endpoint.getScheme())
            || "https".equalsIgnoreCase(endpoint.getScheme()))) {
      throw invalidEndpoint("'%s' is none".formatted(text));
    }
    if (endpoint.getRawQuery() != null || endpoint.getRawFragment() != null) {
      throw invalidEndpoint("it must end with the host, the port or a path");
    }
    return endpoint;
  }

  private static IllegalArgumentException invalidEndpoint(String why) {
    return new IllegalArgumentException(
        "Invalid S3 endpoint: %s, expected one like https://s3.example.com or http://host:9000"
            .formatted(why));
  }

  private static IllegalArgumentException invalid(BackupDestination destination, String why) {
    return new IllegalArgumentException("Invalid destination '%s': %s".formatted(destination, why));
  }

  /** Returns this place at another server. */
  S3Location at(Optional<URI> server) {
    return new S3Location(bucket, region, prefix, server);
  }

  /** Returns the bucket's key for one of ours. */
  String key(ObjectKey key) {
    return prefix + key;
  }

  /** Returns the place for people, with its server. */
  @Override
  public String toString() {
    return "s3://"
        + bucket
        + region.map(name -> "@" + name).orElse("")
        + "/"
        + prefix
        + endpoint.map(server -> " at " + server).orElse("");
  }
}
