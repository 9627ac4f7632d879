package io.convoy.ebs.testing;

import static java.lang.System.Logger.Level.ERROR;

import io.convoy.ebs.testing.VolumeView.Modification;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The account's volumes, snapshots and instances, and the rules by which they change. */
final class Cloud implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Cloud.class.getName());

  static final String OWNER = "123456789012";
  private static final String DEFAULT_KEY =
      "arn:aws:kms:us-east-1:" + OWNER + ":key/aws-ebs-default";
  private static final int MOST_TAGS = 50;
  private static final Duration BUSY_POLL = Duration.ofMillis(100);
  private static final long TICK_MILLIS = 5;

  private final Path directory;
  private final Map<String, CloudVolume> volumes = new LinkedHashMap<>();
  private final Map<String, CloudSnapshot> snapshots = new LinkedHashMap<>();
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private final Map<String, Created> tokens = new HashMap<>();
  private final Set<String> keys = new HashSet<>();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final PriorityQueue<Later> waiting =
      new PriorityQueue<>(Comparator.comparing(Later::atNanos));
  private Delays delays = Delays.NONE;
  private Duration ahead = Duration.ZERO;

  private record Later(long atNanos, Runnable action) {}

  private record Created(CreateVolume request, String volumeId) {}

  /** An instance. */
  record Instance(String id, String zone, String state, Machine machine) {}

  /** A request for a volume. */
  record CreateVolume(
      String zone,
      Optional<Integer> size,
      Optional<String> snapshotId,
      String type,
      Optional<Integer> iops,
      Optional<Integer> throughput,
      boolean encrypted,
      Optional<String> kmsKeyId,
      Map<String, String> tags) {}

  Cloud(Path directory) {
    this.directory = directory;
    var unused =
        timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  synchronized void setDelays(Delays other) {
    delays = other;
  }

  synchronized void addKey(String arn) {
    keys.add(arn);
  }

  synchronized Instance addInstance(String id, String zone, boolean nitro) {
    Instance instance =
        new Instance(id, zone, "running", new Machine(directory.resolve(id), nitro));
    instances.put(id, instance);
    return instance;
  }

  synchronized void setInstanceState(String id, String state) {
    Instance now = instances.get(id);
    instances.put(id, new Instance(id, now.zone(), state, now.machine()));
  }

  synchronized Collection<Instance> instances() {
    return List.copyOf(instances.values());
  }

  /** The account's clock; tests can put it forward. */
  private long nanos() {
    return System.nanoTime() + ahead.toNanos();
  }

  private long in(Duration delay) {
    return nanos() + delay.toNanos();
  }

  /** Does something at its time; at once, if that is now. */
  private void later(Duration delay, Runnable action) {
    if (delay.isZero()) {
      action.run();
    } else {
      waiting.add(new Later(in(delay), action));
    }
  }

  /** Lets time pass: what is due by then is done when this returns. */
  synchronized void advance(Duration time) {
    ahead = ahead.plus(time);
    doWhatIsDue();
  }

  private synchronized void doWhatIsDue() {
    while (!waiting.isEmpty() && waiting.peek().atNanos() - nanos() <= 0) {
      waiting.remove().action().run();
    }
  }

  private void tick() {
    try {
      doWhatIsDue();
    } catch (RuntimeException e) {
      LOGGER.log(ERROR, "The test account could not do what was to be done later", e);
    }
  }

  private static String newId(String prefix) {
    return prefix + UUID.randomUUID().toString().replace("-", "").substring(0, 17);
  }

  private Instant now() {
    return Instant.now().plus(ahead).truncatedTo(ChronoUnit.MILLIS);
  }

  // Volumes

  /** A volume as those who ask see it, perhaps late. */
  record Seen<A, B>(A thing, B view) {}

  synchronized List<Seen<CloudVolume, VolumeView>> seenVolumes() {
    long late = nanos() - delays.lag().toNanos();
    List<Seen<CloudVolume, VolumeView>> seen = new ArrayList<>();
    for (CloudVolume volume : volumes.values()) {
      volume.timeline().at(late).ifPresent(view -> seen.add(new Seen<>(volume, view)));
    }
    return seen;
  }

  synchronized List<Seen<CloudVolume, VolumeView>> allVolumes() {
    List<Seen<CloudVolume, VolumeView>> all = new ArrayList<>();
    for (CloudVolume volume : volumes.values()) {
      volume.timeline().at(nanos()).ifPresent(view -> all.add(new Seen<>(volume, view)));
    }
    return all;
  }

  private Seen<CloudVolume, VolumeView> volume(String id) {
    if (!id.matches("vol-[0-9a-f]{8}([0-9a-f]{9})?")) {
      throw ApiException.of(
          "InvalidParameterValue",
          "Value (%s) for parameter volumeId is invalid. Expected: 'vol-...'.",
          id);
    }
    CloudVolume volume = volumes.get(id);
    Optional<VolumeView> view = volume == null ? Optional.empty() : volume.timeline().at(nanos());
    if (view.isEmpty()) {
      throw ApiException.of("InvalidVolume.NotFound", "The volume '%s' does not exist.", id);
    }
    return new Seen<>(volume, view.get());
  }

  synchronized Seen<CloudVolume, VolumeView> createVolume(
      CreateVolume request, Optional<String> token) {
    if (token.isPresent() && tokens.containsKey(token.get())) {
      Created before = tokens.get(token.get());
      if (!before.request().equals(request)) {
        throw ApiException.of(
            "IdempotentParameterMismatch",
            "The client token you have provided is associated with a resource or request with different parameters.");
      }
      CloudVolume made = volumes.get(before.volumeId());
      return new Seen<>(
          made,
          made.timeline()
              .at(nanos())
              .orElseThrow(
                  () ->
                      ApiException.of(
                          "InvalidVolume.NotFound",
                          "The volume '%s' does not exist.",
                          before.volumeId())));
    }
    if (instances.values().stream().noneMatch(i -> i.zone().equals(request.zone()))
        && !request.zone().equals("us-east-1b")) {
      throw ApiException.of(
          "InvalidZone.NotFound", "The zone '%s' does not exist.", request.zone());
    }
    Optional<Seen<CloudSnapshot, SnapshotView>> source = request.snapshotId().map(this::snapshot);
    if (source.isPresent() && !source.get().view().state().equals("completed")) {
      throw ApiException.of(
          "IncorrectState", "Snapshot is in invalid state - %s", source.get().view().state());
    }
    int snapshotSize = source.map(s -> s.thing().size()).orElse(0);
    int size = request.size().orElse(snapshotSize);
    if (size == 0) {
      throw ApiException.of(
          "MissingParameter", "The request must contain the parameter size/snapshot");
    }
    if (size < snapshotSize) {
      throw ApiException.of(
          "InvalidParameterValue",
          "Volume of %sGiB is smaller than snapshot '%s', expect size >= %sGiB",
          size,
          request.snapshotId().orElseThrow(),
          snapshotSize);
    }
    if (request.kmsKeyId().isPresent() && !request.encrypted()) {
      throw ApiException.of(
          "InvalidParameterDependency",
          "The parameter KmsKeyId requires the parameter Encrypted to be set.");
    }
    VolumeType type = VolumeType.of(request.type());
    type.checkSize(size);
    Optional<Integer> iops = type.iops(size, request.iops());
    Optional<Integer> throughput = type.throughput(iops, request.throughput());
    checkTags(request.tags());
    boolean encrypted = request.encrypted() || source.map(s -> s.thing().encrypted()).orElse(false);
    String id = newId("vol-");
    CloudVolume volume =
        new CloudVolume(
            id,
            request.zone(),
            now(),
            encrypted,
            encrypted
                ? Optional.of(
                    request
                        .kmsKeyId()
                        .or(() -> source.flatMap(s -> s.thing().kmsKeyId()))
                        .orElse(DEFAULT_KEY))
                : Optional.empty(),
            request.snapshotId(),
            directory.resolve(id + ".img"),
            new Timeline<>());
    if (source.isPresent()) {
      Images.copy(source.get().thing().image(), volume.image());
      Images.grow(volume.image(), size);
    } else {
      Images.create(volume.image(), size);
    }
    VolumeView creating =
        new VolumeView(
            "creating",
            size,
            request.type(),
            iops,
            throughput,
            request.tags(),
            Optional.empty(),
            Optional.empty());
    volumes.put(id, volume);
    token.ifPresent(given -> tokens.put(given, new Created(request, id)));
    volume.timeline().set(nanos(), Optional.of(creating));
    // A key is looked at later: a volume whose key can't be used goes away again.
    boolean keyUsable = request.kmsKeyId().map(keys::contains).orElse(true);
    volume
        .timeline()
        .set(
            in(delays.create()),
            keyUsable ? Optional.of(creating.withState("available")) : Optional.empty());
    return new Seen<>(volume, creating);
  }

  synchronized void deleteVolume(String id) {
    Seen<CloudVolume, VolumeView> found = volume(id);
    switch (found.view().state()) {
      case "available", "error" -> {
        found.thing().timeline().set(nanos(), Optional.of(found.view().withState("deleting")));
        found.thing().timeline().set(in(delays.delete()), Optional.empty());
        Programs.run("rm", "-f", found.thing().image().toString());
      }
      case "in-use" ->
          throw ApiException.of(
              "VolumeInUse",
              "Volume %s is currently attached to %s",
              id,
              found.view().attachment().orElseThrow().instanceId());
      default ->
          throw ApiException.of(
              "IncorrectState", "The volume '%s' is in the '%s' state.", id, found.view().state());
    }
  }

  private Instance instance(String id) {
    Instance instance = instances.get(id);
    if (instance == null) {
      throw ApiException.of(
          "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id);
    }
    return instance;
  }

  synchronized Attachment attachVolume(String id, String instanceId, String device) {
    Seen<CloudVolume, VolumeView> found = volume(id);
    Instance instance = instance(instanceId);
    if (!device.matches("/dev/(sd[f-p]|xvd[b-d][a-z])")) {
      throw ApiException.of(
          "InvalidParameterValue",
          "Value (%s) for parameter device is invalid. %s is not a valid EBS device name.",
          device,
          device);
    }
    if (!found.thing().zone().equals(instance.zone())) {
      throw ApiException.of(
          "InvalidVolume.ZoneMismatch",
          "The volume '%s' is not in the same availability zone as instance '%s'",
          id,
          instanceId);
    }
    if (!List.of("running", "stopped").contains(instance.state())) {
      throw ApiException.of("IncorrectState", "Instance '%s' is not 'running'.", instanceId);
    }
    if (found.view().attachment().isPresent()) {
      throw ApiException.of("VolumeInUse", "%s is already attached to an instance", id);
    }
    if (!found.view().state().equals("available")) {
      throw ApiException.of("IncorrectState", "The volume '%s' is not 'available'.", id);
    }
    for (Seen<CloudVolume, VolumeView> other : allVolumes()) {
      Optional<Attachment> attachment = other.view().attachment();
      if (attachment.isPresent()
          && attachment.get().instanceId().equals(instanceId)
          && attachment.get().device().equals(device)) {
        throw ApiException.of(
            "InvalidParameterValue",
            "Invalid value '%s' for unixDevice. Attachment point %s is already in use",
            device,
            device);
      }
    }
    Attachment attaching = new Attachment(instanceId, device, "attaching", now());
    found
        .thing()
        .timeline()
        .set(nanos(), Optional.of(found.view().withAttachment(Optional.of(attaching))));
    later(delays.attach(), () -> attached(id));
    return attaching;
  }

  private synchronized void attached(String id) {
    Seen<CloudVolume, VolumeView> found = volume(id);
    Attachment attaching = found.view().attachment().orElseThrow();
    Instance instance = instance(attaching.instanceId());
    instance.machine().plug(id, attaching.device(), found.thing().image());
    found
        .thing()
        .timeline()
        .set(
            nanos(),
            Optional.of(found.view().withAttachment(Optional.of(attaching.withState("attached")))));
  }

  synchronized Attachment detachVolume(
      String id, Optional<String> instanceId, Optional<String> device, boolean force) {
    Seen<CloudVolume, VolumeView> found = volume(id);
    Attachment attachment =
        found
            .view()
            .attachment()
            .orElseThrow(
                () ->
                    ApiException.of(
                        "IncorrectState",
                        "Volume '%s' is in the '%s' state.",
                        id,
                        found.view().state()));
    if (!instanceId.orElse(attachment.instanceId()).equals(attachment.instanceId())
        || !device.orElse(attachment.device()).equals(attachment.device())) {
      throw ApiException.of(
          "InvalidAttachment.NotFound",
          "The volume '%s' is not attached to instance '%s' as device '%s'.",
          id,
          instanceId.orElse(""),
          device.orElse(""));
    }
    if (!force && !List.of("attached", "busy").contains(attachment.state())) {
      throw ApiException.of(
          "IncorrectState", "Volume '%s' is in the '%s' state.", id, attachment.state());
    }
    Attachment detaching = attachment.withState("detaching");
    found
        .thing()
        .timeline()
        .set(nanos(), Optional.of(found.view().withAttachment(Optional.of(detaching))));
    later(delays.detach(), () -> detached(id));
    return detaching;
  }

  private synchronized void detached(String id) {
    Seen<CloudVolume, VolumeView> found = volume(id);
    Attachment detaching = found.view().attachment().orElseThrow();
    Machine machine = instance(detaching.instanceId()).machine();
    if (machine.isBusy(id)) {
      found
          .thing()
          .timeline()
          .set(
              nanos(),
              Optional.of(found.view().withAttachment(Optional.of(detaching.withState("busy")))));
      later(BUSY_POLL, () -> detached(id));
      return;
    }
    machine.unplug(id);
    found
        .thing()
        .timeline()
        .set(nanos(), Optional.of(found.view().withAttachment(Optional.empty())));
  }

  synchronized Modification modifyVolume(String id, Optional<Integer> size) {
    Seen<CloudVolume, VolumeView> found = volume(id);
    VolumeView view = found.view();
    if (!List.of("available", "in-use").contains(view.state())) {
      throw ApiException.of(
          "IncorrectState", "The volume '%s' is in the '%s' state.", id, view.state());
    }
    if (view.modification().isPresent()
        && List.of("modifying", "optimizing").contains(view.modification().get().state())) {
      throw ApiException.of(
          "IncorrectModificationState",
          "Cannot modify volume %s. Volume is already being modified.",
          id);
    }
    int target = size.orElse(view.size());
    if (target < view.size()) {
      throw ApiException.of(
          "InvalidParameterValue", "New size cannot be smaller than existing size");
    }
    VolumeType.of(view.type()).checkSize(target);
    Modification modifying = new Modification("modifying", view.size(), target, 0);
    found
        .thing()
        .timeline()
        .set(nanos(), Optional.of(view.withModification(view.size(), modifying)));
    later(
        delays.modify(),
        () -> {
          synchronized (this) {
            Seen<CloudVolume, VolumeView> then = volume(id);
            Images.grow(then.thing().image(), target);
            then.view().attachment().ifPresent(a -> instance(a.instanceId()).machine().resized(id));
            Modification optimizing =
                new Modification("optimizing", modifying.originalSize(), target, 50);
            then.thing()
                .timeline()
                .set(nanos(), Optional.of(then.view().withModification(target, optimizing)));
            later(
                delays.modify(),
                () -> {
                  synchronized (this) {
                    Seen<CloudVolume, VolumeView> last = volume(id);
                    last.thing()
                        .timeline()
                        .set(
                            nanos(),
                            Optional.of(
                                last.view()
                                    .withModification(
                                        target,
                                        new Modification(
                                            "completed", modifying.originalSize(), target, 100))));
                  }
                });
          }
        });
    return modifying;
  }

  // Snapshots

  synchronized List<Seen<CloudSnapshot, SnapshotView>> seenSnapshots() {
    return snapshotsAt(nanos() - delays.lag().toNanos());
  }

  synchronized List<Seen<CloudSnapshot, SnapshotView>> allSnapshots() {
    return snapshotsAt(nanos());
  }

  private List<Seen<CloudSnapshot, SnapshotView>> snapshotsAt(long time) {
    List<Seen<CloudSnapshot, SnapshotView>> seen = new ArrayList<>();
    for (CloudSnapshot snapshot : snapshots.values()) {
      snapshot.timeline().at(time).ifPresent(view -> seen.add(new Seen<>(snapshot, view)));
    }
    return seen;
  }

  synchronized Seen<CloudSnapshot, SnapshotView> snapshot(String id) {
    CloudSnapshot snapshot = snapshots.get(id);
    Optional<SnapshotView> view =
        snapshot == null ? Optional.empty() : snapshot.timeline().at(nanos());
    if (view.isEmpty()) {
      throw ApiException.of("InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.", id);
    }
    return new Seen<>(snapshot, view.get());
  }

  synchronized Seen<CloudSnapshot, SnapshotView> createSnapshot(
      String volumeId, String description, Map<String, String> tags) {
    Seen<CloudVolume, VolumeView> volume = volume(volumeId);
    if (!List.of("available", "in-use").contains(volume.view().state())) {
      throw ApiException.of(
          "IncorrectState",
          "The volume '%s' is in the '%s' state.",
          volumeId,
          volume.view().state());
    }
    checkTags(tags);
    String id = newId("snap-");
    CloudSnapshot snapshot =
        new CloudSnapshot(
            id,
            volumeId,
            volume.view().size(),
            now(),
            volume.thing().encrypted(),
            volume.thing().kmsKeyId(),
            description,
            directory.resolve(id + ".img"),
            new Timeline<>());
    // The point in time is now, however long it takes to complete.
    Images.copy(volume.thing().image(), snapshot.image());
    snapshots.put(id, snapshot);
    Duration half = delays.snapshot().dividedBy(2);
    snapshot.timeline().set(nanos(), Optional.of(new SnapshotView("pending", 0, tags)));
    snapshot.timeline().set(in(half), Optional.of(new SnapshotView("pending", 50, tags)));
    snapshot
        .timeline()
        .set(in(delays.snapshot()), Optional.of(new SnapshotView("completed", 100, tags)));
    return snapshot(id);
  }

  /** Makes a snapshot that is a copy of another region's. */
  synchronized Seen<CloudSnapshot, SnapshotView> copySnapshot(
      Seen<CloudSnapshot, SnapshotView> source,
      String description,
      boolean encrypted,
      Optional<String> kmsKeyId,
      Map<String, String> tags) {
    if (!source.view().state().equals("completed")) {
      throw ApiException.of(
          "IncorrectState",
          "Snapshot %s is in invalid state - %s",
          source.thing().id(),
          source.view().state());
    }
    boolean toBeEncrypted = encrypted || source.thing().encrypted();
    if (kmsKeyId.isPresent() && !toBeEncrypted) {
      throw ApiException.of(
          "InvalidParameterDependency",
          "The parameter KmsKeyId requires the parameter Encrypted to be set.");
    }
    checkTags(tags);
    String id = newId("snap-");
    CloudSnapshot copy =
        new CloudSnapshot(
            id,
            "vol-ffffffff",
            source.thing().size(),
            now(),
            toBeEncrypted,
            toBeEncrypted ? Optional.of(kmsKeyId.orElse(DEFAULT_KEY)) : Optional.empty(),
            description,
            directory.resolve(id + ".img"),
            new Timeline<>());
    Images.copy(source.thing().image(), copy.image());
    snapshots.put(id, copy);
    copy.timeline().set(nanos(), Optional.of(new SnapshotView("pending", 0, tags)));
    // With a key that can't be used it ends in error.
    boolean keyUsable = kmsKeyId.map(keys::contains).orElse(true);
    copy.timeline()
        .set(
            in(delays.snapshot()),
            Optional.of(new SnapshotView(keyUsable ? "completed" : "error", 100, tags)));
    return snapshot(id);
  }

  synchronized void deleteSnapshot(String id) {
    Seen<CloudSnapshot, SnapshotView> found = snapshot(id);
    found.thing().timeline().set(nanos(), Optional.empty());
    Programs.run("rm", "-f", found.thing().image().toString());
  }

  // Tags

  private static void checkTags(Map<String, String> tags) {
    if (tags.size() > MOST_TAGS) {
      throw ApiException.of("TagLimitExceeded", "The maximum number of Tags has been reached.");
    }
    tags.forEach(
        (key, value) -> {
          if (key.isEmpty() || key.length() > 127 || key.startsWith("aws:")) {
            throw ApiException.of("InvalidParameterValue", "Tag key '%s' is not valid.", key);
          }
          if (value.length() > 255) {
            throw ApiException.of(
                "InvalidParameterValue", "Tag value exceeds the maximum length of 255 characters");
          }
        });
  }

  /** Changes tags; an absent value removes one. */
  synchronized void changeTags(List<String> resources, Map<String, Optional<String>> changes) {
    for (String id : resources) {
      if (id.startsWith("snap-")) {
        snapshot(id);
      } else {
        volume(id);
      }
    }
    for (String id : resources) {
      if (id.startsWith("snap-")) {
        Seen<CloudSnapshot, SnapshotView> found = snapshot(id);
        Map<String, String> tags = changed(found.view().tags(), changes);
        // A snapshot goes on to complete, with its new tags.
        found.thing().timeline().set(nanos(), Optional.of(found.view().withTags(tags)));
        if (!found.view().state().equals("completed")) {
          found
              .thing()
              .timeline()
              .set(in(delays.snapshot()), Optional.of(new SnapshotView("completed", 100, tags)));
        }
      } else {
        Seen<CloudVolume, VolumeView> found = volume(id);
        VolumeView view = found.view().withTags(changed(found.view().tags(), changes));
        found.thing().timeline().set(nanos(), Optional.of(view));
        if (view.state().equals("creating")) {
          found
              .thing()
              .timeline()
              .set(in(delays.create()), Optional.of(view.withState("available")));
        }
      }
    }
  }

  private static Map<String, String> changed(
      Map<String, String> tags, Map<String, Optional<String>> changes) {
    Map<String, String> result = new HashMap<>(tags);
    changes.forEach(
        (key, value) -> {
          if (value.isPresent()) {
            result.put(key, value.get());
          } else {
            result.remove(key);
          }
        });
    checkTags(result);
    return result;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    try {
      timer.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      instances.values().forEach(instance -> instance.machine().powerOff());
    }
  }
}
