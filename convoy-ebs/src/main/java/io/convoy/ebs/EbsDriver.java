package io.convoy.ebs;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.DeleteMode;
import io.convoy.core.DriverContext;
import io.convoy.core.Examination;
import io.convoy.core.Growth;
import io.convoy.core.RubyDate;
import io.convoy.core.Snapshot;
import io.convoy.core.Snapshots;
import io.convoy.core.Takeover;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import software.amazon.awssdk.services.ebs.EbsClient;

/** Volumes in Amazon EBS. Which there are, their tags at Amazon say. */
final class EbsDriver implements VolumeDriver {
  private static final Logger LOGGER = System.getLogger(EbsDriver.class.getName());

  private final DriverContext context;
  private final EbsConfig config;
  private final InstanceIdentity instance;
  private final Ec2 ec2;
  private final EbsClient direct;
  private final Account account;
  private final Describer describer;
  private final Attachments attachments;
  private final Intents intents;
  private final EbsMounts mounts;
  private final VolumeCreation creation;
  private final VolumeDeletion deletion;
  private final EbsSnapshots snapshots;
  private final EbsGrowth growth;
  private final EbsExamination examination;
  private final FrozenMounts frozen;

  private EbsDriver(
      DriverContext context,
      EbsConfig config,
      InstanceIdentity instance,
      Connection connection,
      Pace pace)
      throws IOException {
    this.context = context;
    this.config = config;
    this.instance = instance;
    ec2 = Ec2.open(instance.region(), connection, pace);
    direct = Clients.direct(instance.region(), connection, pace);
    Waiting waiting = new Waiting(pace);
    describer = new Describer(ec2, pace);
    intents = Intents.open(context.root());
    deletion = new VolumeDeletion(ec2, instance, describer, waiting);
    account = new Account(ec2, pace, intents, deletion);
    attachments =
        new Attachments(
            ec2,
            instance,
            account,
            describer,
            new DeviceFinder(config.devices(), config.system()),
            intents,
            waiting);
    deletion.tie(account, attachments);
    mounts =
        new EbsMounts(
            context.commands(),
            ec2,
            account,
            attachments,
            context.root().resolve("mounts"),
            config.keepAttached());
    creation =
        new VolumeCreation(
            config,
            ec2,
            instance,
            account,
            describer,
            attachments,
            intents,
            waiting,
            deletion,
            new SnapshotCopy(config, ec2, instance, connection, pace),
            pace);
    growth =
        new EbsGrowth(context.commands(), ec2, account, describer, attachments, mounts, waiting);
    examination =
        new EbsExamination(
            ec2, instance, account, attachments, mounts, intents, config.keepAttached());
    frozen = new FrozenMounts(context.root(), context.commands());
    snapshots =
        new EbsSnapshots(
            config,
            context.commands(),
            ec2,
            direct,
            instance,
            account,
            mounts,
            intents,
            frozen,
            pace);
  }

  static EbsDriver open(
      DriverContext context, Map<String, String> options, Connection connection, Pace pace)
      throws IOException {
    EbsConfig config = EbsConfig.load(context.root(), options);
    InstanceIdentity instance = InstanceIdentity.ask(connection.metadata());
    EbsDriver driver = new EbsDriver(context, config, instance, connection, pace);
    try {
      driver.frozen.thawAll();
      List<OldRecords.Mounted> mounted = new OldRecords(context.root(), driver.ec2).adopt();
      driver.account.refresh();
      driver.mountAgain(mounted);
      driver.detachUnused();
      return driver;
    } catch (IOException | RuntimeException e) {
      try (driver) {
        throw e;
      }
    }
  }

  /** Mounts what Convoy v0.5.2 had mounted, as it did itself when it started. */
  private void mountAgain(List<OldRecords.Mounted> volumes) {
    for (OldRecords.Mounted volume : volumes) {
      try {
        mounts.mountAgain(account.get(volume.name()), volume.mountPoint());
      } catch (IOException | IllegalArgumentException e) {
        LOGGER.log(
            WARNING,
            "Volume ''{0}'', which Convoy v0.5.2 had mounted at {1}, is not mounted: {2}",
            volume.name(),
            volume.mountPoint(),
            e.getMessage());
      }
    }
  }

  /** Detaches what was attached by an earlier run and is not mounted any more. */
  private void detachUnused() throws IOException {
    for (String id : intents.attachments()) {
      try {
        Optional<EbsVolume> volume = describer.describe(id);
        if (volume.isEmpty() || !volume.get().isAttachedTo(instance.instanceId())) {
          intents.endAttachment(id);
        } else if (mounts.mountPoints(volume.get()).isEmpty() && !config.keepAttached()) {
          LOGGER.log(INFO, "Volume {0} was left attached and is not mounted: detaching it", id);
          attachments.detach(volume.get());
        }
      } catch (IOException e) {
        LOGGER.log(WARNING, "Volume {0} was left attached: {1}", id, e.getMessage());
      }
    }
  }

  @Override
  public Map<String, String> info() throws IOException {
    Map<String, String> info = new TreeMap<>();
    info.put("Driver", EbsDriverFactory.NAME);
    info.put("Root", context.root().toString());
    info.put("DefaultVolumeSize", Long.toString(config.defaultSizeBytes()));
    info.put("DefaultVolumeType", config.defaultType());
    info.put("DefaultKmsKeyID", config.defaultKmsKeyId().orElse(""));
    info.put("DefaultEncrypted", Boolean.toString(config.defaultEncrypted()));
    info.put("FsFreeze", Boolean.toString(config.freeze()));
    info.put("KeepAttached", Boolean.toString(config.keepAttached()));
    info.put("InstanceID", instance.instanceId());
    info.put("Region", instance.region());
    // As Convoy v0.5.2 spells it, and as it is spelt.
    info.put("AvailablityZone", instance.zone());
    info.put("AvailabilityZone", instance.zone());
    List<UUID> left = new ArrayList<>(intents.abandonedVolumes());
    left.addAll(intents.abandonedSnapshots());
    if (!left.isEmpty()) {
      info.put("HalfMade", left.toString());
    }
    return info;
  }

  @Override
  public Volume create(VolumeSpec spec, UUID uuid, Optional<VolumeFiller> filler)
      throws IOException {
    return toVolume(creation.create(spec, uuid, filler), List.of());
  }

  @Override
  public void delete(VolumeName volume, DeleteMode mode) throws IOException {
    deletion.delete(account.get(volume), mode);
  }

  @Override
  public Path mount(VolumeName volume, Optional<Path> mountPoint) throws IOException {
    return mounts.mount(account.get(volume), mountPoint);
  }

  @Override
  public void unmount(VolumeName volume) throws IOException {
    mounts.unmount(account.get(volume));
  }

  @Override
  public Optional<Volume> get(VolumeName name) throws IOException {
    Optional<EbsVolume> found = account.find(name);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(toVolume(found.get(), account.view().snapshots(found.get())));
  }

  @Override
  public List<Volume> list(ProblemListener problems) throws IOException {
    Account.View view = account.view();
    view.problems().forEach(problems::report);
    List<Volume> volumes = new ArrayList<>();
    for (EbsVolume volume : view.byName().values()) {
      volumes.add(toVolume(volume, view.snapshots(volume)));
    }
    return volumes;
  }

  private Volume toVolume(EbsVolume volume, List<EbsSnapshot> its) throws IOException {
    Map<String, String> details = new HashMap<>();
    details.put("Driver", EbsDriverFactory.NAME);
    details.put("Device", attachments.device(volume).map(Path::toString).orElse(""));
    details.put(
        "MountPoint",
        mounts.mountPoints(volume).stream().findFirst().map(Path::toString).orElse(""));
    details.put("EBSVolumeID", volume.id());
    details.put("AvailablityZone", volume.zone());
    details.put("AvailabilityZone", volume.zone());
    details.put("CreatedTime", RubyDate.format(volume.createTime()));
    details.put("Size", Long.toString(volume.sizeBytes()));
    details.put("State", volume.state());
    details.put("Type", volume.type());
    details.put("IOPS", volume.iops().map(Object::toString).orElse(""));
    details.put("Throughput", volume.throughput().map(Object::toString).orElse(""));
    details.put("Encrypted", Boolean.toString(volume.encrypted()));
    details.put("KmsKeyId", volume.kmsKeyId().orElse(""));
    volume.attachment().ifPresent(a -> details.put("AttachedTo", a.instanceId()));
    List<Snapshot> shown = new ArrayList<>();
    for (EbsSnapshot snapshot : its) {
      try {
        shown.add(snapshot.toSnapshot(volume.name()));
      } catch (IllegalArgumentException e) {
        LOGGER.log(WARNING, "Snapshot {0} is not shown: {1}", snapshot.id(), e.getMessage());
      }
    }
    return new Volume(
        volume.name(),
        volume.uuid(),
        volume.createTime().truncatedTo(ChronoUnit.SECONDS),
        OptionalLong.of(volume.sizeBytes()),
        details,
        shown);
  }

  @Override
  public Optional<Growth> growth() {
    return Optional.of(
        (name, sizeBytes) -> {
          EbsVolume grown = growth.grow(account.get(name), sizeBytes);
          return toVolume(grown, account.view().snapshots(grown));
        });
  }

  @Override
  public Optional<Takeover> takeover() {
    return Optional.of(name -> attachments.takeFromOther(account.get(name)));
  }

  @Override
  public Optional<Examination> examination() {
    return Optional.of(examination);
  }

  @Override
  public Optional<Snapshots> snapshots() {
    return Optional.of(snapshots);
  }

  /** Asks Amazon anew when something is asked next. */
  void forgetAnswers() {
    account.forgetAnswers();
  }

  /** Volumes stay attached and mounted. */
  @Override
  public void close() {
    ec2.close();
    direct.close();
  }
}
