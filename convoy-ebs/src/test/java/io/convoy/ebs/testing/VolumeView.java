package io.convoy.ebs.testing;

import java.util.Map;
import java.util.Optional;

/** A volume at one moment. Sizes are in GiB. */
record VolumeView(
    String state,
    int size,
    String type,
    Optional<Integer> iops,
    Optional<Integer> throughput,
    Map<String, String> tags,
    Optional<Attachment> attachment,
    Optional<Modification> modification) {
  VolumeView {
    tags = Map.copyOf(tags);
  }

  /** A change of a volume that goes on, or went on last. */
  record Modification(String state, int originalSize, int targetSize, int progress) {}

  VolumeView withState(String other) {
    return new VolumeView(other, size, type, iops, throughput, tags, attachment, modification);
  }

  VolumeView withTags(Map<String, String> other) {
    return new VolumeView(state, size, type, iops, throughput, other, attachment, modification);
  }

  VolumeView withAttachment(Optional<Attachment> other) {
    return new VolumeView(
        other.isPresent() ? "in-use" : "available",
        size,
        type,
        iops,
        throughput,
        tags,
        other,
        modification);
  }

  VolumeView withModification(int newSize, Modification other) {
    return new VolumeView(
        state, newSize, type, iops, throughput, tags, attachment, Optional.of(other));
  }
}
