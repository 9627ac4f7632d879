package io.convoy.ebs;

import io.convoy.core.RubyDate;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A snapshot as Amazon describes it.
 *
 * @param id Amazon's, {@code snap-…}
 * @param volumeId of the volume that it was taken of
 * @param state pending, completed, error, …
 * @param progressPercent how much of it is done
 */
record EbsSnapshot(
    String id,
    String volumeId,
    int sizeGib,
    String state,
    int progressPercent,
    Instant startTime,
    boolean encrypted,
    Optional<String> kmsKeyId,
    Map<String, String> tags) {
  /** The detail that tells Amazon's ID. */
  static final String ID_DETAIL = "EBSSnapshotID";

  EbsSnapshot {
    tags = Map.copyOf(tags);
  }

  boolean isConvoys() {
    return tags.containsKey(Tags.SNAPSHOT_UUID);
  }

  boolean isCompleted() {
    return state.equals("completed");
  }

  /**
   * Returns the name that it has as a snapshot of Convoy's.
   *
   * @throws IllegalArgumentException if that is no name for a snapshot
   */
  SnapshotName name() {
    return new SnapshotName(Tags.snapshotName(tags).orElseThrow());
  }

  UUID uuid() {
    return Tags.uuid(tags, Tags.SNAPSHOT_UUID, id);
  }

  long sizeBytes() {
    return sizeGib * EbsVolume.GIB;
  }

  /** Returns what Convoy v0.5.2 tells of a snapshot, and more. */
  Map<String, String> details() {
    Map<String, String> details = new HashMap<>();
    details.put(ID_DETAIL, id);
    details.put("EBSVolumeID", volumeId);
    details.put("StartTime", RubyDate.format(startTime));
    details.put("Size", Long.toString(sizeBytes()));
    details.put("State", state);
    details.put("KmsKeyId", kmsKeyId.orElse(""));
    details.put("Encrypted", Boolean.toString(encrypted));
    return details;
  }

  Snapshot toSnapshot(VolumeName volume) {
    Map<String, String> details = details();
    // Names, as Convoy v0.5.2 has it.
    details.put("UUID", name().value());
    details.put("VolumeUUID", volume.value());
    return new Snapshot(
        name(),
        uuid(),
        volume,
        startTime.truncatedTo(ChronoUnit.SECONDS),
        OptionalLong.of(sizeBytes()),
        details);
  }
}
