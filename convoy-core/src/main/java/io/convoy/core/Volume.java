package io.convoy.core;

import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A volume as its driver knows it.
 *
 * @param uuid the identity; the name is a label that may be used again after a delete
 * @param sizeBytes the size that the volume was given, if it has one of its own
 * @param details what only this driver knows, in order of key
 * @param snapshots in order of creation
 */
public record Volume(
    VolumeName name,
    UUID uuid,
    Instant createdTime,
    OptionalLong sizeBytes,
    Map<String, String> details,
    List<Snapshot> snapshots) {
  public Volume {
    requireNonNull(name, "name is null");
    requireNonNull(uuid, "uuid is null");
    requireNonNull(createdTime, "createdTime is null");
    requireNonNull(sizeBytes, "sizeBytes is null");
    details = Collections.unmodifiableMap(new TreeMap<>(details));
    snapshots =
        snapshots.stream()
            .sorted(comparing(Snapshot::createdTime).thenComparing(Snapshot::name))
            .toList();
  }
}
