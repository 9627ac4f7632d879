package io.convoy.ebs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CopySnapshotRequest;
import software.amazon.awssdk.services.ec2.model.CreateSnapshotRequest;
import software.amazon.awssdk.services.ec2.model.CreateSnapshotResponse;
import software.amazon.awssdk.services.ec2.model.CreateVolumeRequest;
import software.amazon.awssdk.services.ec2.model.CreateVolumeResponse;
import software.amazon.awssdk.services.ec2.model.DescribeVolumesRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;
import software.amazon.awssdk.services.ec2.model.VolumeModificationState;

/** EC2's calls that Convoy makes. The SDK's types and exceptions end here. */
final class Ec2 implements AutoCloseable {
  /** The most volumes or snapshots that come in one answer. */
  private static final int PAGE = 500;

  /** The most values that a filter may have. */
  static final int MOST_FILTER_VALUES = 200;

  private final Ec2Client client;
  private final Ec2Client once;
  private final Pace pace;
  private final String region;

  private Ec2(Ec2Client client, Ec2Client once, Pace pace, String region) {
    this.client = client;
    this.once = once;
    this.pace = pace;
    this.region = region;
  }

  static Ec2 open(String region, Connection connection, Pace pace) {
    return new Ec2(
        Clients.ec2(region, connection, pace),
        Clients.ec2(region, connection, pace.once()),
        pace,
        region);
  }

  private static <T> T call(String what, Supplier<T> call) throws Ec2Exception {
    try {
      return call.get();
    } catch (SdkException e) {
      throw Ec2Exception.of(what, e);
    }
  }

  private static Integer orNull(OptionalInt number) {
    return number.isPresent() ? number.getAsInt() : null;
  }

  private static List<Tag> tags(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
        .toList();
  }

  private static Map<String, String> map(Collection<Tag> tags) {
    return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
  }

  private static TagSpecification specification(ResourceType type, Map<String, String> tags) {
    return TagSpecification.builder().resourceType(type).tags(tags(tags)).build();
  }

  /** Asks for a volume; asking again with the same token changes nothing. */
  EbsVolume createVolume(NewVolume wish) throws Ec2Exception {
    CreateVolumeRequest request =
        CreateVolumeRequest.builder()
            .clientToken(wish.token())
            .availabilityZone(wish.zone())
            .size(orNull(wish.sizeGib()))
            .snapshotId(wish.snapshotId().orElse(null))
            .volumeType(wish.type())
            .iops(orNull(wish.iops()))
            .throughput(orNull(wish.throughput()))
            .encrypted(wish.encrypted() ? true : null)
            .kmsKeyId(wish.kmsKeyId().orElse(null))
            .tagSpecifications(specification(ResourceType.VOLUME, wish.tags()))
            .build();
    CreateVolumeResponse made =
        call(
            "Creation of a %s volume in %s".formatted(wish.type(), wish.zone()),
            () -> client.createVolume(request));
    return new EbsVolume(
        made.volumeId(),
        made.availabilityZone(),
        made.createTime(),
        made.size(),
        made.stateAsString(),
        made.volumeTypeAsString(),
        Optional.ofNullable(made.iops()),
        Optional.ofNullable(made.throughput()),
        Boolean.TRUE.equals(made.encrypted()),
        Optional.ofNullable(made.kmsKeyId()),
        nonEmpty(made.snapshotId()),
        Optional.empty(),
        wish.tags());
  }

  private static Optional<String> nonEmpty(String text) {
    return Optional.ofNullable(text).filter(given -> !given.isEmpty());
  }

  private static EbsVolume volume(Volume volume) {
    return new EbsVolume(
        volume.volumeId(),
        volume.availabilityZone(),
        volume.createTime(),
        volume.size(),
        volume.stateAsString(),
        volume.volumeTypeAsString(),
        Optional.ofNullable(volume.iops()),
        Optional.ofNullable(volume.throughput()),
        Boolean.TRUE.equals(volume.encrypted()),
        Optional.ofNullable(volume.kmsKeyId()),
        nonEmpty(volume.snapshotId()),
        volume.attachments().stream().findFirst().map(Ec2::attachment),
        map(volume.tags()));
  }

  private static EbsAttachment attachment(VolumeAttachment attachment) {
    return new EbsAttachment(
        attachment.instanceId(), attachment.device(), attachment.stateAsString());
  }

  /** Returns the region's volumes that have a tag. */
  List<EbsVolume> volumesWithTag(String key) throws Ec2Exception {
    return describeVolumes(
        "List of volumes",
        DescribeVolumesRequest.builder()
            .filters(Filter.builder().name("tag-key").values(key).build())
            .maxResults(PAGE)
            .build());
  }

  /** Returns volumes by ID; those that are not there, or not seen yet, are left out. */
  Map<String, EbsVolume> volumes(Collection<String> ids) throws Ec2Exception {
    Map<String, EbsVolume> found = new HashMap<>();
    List<EbsVolume> volumes =
        describeVolumes(
            "Description of volumes %s".formatted(ids),
            DescribeVolumesRequest.builder()
                .filters(Filter.builder().name("volume-id").values(ids).build())
                .build());
    volumes.forEach(volume -> found.put(volume.id(), volume));
    return found;
  }

  private List<EbsVolume> describeVolumes(String what, DescribeVolumesRequest request)
      throws Ec2Exception {
    return call(
        what,
        () -> {
          List<EbsVolume> volumes = new ArrayList<>();
          client.describeVolumesPaginator(request).volumes().forEach(v -> volumes.add(volume(v)));
          return volumes;
        });
  }

  void deleteVolume(String id) throws Ec2Exception {
    call("Deletion of volume " + id, () -> client.deleteVolume(r -> r.volumeId(id)));
  }

  void attach(String id, String instanceId, String device) throws Ec2Exception {
    call(
        "Attachment of volume %s to instance %s as %s".formatted(id, instanceId, device),
        () -> client.attachVolume(r -> r.volumeId(id).instanceId(instanceId).device(device)));
  }

  void detach(String id, String instanceId) throws Ec2Exception {
    call(
        "Detachment of volume %s from instance %s".formatted(id, instanceId),
        () -> client.detachVolume(r -> r.volumeId(id).instanceId(instanceId)));
  }

  /** Sets tags on volumes or snapshots. */
  void setTags(String id, Map<String, String> tags) throws Ec2Exception {
    call("Tags of " + id, () -> client.createTags(r -> r.resources(id).tags(tags(tags))));
  }

  void removeTags(String id, Collection<String> keys) throws Ec2Exception {
    List<Tag> tags = keys.stream().map(key -> Tag.builder().key(key).build()).toList();
    call("Tags of " + id, () -> client.deleteTags(r -> r.resources(id).tags(tags)));
  }

  /**
   * Takes a snapshot. Amazon has no token for this, so it is not tried again when there was no
   * answer: whoever is told so must look whether there is one.
   */
  EbsSnapshot createSnapshot(String volumeId, String description, Map<String, String> tags)
      throws Ec2Exception {
    CreateSnapshotRequest request =
        CreateSnapshotRequest.builder()
            .volumeId(volumeId)
            .description(description)
            .tagSpecifications(specification(ResourceType.SNAPSHOT, tags))
            .build();
    CreateSnapshotResponse made =
        call(
            "Snapshot of volume " + volumeId,
            () -> unlessThrottled(() -> once.createSnapshot(request)));
    return new EbsSnapshot(
        made.snapshotId(),
        made.volumeId(),
        made.volumeSize(),
        made.stateAsString(),
        percent(made.progress()),
        made.startTime(),
        Boolean.TRUE.equals(made.encrypted()),
        Optional.ofNullable(made.kmsKeyId()),
        tags);
  }

  /**
   * Asks for a copy of a snapshot in another region, and returns its ID. Amazon has no token for
   * this either.
   */
  String copySnapshot(
      EbsUrl source, Optional<String> kmsKeyId, boolean encrypted, Map<String, String> tags)
      throws Ec2Exception {
    CopySnapshotRequest request =
        CopySnapshotRequest.builder()
            .sourceRegion(source.region())
            .sourceSnapshotId(source.snapshotId())
            .destinationRegion(region)
            .description("Convoy's copy of " + source)
            .encrypted(encrypted ? true : null)
            .kmsKeyId(kmsKeyId.orElse(null))
            .tagSpecifications(specification(ResourceType.SNAPSHOT, tags))
            .build();
    return call(
            "Copy of snapshot %s to region %s".formatted(source, region),
            () -> unlessThrottled(() -> once.copySnapshot(request)))
        .snapshotId();
  }

  /** Tries again what Amazon refused because of too many requests: that one was not done. */
  private <T> T unlessThrottled(Supplier<T> request) {
    for (int attempt = 1; ; attempt++) {
      try {
        return request.get();
      } catch (AwsServiceException e) {
        if (!e.isThrottlingException() || attempt == pace.attempts()) {
          throw e;
        }
        try {
          TimeUnit.MILLISECONDS.sleep(pace.backoff().toMillis() << attempt);
        } catch (InterruptedException interrupt) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }

  private static int percent(String progress) {
    return progress == null || !progress.matches("[0-9]{1,3}%")
        ? 0
        : Integer.parseInt(progress.substring(0, progress.length() - 1));
  }

  private static EbsSnapshot snapshot(software.amazon.awssdk.services.ec2.model.Snapshot snapshot) {
    return new EbsSnapshot(
        snapshot.snapshotId(),
        snapshot.volumeId(),
        snapshot.volumeSize(),
        snapshot.stateAsString(),
        percent(snapshot.progress()),
        snapshot.startTime(),
        Boolean.TRUE.equals(snapshot.encrypted()),
        Optional.ofNullable(snapshot.kmsKeyId()),
        map(snapshot.tags()));
  }

  /** Returns the account's snapshots that have a tag. */
  List<EbsSnapshot> snapshotsWithTag(String key) throws Ec2Exception {
    return call(
        "List of snapshots",
        () -> {
          List<EbsSnapshot> snapshots = new ArrayList<>();
          client
              .describeSnapshotsPaginator(
                  r ->
                      r.ownerIds("self")
                          .filters(Filter.builder().name("tag-key").values(key).build())
                          .maxResults(PAGE))
              .snapshots()
              .forEach(snapshot -> snapshots.add(snapshot(snapshot)));
          return snapshots;
        });
  }

  /** Returns a snapshot, empty if there is none of that ID. */
  Optional<EbsSnapshot> snapshot(String id) throws Ec2Exception {
    try {
      return call(
              "Description of snapshot " + id,
              () -> client.describeSnapshots(r -> r.snapshotIds(id)))
          .snapshots()
          .stream()
          .findFirst()
          .map(Ec2::snapshot);
    } catch (Ec2Exception e) {
      if (e.isSnapshotNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  void deleteSnapshot(String id) throws Ec2Exception {
    call("Deletion of snapshot " + id, () -> client.deleteSnapshot(r -> r.snapshotId(id)));
  }

  /** Asks for a volume to be made larger, which goes on after the answer. */
  void modifySize(String id, int sizeGib) throws Ec2Exception {
    call("Growth of volume " + id, () -> client.modifyVolume(r -> r.volumeId(id).size(sizeGib)));
  }

  /** Returns whether a volume is on its way to a size. */
  boolean isBeingModifiedTo(String id, int sizeGib) throws Ec2Exception {
    return call(
        "Description of the growth of volume " + id,
        () ->
            client
                .describeVolumesModifications(r -> r.volumeIds(id))
                .volumesModifications()
                .stream()
                .anyMatch(
                    change ->
                        change.modificationState() == VolumeModificationState.MODIFYING
                            && change.targetSize() >= sizeGib));
  }

  /** Returns the state of an instance, such as {@code running}. */
  String instanceState(String id) throws Ec2Exception {
    return call(
            "Description of instance " + id, () -> client.describeInstances(r -> r.instanceIds(id)))
        .reservations()
        .stream()
        .flatMap(reservation -> reservation.instances().stream())
        .map(instance -> instance.state().nameAsString())
        .findFirst()
        .orElse("unknown");
  }

  @Override
  public void close() {
    client.close();
    once.close();
  }
}
