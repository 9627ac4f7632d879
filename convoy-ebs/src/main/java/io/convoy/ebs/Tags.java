package io.convoy.ebs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What Convoy writes on a volume or a snapshot at Amazon. It is what makes a volume Convoy's, on
 * every host that looks at the account.
 */
final class Tags {
  static final String NAME = "Name";

  /** A volume's identity; what Convoy v0.5.2 wrote here is the volume's name. */
  static final String VOLUME_UUID = "ConvoyVolumeUUID";

  static final String VOLUME_NAME = "ConvoyVolumeName";

  /** A snapshot's identity; what Convoy v0.5.2 wrote here is the snapshot's name. */
  static final String SNAPSHOT_UUID = "ConvoySnapshotUUID";

  static final String SNAPSHOT_NAME = "ConvoySnapshotName";

  /** The file system that is on a volume, {@code ext4:<uuid>}, or {@link #UNFORMATTED}. */
  static final String FILESYSTEM = "ConvoyFilesystem";

  /** The volume was made blank, and nothing was ever written there. */
  static final String UNFORMATTED = "none";

  /** Set to {@link #UNFINISHED} while a volume is being filled. */
  static final String STATE = "ConvoyState";

  static final String UNFINISHED = "unfinished";
  static final String READY = "ready";

  /** What Convoy called a volume or a snapshot that it does not know any more. */
  static final String RELEASED = "ConvoyReleased";

  /** The URL of the snapshot that a snapshot is a copy of. */
  static final String COPY_OF = "ConvoyCopyOf";

  private Tags() {}

  static Optional<String> volumeName(Map<String, String> tags) {
    return Optional.ofNullable(tags.getOrDefault(VOLUME_NAME, tags.get(VOLUME_UUID)));
  }

  static Optional<String> snapshotName(Map<String, String> tags) {
    return Optional.ofNullable(tags.getOrDefault(SNAPSHOT_NAME, tags.get(SNAPSHOT_UUID)));
  }

  /** Returns the identity in a tag; what v0.5.2 made gets one from Amazon's. */
  static UUID uuid(Map<String, String> tags, String tag, String id) {
    try {
      return UUID.fromString(tags.getOrDefault(tag, ""));
    } catch (IllegalArgumentException e) {
      return UUID.nameUUIDFromBytes(id.getBytes(UTF_8));
    }
  }
}
