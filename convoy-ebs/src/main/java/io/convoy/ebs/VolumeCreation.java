package io.convoy.ebs;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.BackupUrl;
import io.convoy.core.InUseException;
import io.convoy.core.Progress;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Creates volumes: blank, from a snapshot, from a backup's blocks, or by taking over a volume that
 * is there. The intent is on disk before Amazon is asked, and the volume has its tags from its
 * first moment, so that one whose answer got lost is found again, and deleted.
 */
final class VolumeCreation {
  private final EbsConfig config;
  private final Ec2 ec2;
  private final InstanceIdentity instance;
  private final Account account;
  private final Describer describer;
  private final Attachments attachments;
  private final Intents intents;
  private final Waiting waiting;
  private final VolumeDeletion deletion;
  private final SnapshotCopy copies;
  private final Pace pace;

  VolumeCreation(
      EbsConfig config,
      Ec2 ec2,
      InstanceIdentity instance,
      Account account,
      Describer describer,
      Attachments attachments,
      Intents intents,
      Waiting waiting,
      VolumeDeletion deletion,
      SnapshotCopy copies,
      Pace pace) {
    this.config = config;
    this.ec2 = ec2;
    this.instance = instance;
    this.account = account;
    this.describer = describer;
    this.attachments = attachments;
    this.intents = intents;
    this.waiting = waiting;
    this.deletion = deletion;
    this.copies = copies;
    this.pace = pace;
  }

  EbsVolume create(VolumeSpec spec, UUID uuid, Optional<VolumeFiller> filler) throws IOException {
    VolumeName name = spec.name();
    if (spec.prepareForVm()) {
      throw new IllegalArgumentException(
          "Volume '%s': driver ebs can't prepare a volume for a virtual machine".formatted(name));
    }
    if (account.find(name).isPresent()) {
      throw new AlreadyExistsException("Volume '%s' already exists".formatted(name));
    }
    if (spec.driverVolumeId().isPresent()) {
      return takeOver(spec, uuid);
    }
    Optional<EbsSnapshot> source = Optional.empty();
    Optional<BackupUrl> url = spec.source().filter(s -> s.destination().scheme().equals("ebs"));
    if (url.isPresent()) {
      // Before something is copied, and paid for.
      checkType(
          spec,
          spec.sizeBytes().isPresent()
              ? EbsVolume.wholeGib(spec.sizeBytes().getAsLong())
              : Integer.MAX_VALUE);
      source =
          Optional.of(snapshot(name, EbsUrl.parse(url.get().destination()), spec.copySource()));
    }
    return make(spec, uuid, source, source.isPresent() ? Optional.empty() : filler);
  }

  private EbsSnapshot snapshot(VolumeName name, EbsUrl url, boolean copy) throws IOException {
    if (!url.region().equals(instance.region())) {
      if (copy) {
        return copies.of(url);
      }
      throw new IllegalArgumentException(
          "Volume '%s' can't be created from '%s': that snapshot is in region %s and this instance in %s. Add --copy to have it copied here first, which takes its time and costs"
              .formatted(name, url, url.region(), instance.region()));
    }
    return SnapshotWait.untilCompleted(ec2, pace, url.snapshotId(), Progress.NONE);
  }

  private EbsVolume make(
      VolumeSpec spec, UUID uuid, Optional<EbsSnapshot> source, Optional<VolumeFiller> filler)
      throws IOException {
    VolumeName name = spec.name();
    int sizeGib = sizeGib(spec, source);
    EbsType type = checkType(spec, sizeGib);
    Map<String, String> tags = new HashMap<>(config.tags());
    tags.put(Tags.NAME, name.value());
    tags.put(Tags.VOLUME_NAME, name.value());
    tags.put(Tags.VOLUME_UUID, uuid.toString());
    if (filler.isPresent()) {
      tags.put(Tags.STATE, Tags.UNFINISHED);
    } else if (source.isEmpty()) {
      tags.put(Tags.FILESYSTEM, Tags.UNFORMATTED);
    }
    NewVolume wish =
        new NewVolume(
            uuid.toString(),
            instance.zone(),
            OptionalInt.of(sizeGib),
            source.map(EbsSnapshot::id),
            type.toString(),
            number(name, "iops", spec.iops()),
            number(name, "throughput", spec.throughputMib()),
            config.defaultEncrypted(),
            config.defaultKmsKeyId(),
            tags);
    intents.beginVolume(uuid, name.value());
    EbsVolume volume;
    try {
      volume = ec2.createVolume(wish);
    } catch (Ec2Exception e) {
      if (e.isRefused()) {
        intents.endVolume(uuid);
      } else {
        // It may have been made after all: whoever lists volumes next finds it, and deletes it.
        intents.abandonVolume(uuid);
      }
      throw e;
    } catch (RuntimeException e) {
      intents.abandonVolume(uuid);
      throw e;
    }
    try {
      volume = awaitAvailable(volume);
      checkEncryption(volume);
      if (filler.isPresent()) {
        volume = fill(volume, filler.get());
      }
      intents.endVolume(uuid);
      account.put(volume);
      return volume;
    } catch (IOException | RuntimeException e) {
      undo(volume, e);
      throw e;
    }
  }

  private int sizeGib(VolumeSpec spec, Optional<EbsSnapshot> source) {
    long bytes =
        spec.sizeBytes()
            .orElse(source.map(EbsSnapshot::sizeBytes).orElse(config.defaultSizeBytes()));
    if (source.isPresent() && bytes < source.get().sizeBytes()) {
      throw new IllegalArgumentException(
          "Volume '%s': %s bytes are too few for snapshot %s, which has %s"
              .formatted(spec.name(), bytes, source.get().id(), source.get().sizeBytes()));
    }
    return EbsVolume.wholeGib(bytes);
  }

  private EbsType checkType(VolumeSpec spec, int sizeGib) {
    EbsType type = EbsType.of(spec.type().orElse(config.defaultType()));
    type.check(
        spec.name(),
        sizeGib,
        number(spec.name(), "iops", spec.iops()),
        number(spec.name(), "throughput", spec.throughputMib()));
    return type;
  }

  private static OptionalInt number(VolumeName name, String what, OptionalLong number) {
    if (number.isEmpty()) {
      return OptionalInt.empty();
    }
    if (number.getAsLong() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Volume '%s': %s is too much for %s".formatted(name, number.getAsLong(), what));
    }
    return OptionalInt.of((int) number.getAsLong());
  }

  private EbsVolume awaitAvailable(EbsVolume creating) throws IOException {
    boolean[] seen = {false};
    return waiting.untilDone(
        () -> {
          Optional<EbsVolume> now = describer.describe(creating.id());
          if (now.isEmpty()) {
            if (seen[0]) {
              throw new IOException(
                  "Volume '%s' (%s) disappeared while Amazon made it: a KMS key that can't be used ends so, see %s"
                      .formatted(creating.name(), creating.id(), EbsConfig.DEFAULT_KEY));
            }
            return Optional.empty();
          }
          seen[0] = true;
          return switch (now.get().state()) {
            case "creating" -> Optional.empty();
            case "available" -> now;
            default ->
                throw new IOException(
                    "Volume '%s' (%s) is %s, expected available"
                        .formatted(creating.name(), creating.id(), now.get().state()));
          };
        },
        limit ->
            new IOException(
                "Volume '%s' (%s) was not available within %s s%s"
                    .formatted(
                        creating.name(),
                        creating.id(),
                        limit.toSeconds(),
                        seen[0] ? "" : ", and Amazon does not show it")));
  }

  /** An option that is set and does nothing would be found out when it is too late. */
  private void checkEncryption(EbsVolume volume) throws IOException {
    if (config.defaultEncrypted() && !volume.encrypted()) {
      throw new IOException(
          "Volume '%s' (%s) is not encrypted, although %s is true: it is deleted again"
              .formatted(volume.name(), volume.id(), EbsConfig.DEFAULT_ENCRYPTED));
    }
  }

  private EbsVolume fill(EbsVolume volume, VolumeFiller filler) throws IOException {
    Path device = attachments.attach(volume);
    try (DeviceTarget target = DeviceTarget.open(device, volume.sizeBytes())) {
      filler.fill(target);
      target.flush();
    }
    attachments.detach(volume);
    Map<String, String> ready = Map.of(Tags.STATE, Tags.READY);
    ec2.setTags(volume.id(), ready);
    return describer.describe(volume.id()).orElse(volume).withTags(ready);
  }

  private void undo(EbsVolume volume, Exception cause) {
    try {
      deletion.destroy(volume);
      intents.endVolume(volume.uuid());
    } catch (IOException | RuntimeException e) {
      // The intent stays: whoever lists volumes next, or the next start, tries again.
      intents.abandonVolume(volume.uuid());
      cause.addSuppressed(e);
    }
  }

  private EbsVolume takeOver(VolumeSpec spec, UUID uuid) throws IOException {
    String id = spec.driverVolumeId().orElseThrow();
    VolumeName name = spec.name();
    if (spec.source().isPresent() || spec.type().isPresent() || spec.iops().isPresent()) {
      throw new IllegalArgumentException(
          "Volume '%s': %s is there already, so neither --backup nor --type, --iops, --throughput go with --id"
              .formatted(name, id));
    }
    EbsVolume volume =
        describer
            .describe(id)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Volume '%s': there is no EBS volume %s in region %s"
                            .formatted(name, id, instance.region())));
    if (spec.sizeBytes().isPresent() && spec.sizeBytes().getAsLong() > volume.sizeBytes()) {
      throw new IllegalArgumentException(
          "Volume '%s': %s has %s bytes, asked for were %s"
              .formatted(name, id, volume.sizeBytes(), spec.sizeBytes().getAsLong()));
    }
    if (volume.isConvoys()) {
      throw new AlreadyExistsException(
          "Volume '%s': %s is Convoy's volume '%s' already"
              .formatted(name, id, Tags.volumeName(volume.tags()).orElse("?")));
    }
    if (!volume.zone().equals(instance.zone())) {
      throw new IllegalArgumentException(
          "Volume '%s': %s is in zone %s and this instance in %s"
              .formatted(name, id, volume.zone(), instance.zone()));
    }
    if (!volume.state().equals("available") && !volume.isAttachedTo(instance.instanceId())) {
      throw new InUseException(
          "Volume '%s': %s is %s%s"
              .formatted(
                  name,
                  id,
                  volume.state(),
                  volume.attachment().map(a -> " by instance " + a.instanceId()).orElse("")));
    }
    Map<String, String> tags = new HashMap<>(config.tags());
    tags.put(Tags.NAME, name.value());
    tags.put(Tags.VOLUME_NAME, name.value());
    tags.put(Tags.VOLUME_UUID, uuid.toString());
    ec2.setTags(id, tags);
    EbsVolume taken = volume.withTags(tags);
    account.put(taken);
    return taken;
  }
}
