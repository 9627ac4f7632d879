package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A picture of a volume at one moment, as its driver knows it.
 *
 * @param uuid the identity; the name is a label that may be used again after a delete
 * @param details what only this driver knows, in order of key
 */
public record Snapshot(
    SnapshotName name,
    UUID uuid,
    VolumeName volume,
    Instant createdTime,
    OptionalLong sizeBytes,
    Map<String, String> details) {
  public Snapshot {
    requireNonNull(name, "name is null");
    requireNonNull(uuid, "uuid is null");
    requireNonNull(volume, "volume is null");
    requireNonNull(createdTime, "createdTime is null");
    requireNonNull(sizeBytes, "sizeBytes is null");
    details = Collections.unmodifiableMap(new TreeMap<>(details));
  }
}
