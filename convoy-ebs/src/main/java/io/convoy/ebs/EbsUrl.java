package io.convoy.ebs;

import io.convoy.core.BackupDestination;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a snapshot is: {@code ebs://region/snap-…}. */
record EbsUrl(String region, String snapshotId) {
  static final String SCHEME = "ebs";

  private static final Pattern LOCATION = Pattern.compile("([a-z0-9-]+)/(snap-[0-9a-f]{8,17})/?");

  static EbsUrl parse(BackupDestination destination) {
    Matcher matcher = LOCATION.matcher(destination.location());
    if (!destination.scheme().equals(SCHEME) || !matcher.matches()) {
      throw new IllegalArgumentException(
          "Invalid backup URL '%s': expected ebs://<region>/snap-…".formatted(destination));
    }
    return new EbsUrl(matcher.group(1), matcher.group(2));
  }

  BackupDestination destination() {
    return new BackupDestination(SCHEME, region + "/" + snapshotId, Optional.empty());
  }

  @Override
  public String toString() {
    return destination().toString();
  }
}
