package io.convoy.objectstore;

import io.convoy.core.BackupDestination;
import io.convoy.core.Target;
import io.convoy.core.Targets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a place in S3 is and how it is reached.
 *
 * @param location with its server
 * @param caFile the CAs to trust; empty for those of the environment, else Java's
 * @param credentialsFile where the keys are; empty for where the SDK looks
 */
record S3Access(S3Location location, Optional<Path> caFile, Optional<Path> credentialsFile) {
  static S3Access of(S3Location location) {
    return new S3Access(location, Optional.empty(), Optional.empty());
  }

  /**
   * Returns what it takes to reach a destination: what the named target says that it lies in, if
   * there is one. So a backup's URL does, which names no server.
   */
  static S3Access of(BackupDestination destination, Targets targets) throws IOException {
    S3Location location = S3Location.of(destination);
    S3Access best = of(location);
    int length = -1;
    for (Target target : targets.list()) {
      if (target.destination().scheme().equals(S3Stores.SCHEME)) {
        S3Location covering = S3Location.of(target.destination());
        if (covering.prefix().length() > length && covers(covering, location)) {
          length = covering.prefix().length();
          best =
              new S3Access(
                  location.at(covering.endpoint()), target.caFile(), target.credentialsFile());
        }
      }
    }
    return best;
  }

  private static boolean covers(S3Location target, S3Location place) {
    return place.bucket().equals(target.bucket())
        && place.prefix().startsWith(target.prefix())
        && (target.region().isEmpty() || target.region().equals(place.region()))
        && (place.endpoint().isEmpty() || place.endpoint().equals(target.endpoint()));
  }
}
