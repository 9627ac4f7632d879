package io.convoy.ebs;

import io.convoy.core.VolumeName;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A volume as Amazon describes it.
 *
 * @param id Amazon's, {@code vol-…}
 * @param state creating, available, in-use, deleting, deleted, error
 * @param snapshotId the snapshot that it was made from
 */
record EbsVolume(
    String id,
    String zone,
    Instant createTime,
    int sizeGib,
    String state,
    String type,
    Optional<Integer> iops,
    Optional<Integer> throughput,
    boolean encrypted,
    Optional<String> kmsKeyId,
    Optional<String> snapshotId,
    Optional<EbsAttachment> attachment,
    Map<String, String> tags) {
  static final long GIB = 1L << 30;

  EbsVolume {
    tags = Map.copyOf(tags);
  }

  /** Returns how many GiB hold so many bytes: Amazon sells whole ones. */
  static int wholeGib(long bytes) {
    if (bytes > Integer.MAX_VALUE * GIB) {
      throw new IllegalArgumentException("%s bytes are too many for a volume".formatted(bytes));
    }
    return (int) ((bytes + GIB - 1) / GIB);
  }

  boolean isConvoys() {
    return tags.containsKey(Tags.VOLUME_UUID);
  }

  boolean isFinished() {
    return !tags.getOrDefault(Tags.STATE, Tags.READY).equals(Tags.UNFINISHED);
  }

  boolean isThere() {
    return !state.equals("deleting") && !state.equals("deleted");
  }

  /**
   * Returns the name that it has as a volume of Convoy's.
   *
   * @throws IllegalArgumentException if that is no name for a volume
   */
  VolumeName name() {
    return new VolumeName(Tags.volumeName(tags).orElseThrow());
  }

  UUID uuid() {
    return Tags.uuid(tags, Tags.VOLUME_UUID, id);
  }

  long sizeBytes() {
    return sizeGib * GIB;
  }

  boolean isAttachedTo(String instanceId) {
    return attachment.isPresent() && attachment.get().instanceId().equals(instanceId);
  }

  EbsVolume withTags(Map<String, String> others) {
    Map<String, String> all = new HashMap<>(tags);
    all.putAll(others);
    return with(state, attachment, all);
  }

  EbsVolume withoutTags(Iterable<String> keys) {
    Map<String, String> fewer = new HashMap<>(tags);
    keys.forEach(fewer::remove);
    return with(state, attachment, fewer);
  }

  EbsVolume withAttachment(EbsAttachment other) {
    return with("in-use", Optional.of(other), tags);
  }

  private EbsVolume with(
      String newState, Optional<EbsAttachment> newAttachment, Map<String, String> newTags) {
    return new EbsVolume(
        id,
        zone,
        createTime,
        sizeGib,
        newState,
        type,
        iops,
        throughput,
        encrypted,
        kmsKeyId,
        snapshotId,
        newAttachment,
        newTags);
  }
}
