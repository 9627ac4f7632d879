package io.convoy.ebs;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A volume to be made. The token makes it one volume, however often it is asked for.
 *
 * @param sizeGib empty means as large as the snapshot
 */
record NewVolume(
    String token,
    String zone,
    OptionalInt sizeGib,
    Optional<String> snapshotId,
    String type,
    OptionalInt iops,
    OptionalInt throughput,
    boolean encrypted,
    Optional<String> kmsKeyId,
    Map<String, String> tags) {
  NewVolume {
    tags = Map.copyOf(tags);
  }
}
