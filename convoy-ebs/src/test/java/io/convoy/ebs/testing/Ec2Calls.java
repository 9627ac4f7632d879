package io.convoy.ebs.testing;

import io.convoy.ebs.testing.Cloud.CreateVolume;
import io.convoy.ebs.testing.Cloud.Seen;
import io.convoy.ebs.testing.VolumeView.Modification;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** EC2's query API: the actions that deal with volumes. */
final class Ec2Calls {
  private static final int LEAST_RESULTS = 5;
  private static final int MOST_RESULTS = 500;
  private static final int MOST_IDS = 500;
  private static final int MOST_FILTER_VALUES = 200;
  private static final String[] TAG_SPECIFICATION = {
    "TagSpecification.#.ResourceType",
    "TagSpecification.#.Tag.#.Key",
    "TagSpecification.#.Tag.#.Value"
  };
  private static final String[] FILTER = {"Filter.#.Name", "Filter.#.Value.#"};

  private final String region;
  private final Map<String, Cloud> regions;
  private final Cloud cloud;

  /**
   * Makes them.
   *
   * @param region whose they are
   * @param regions all that there are, by name
   */
  Ec2Calls(String region, Map<String, Cloud> regions) {
    this.region = region;
    this.regions = regions;
    this.cloud = regions.get(region);
  }

  /** Does what is asked and returns the answer. */
  String answer(Query query) {
    if (!query.required("Version").equals("2016-11-15")) {
      throw ApiException.of("NoSuchVersion", "The requested version is not known");
    }
    String action = query.required("Action");
    Xml xml =
        switch (action) {
          case "CreateVolume" -> createVolume(query);
          case "DeleteVolume" -> deleteVolume(query);
          case "DescribeVolumes" -> describeVolumes(query);
          case "AttachVolume" -> attachVolume(query);
          case "DetachVolume" -> detachVolume(query);
          case "ModifyVolume" -> modifyVolume(query);
          case "DescribeVolumesModifications" -> describeModifications(query);
          case "CreateSnapshot" -> createSnapshot(query);
          case "CopySnapshot" -> copySnapshot(query);
          case "DeleteSnapshot" -> deleteSnapshot(query);
          case "DescribeSnapshots" -> describeSnapshots(query);
          case "CreateTags" -> createTags(query);
          case "DeleteTags" -> deleteTags(query);
          case "DescribeInstances" -> describeInstances(query);
          default ->
              throw ApiException.of(
                  "InvalidAction", "The action %s is not valid for this web service.", action);
        };
    return xml.answer(action, UUID.randomUUID().toString());
  }

  private static Set<String> known(String[] some, String... more) {
    Set<String> names = new HashSet<>(List.of(some));
    names.addAll(List.of(more));
    return names;
  }

  private Xml createVolume(Query query) {
    query.checkKnown(
        known(
            TAG_SPECIFICATION,
            "AvailabilityZone",
            "Encrypted",
            "Iops",
            "KmsKeyId",
            "Size",
            "SnapshotId",
            "VolumeType",
            "Throughput",
            "ClientToken"));
    Optional<String> token = query.text("ClientToken");
    if (token.isEmpty()) {
      // Amazon allows it; here whoever leaves it out makes twins.
      throw ApiException.of(
          "MissingParameter", "The request must contain the parameter ClientToken");
    }
    if (token.get().length() > 64) {
      throw ApiException.of("InvalidClientToken", "The client token is longer than 64 characters");
    }
    CreateVolume request =
        new CreateVolume(
            query.required("AvailabilityZone"),
            query.number("Size"),
            query.text("SnapshotId"),
            query.text("VolumeType").orElse("gp2"),
            query.number("Iops"),
            query.number("Throughput"),
            query.flag("Encrypted"),
            query.text("KmsKeyId"),
            query.newTags("volume"));
    return volume(new Xml(), cloud.createVolume(request, token));
  }

  private static Xml volume(Xml xml, Seen<CloudVolume, VolumeView> seen) {
    CloudVolume volume = seen.thing();
    VolumeView view = seen.view();
    xml.put("volumeId", volume.id())
        .put("size", view.size())
        .put("snapshotId", volume.snapshotId().orElse(""))
        .put("availabilityZone", volume.zone())
        .put("status", view.state())
        .put("createTime", volume.createTime())
        .list(
            "attachmentSet",
            view.attachment().stream().toList(),
            attachment -> attachment(xml, volume.id(), attachment))
        .tags(view.tags())
        .put("volumeType", view.type())
        .put("iops", view.iops())
        .put("throughput", view.throughput())
        .put("encrypted", volume.encrypted())
        .put("kmsKeyId", volume.kmsKeyId())
        .put("multiAttachEnabled", false);
    return xml;
  }

  private static Xml attachment(Xml xml, String volumeId, Attachment attachment) {
    return xml.put("volumeId", volumeId)
        .put("instanceId", attachment.instanceId())
        .put("device", attachment.device())
        .put("status", attachment.state())
        .put("attachTime", attachment.time())
        .put("deleteOnTermination", false);
  }

  private Xml deleteVolume(Query query) {
    query.checkKnown(Set.of("VolumeId"));
    cloud.deleteVolume(query.required("VolumeId"));
    return new Xml().put("return", true);
  }

  private Xml attachVolume(Query query) {
    query.checkKnown(Set.of("VolumeId", "InstanceId", "Device"));
    String id = query.required("VolumeId");
    return attachment(
        new Xml(),
        id,
        cloud.attachVolume(id, query.required("InstanceId"), query.required("Device")));
  }

  private Xml detachVolume(Query query) {
    query.checkKnown(Set.of("VolumeId", "InstanceId", "Device", "Force"));
    String id = query.required("VolumeId");
    return attachment(
        new Xml(),
        id,
        cloud.detachVolume(
            id, query.text("InstanceId"), query.text("Device"), query.flag("Force")));
  }

  private Xml modifyVolume(Query query) {
    query.checkKnown(Set.of("VolumeId", "Size"));
    String id = query.required("VolumeId");
    Modification modification = cloud.modifyVolume(id, query.number("Size"));
    return new Xml().within("volumeModification", inner -> modification(inner, id, modification));
  }

  private static Xml modification(Xml xml, String volumeId, Modification modification) {
    return xml.put("volumeId", volumeId)
        .put("modificationState", modification.state())
        .put("originalSize", modification.originalSize())
        .put("targetSize", modification.targetSize())
        .put("progress", modification.progress());
  }

  private Xml describeModifications(Query query) {
    query.checkKnown(known(FILTER, "VolumeId.#", "MaxResults", "NextToken"));
    List<String> ids = query.list("VolumeId");
    List<Seen<CloudVolume, VolumeView>> found =
        cloud.allVolumes().stream()
            .filter(seen -> ids.contains(seen.thing().id()))
            .filter(seen -> seen.view().modification().isPresent())
            .toList();
    if (found.size() < ids.size()) {
      throw ApiException.of(
          "InvalidVolumeModification.NotFound",
          "Modification for volume '%s' does not exist.",
          String.join(",", ids));
    }
    Xml xml = new Xml();
    return xml.list(
        "volumeModificationSet",
        found,
        seen -> modification(xml, seen.thing().id(), seen.view().modification().orElseThrow()));
  }

  private Xml describeVolumes(Query query) {
    query.checkKnown(known(FILTER, "VolumeId.#", "MaxResults", "NextToken"));
    List<Seen<CloudVolume, VolumeView>> found =
        select(
            query,
            "VolumeId",
            "InvalidVolume.NotFound",
            "The volume '%s' does not exist.",
            cloud.seenVolumes(),
            seen -> seen.thing().id(),
            Ec2Calls::volumeField);
    Xml xml = new Xml();
    return paged(xml, query, "volumeSet", found, seen -> volume(xml, seen));
  }

  private static Optional<String> volumeField(Seen<CloudVolume, VolumeView> seen, String filter) {
    return switch (filter) {
      case "volume-id" -> Optional.of(seen.thing().id());
      case "status" -> Optional.of(seen.view().state());
      case "availability-zone" -> Optional.of(seen.thing().zone());
      case "attachment.instance-id" -> seen.view().attachment().map(Attachment::instanceId);
      default -> tagField(seen.view().tags(), filter);
    };
  }

  private static Optional<String> tagField(Map<String, String> tags, String filter) {
    if (filter.startsWith("tag:")) {
      return Optional.ofNullable(tags.get(filter.substring("tag:".length())));
    }
    throw ApiException.of("InvalidParameterValue", "The filter '%s' is invalid", filter);
  }

  /** Returns what the IDs and the filters leave. */
  private static <A, B> List<Seen<A, B>> select(
      Query query,
      String idParameter,
      String notFoundCode,
      String notFoundMessage,
      List<Seen<A, B>> all,
      Function<Seen<A, B>, String> id,
      Field<A, B> field) {
    List<String> ids = query.list(idParameter);
    if (ids.size() > MOST_IDS) {
      throw ApiException.of("InvalidParameterValue", "Too many IDs: %s", ids.size());
    }
    if (!ids.isEmpty() && query.text("MaxResults").isPresent()) {
      throw ApiException.of(
          "InvalidParameterCombination",
          "The parameter %ss cannot be used with the parameter maxResults",
          idParameter);
    }
    List<Seen<A, B>> found = new ArrayList<>(all);
    if (!ids.isEmpty()) {
      found.removeIf(seen -> !ids.contains(id.apply(seen)));
      for (String wanted : ids) {
        if (found.stream().noneMatch(seen -> id.apply(seen).equals(wanted))) {
          throw ApiException.of(notFoundCode, notFoundMessage, wanted);
        }
      }
    }
    query
        .filters()
        .forEach(
            (name, values) -> {
              if (values.size() > MOST_FILTER_VALUES) {
                throw ApiException.of(
                    "FilterLimitExceeded",
                    "The maximum number of filter values specified on a single call is 200");
              }
              found.removeIf(seen -> !matches(seen, name, values, field));
            });
    return found;
  }

  private static <A, B> boolean matches(
      Seen<A, B> seen, String filter, List<String> values, Field<A, B> field) {
    if (filter.equals("tag-key")) {
      return values.stream().anyMatch(key -> field.of(seen, "tag:" + key).isPresent());
    }
    return field.of(seen, filter).filter(values::contains).isPresent();
  }

  private interface Field<A, B> {
    Optional<String> of(Seen<A, B> seen, String filter);
  }

  private static <T> Xml paged(
      Xml xml, Query query, String name, List<T> found, Consumer<T> writer) {
    int start = 0;
    if (query.text("NextToken").isPresent()) {
      String token = query.text("NextToken").orElseThrow();
      if (!token.matches("page-[0-9]+")) {
        throw ApiException.of(
            "InvalidPaginationToken", "The specified pagination token is not valid");
      }
      start = Integer.parseInt(token.substring("page-".length()));
    }
    Optional<Integer> most = query.number("MaxResults");
    if (most.isPresent() && most.get() < LEAST_RESULTS) {
      throw ApiException.of(
          "InvalidParameterValue",
          "Value ( %s ) for parameter maxResults is invalid. Expecting a value greater than 5.",
          most.get());
    }
    // Whoever asks for no number gets all that there are.
    int end =
        most.isEmpty()
            ? found.size()
            : Math.min(found.size(), start + Math.min(most.get(), MOST_RESULTS));
    xml.list(name, found.subList(Math.min(start, end), end), writer);
    if (end < found.size()) {
      xml.put("nextToken", "page-" + end);
    }
    return xml;
  }

  private Xml createSnapshot(Query query) {
    query.checkKnown(known(TAG_SPECIFICATION, "VolumeId", "Description"));
    Xml xml = new Xml();
    return snapshot(
        xml,
        cloud.createSnapshot(
            query.required("VolumeId"),
            query.text("Description").orElse(""),
            query.newTags("snapshot")));
  }

  private static Xml snapshot(Xml xml, Seen<CloudSnapshot, SnapshotView> seen) {
    CloudSnapshot snapshot = seen.thing();
    return xml.put("snapshotId", snapshot.id())
        .put("volumeId", snapshot.volumeId())
        .put("status", seen.view().state())
        .put("startTime", snapshot.startTime())
        .put("progress", seen.view().progress() + "%")
        .put("ownerId", Cloud.OWNER)
        .put("volumeSize", snapshot.size())
        .put("description", snapshot.description())
        .tags(seen.view().tags())
        .put("encrypted", snapshot.encrypted())
        .put("kmsKeyId", snapshot.kmsKeyId())
        .put("storageTier", "standard");
  }

  private Xml copySnapshot(Query query) {
    query.checkKnown(
        known(
            TAG_SPECIFICATION,
            "SourceRegion",
            "SourceSnapshotId",
            "DestinationRegion",
            "PresignedUrl",
            "Description",
            "Encrypted",
            "KmsKeyId"));
    String source = query.required("SourceRegion");
    if (!query.text("DestinationRegion").orElse(region).equals(region)) {
      throw ApiException.of(
          "InvalidParameterValue",
          "Value (%s) for parameter destinationRegion is invalid. Expected: %s",
          query.required("DestinationRegion"),
          region);
    }
    if (!regions.containsKey(source)) {
      throw ApiException.of(
          "InvalidParameterValue", "Value (%s) for parameter sourceRegion is invalid.", source);
    }
    Seen<CloudSnapshot, SnapshotView> copy =
        cloud.copySnapshot(
            regions.get(source).snapshot(query.required("SourceSnapshotId")),
            query.text("Description").orElse(""),
            query.flag("Encrypted"),
            query.text("KmsKeyId"),
            query.newTags("snapshot"));
    return new Xml().put("snapshotId", copy.thing().id()).tags(copy.view().tags());
  }

  private Xml deleteSnapshot(Query query) {
    query.checkKnown(Set.of("SnapshotId"));
    cloud.deleteSnapshot(query.required("SnapshotId"));
    return new Xml().put("return", true);
  }

  private Xml describeSnapshots(Query query) {
    query.checkKnown(known(FILTER, "SnapshotId.#", "Owner.#", "MaxResults", "NextToken"));
    for (String owner : query.list("Owner")) {
      if (!owner.equals("self") && !owner.equals(Cloud.OWNER)) {
        throw ApiException.of("InvalidUserID.Malformed", "Invalid user id: \"%s\"", owner);
      }
    }
    List<Seen<CloudSnapshot, SnapshotView>> found =
        select(
            query,
            "SnapshotId",
            "InvalidSnapshot.NotFound",
            "The snapshot '%s' does not exist.",
            cloud.seenSnapshots(),
            seen -> seen.thing().id(),
            Ec2Calls::snapshotField);
    Xml xml = new Xml();
    return paged(xml, query, "snapshotSet", found, seen -> snapshot(xml, seen));
  }

  private static Optional<String> snapshotField(
      Seen<CloudSnapshot, SnapshotView> seen, String filter) {
    return switch (filter) {
      case "snapshot-id" -> Optional.of(seen.thing().id());
      case "volume-id" -> Optional.of(seen.thing().volumeId());
      case "status" -> Optional.of(seen.view().state());
      default -> tagField(seen.view().tags(), filter);
    };
  }

  private Xml createTags(Query query) {
    query.checkKnown(Set.of("ResourceId.#", "Tag.#.Key", "Tag.#.Value"));
    Map<String, Optional<String>> tags = query.tags("Tag");
    if (tags.isEmpty() || query.list("ResourceId").isEmpty()) {
      throw ApiException.of("MissingParameter", "The request must contain the parameter tag");
    }
    tags.replaceAll((key, value) -> Optional.of(value.orElse("")));
    cloud.changeTags(query.list("ResourceId"), tags);
    return new Xml().put("return", true);
  }

  private Xml deleteTags(Query query) {
    query.checkKnown(Set.of("ResourceId.#", "Tag.#.Key", "Tag.#.Value"));
    Map<String, Optional<String>> tags = query.tags("Tag");
    if (tags.values().stream().anyMatch(Optional::isPresent)) {
      throw ApiException.of("InvalidParameterValue", "Values of tags to delete are not known here");
    }
    cloud.changeTags(query.list("ResourceId"), tags);
    return new Xml().put("return", true);
  }

  private Xml describeInstances(Query query) {
    query.checkKnown(Set.of("InstanceId.#"));
    List<String> ids = query.list("InstanceId");
    List<Cloud.Instance> found =
        cloud.instances().stream().filter(instance -> ids.contains(instance.id())).toList();
    if (found.size() < ids.size()) {
      throw ApiException.of(
          "InvalidInstanceID.NotFound",
          "The instance ID '%s' does not exist",
          String.join(", ", ids));
    }
    Xml xml = new Xml();
    return xml.list(
        "reservationSet",
        found,
        instance ->
            xml.put("reservationId", "r-0123456789abcdef0")
                .put("ownerId", Cloud.OWNER)
                .list(
                    "instancesSet",
                    List.of(instance),
                    one ->
                        xml.put("instanceId", one.id())
                            .within("instanceState", inner -> inner.put("name", one.state()))
                            .within(
                                "placement", inner -> inner.put("availabilityZone", one.zone()))));
  }
}
