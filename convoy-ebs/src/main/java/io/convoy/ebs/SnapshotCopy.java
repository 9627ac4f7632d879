package io.convoy.ebs;

import io.convoy.core.Progress;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Copies snapshots of other regions to this one, where volumes can be made from them. A copy says
 * whose it is, so that it is found and used when somebody asks again; it stays, as a backup.
 */
final class SnapshotCopy {
  private final EbsConfig config;
  private final Ec2 ec2;
  private final InstanceIdentity instance;
  private final Connection connection;
  private final Pace pace;

  SnapshotCopy(
      EbsConfig config, Ec2 ec2, InstanceIdentity instance, Connection connection, Pace pace) {
    this.config = config;
    this.ec2 = ec2;
    this.instance = instance;
    this.connection = connection;
    this.pace = pace;
  }

  /** Returns a complete copy of a snapshot, made now if there is none. */
  EbsSnapshot of(EbsUrl source) throws IOException {
    Optional<EbsSnapshot> there = find(source);
    if (there.isPresent()) {
      return SnapshotWait.untilCompleted(ec2, pace, there.get().id(), Progress.NONE);
    }
    EbsSnapshot original;
    try (Ec2 other = Ec2.open(source.region(), connection, pace)) {
      original = SnapshotWait.untilCompleted(other, pace, source.snapshotId(), Progress.NONE);
    }
    return SnapshotWait.untilNewIsCompleted(ec2, pace, make(source, original));
  }

  private Optional<EbsSnapshot> find(EbsUrl source) throws IOException {
    for (EbsSnapshot snapshot : ec2.snapshotsWithTag(Tags.COPY_OF)) {
      if (source.toString().equals(snapshot.tags().get(Tags.COPY_OF))
          && (snapshot.isCompleted() || snapshot.state().equals("pending"))
          && (snapshot.encrypted() || !config.defaultEncrypted())) {
        return Optional.of(snapshot);
      }
    }
    return Optional.empty();
  }

  private String make(EbsUrl source, EbsSnapshot original) throws IOException {
    Map<String, String> tags = new HashMap<>(config.tags());
    tags.put(Tags.COPY_OF, source.toString());
    // By these it is listed as a backup; it is no snapshot of a volume here.
    tags.put(
        Tags.VOLUME_UUID,
        Tags.uuid(original.tags(), Tags.VOLUME_UUID, original.volumeId()).toString());
    for (String kept : new String[] {Tags.NAME, Tags.VOLUME_NAME}) {
      Optional.ofNullable(original.tags().get(kept)).ifPresent(value -> tags.put(kept, value));
    }
    Tags.snapshotName(original.tags()).ifPresent(name -> tags.put(Tags.RELEASED, name));
    boolean encrypted = original.encrypted() || config.defaultEncrypted();
    try {
      return ec2.copySnapshot(
          source, encrypted ? config.defaultKmsKeyId() : Optional.empty(), encrypted, tags);
    } catch (Ec2Exception e) {
      if (e.isRefused()) {
        throw e;
      }
      throw new IOException(
          "%s; if the copy was made in region %s after all, asking again uses it"
              .formatted(e.getMessage(), instance.region()),
          e);
    }
  }
}
