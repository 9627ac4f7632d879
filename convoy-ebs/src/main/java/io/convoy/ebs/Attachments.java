package io.convoy.ebs;

import static java.lang.System.Logger.Level.INFO;

import io.convoy.core.InUseException;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Attaches volumes to this instance, and detaches them. */
final class Attachments {
  private static final Logger LOGGER = System.getLogger(Attachments.class.getName());

  private final Ec2 ec2;
  private final InstanceIdentity instance;
  private final Account account;
  private final Describer describer;
  private final DeviceFinder finder;
  private final Intents intents;
  private final Waiting waiting;

  /** Names given to attachments that are being made. */
  private final Set<String> namesInUse = new HashSet<>();

  Attachments(
      Ec2 ec2,
      InstanceIdentity instance,
      Account account,
      Describer describer,
      DeviceFinder finder,
      Intents intents,
      Waiting waiting) {
    this.ec2 = ec2;
    this.instance = instance;
    this.account = account;
    this.describer = describer;
    this.finder = finder;
    this.intents = intents;
    this.waiting = waiting;
  }

  /** Returns the device of a volume, or empty if it is not attached here. */
  Optional<Path> device(EbsVolume volume) throws IOException {
    return finder.find(volume, instance.instanceId());
  }

  /** Attaches a volume, unless it is, and returns its device. */
  Path attach(EbsVolume volume) throws IOException {
    Optional<Path> there = device(volume);
    if (there.isPresent()) {
      intents.beginAttachment(volume.id(), Optional.empty());
      return checked(volume, there.get());
    }
    if (!volume.zone().equals(instance.zone())) {
      throw new InUseException(
          "Volume '%s' (%s) is in zone %s and this instance (%s) in %s: Amazon attaches no volume across zones. Take a snapshot, back it up ('convoy backup create') and create a volume here from the backup's URL"
              .formatted(
                  volume.name(),
                  volume.id(),
                  volume.zone(),
                  instance.instanceId(),
                  instance.zone()));
    }
    intents.beginAttachment(volume.id(), Optional.empty());
    String name = ask(volume);
    try {
      Path device = checked(volume, await(volume));
      account.put(
          volume.withAttachment(new EbsAttachment(instance.instanceId(), name, "attached")));
      return device;
    } finally {
      release(name);
    }
  }

  /** Asks for the attachment; returns the name that it has. */
  private String ask(EbsVolume volume) throws IOException {
    Set<String> refused = new HashSet<>();
    while (true) {
      String name = reserve(refused);
      try {
        ec2.attach(volume.id(), instance.instanceId(), name);
        return name;
      } catch (Ec2Exception e) {
        if (e.code().equals("InvalidDevice.InUse")
            || (e.code().equals("InvalidParameterValue") && e.getMessage().contains("in use"))) {
          // Somebody else's attachment has that name.
          release(name);
          refused.add(name);
          continue;
        }
        if (e.code().equals("VolumeInUse") || !e.isRefused()) {
          // It may be ours: of a try whose answer was lost, or of before a restart.
          Optional<EbsVolume> now = describeQuietly(volume, e);
          if (now.isPresent() && now.get().isAttachedTo(instance.instanceId())) {
            return name;
          }
          release(name);
          if (now.isPresent() && now.get().attachment().isPresent()) {
            intents.endAttachment(volume.id());
            throw elsewhere(now.get(), e);
          }
          throw e;
        }
        release(name);
        intents.endAttachment(volume.id());
        throw e;
      }
    }
  }

  private Optional<EbsVolume> describeQuietly(EbsVolume volume, Exception cause) {
    try {
      return describer.describe(volume.id());
    } catch (IOException e) {
      cause.addSuppressed(e);
      return Optional.empty();
    }
  }

  private InUseException elsewhere(EbsVolume volume, Exception cause) {
    String other = volume.attachment().orElseThrow().instanceId();
    String state;
    String remedy = "stop the containers that use it there";
    try {
      String now = ec2.instanceState(other);
      state = "which is " + now;
      if (isGone(now)) {
        remedy = "take it from there with 'convoy mount --force %s'".formatted(volume.name());
      }
    } catch (Ec2Exception e) {
      state = "whose state is not known: " + e.getMessage();
    }
    InUseException inUse =
        new InUseException(
            "Volume '%s' (%s) is attached to instance %s, %s: %s"
                .formatted(volume.name(), volume.id(), other, state, remedy));
    inUse.initCause(cause);
    return inUse;
  }

  /** Returns whether an instance in a state writes nothing any more. */
  static boolean isGone(String instanceState) {
    return instanceState.equals("stopped") || instanceState.equals("terminated");
  }

  /** Detaches a volume from another instance, if that is stopped or terminated. */
  void takeFromOther(EbsVolume known) throws IOException {
    EbsVolume volume = describer.describe(known.id()).orElse(known);
    if (volume.attachment().isEmpty() || volume.isAttachedTo(instance.instanceId())) {
      account.put(volume);
      return;
    }
    String other = volume.attachment().get().instanceId();
    String state = ec2.instanceState(other);
    if (!isGone(state)) {
      throw new InUseException(
          "Volume '%s' (%s) is attached to instance %s, which is %s: it is taken only from an instance that is stopped or terminated"
              .formatted(volume.name(), volume.id(), other, state));
    }
    LOGGER.log(
        INFO, "Volume {0} is taken from instance {1}, which is {2}", volume.id(), other, state);
    detachFrom(volume, other);
  }

  /** Waits for the device; by Amazon's word where the kernel can't tell whose it is. */
  private Path await(EbsVolume volume) throws IOException {
    return waiting.untilDone(
        () -> device(volume),
        () -> {
          Optional<EbsVolume> now = describer.describe(volume.id());
          if (now.isEmpty()) {
            return Optional.empty();
          }
          account.put(now.get());
          if (now.get().attachment().isPresent()
              && !now.get().isAttachedTo(instance.instanceId())) {
            throw elsewhere(now.get(), null);
          }
          return device(now.get());
        },
        limit -> tooLate("attached", volume, limit));
  }

  private static IOException tooLate(String what, EbsVolume volume, Duration limit) {
    return new IOException(
        "Volume '%s' (%s) was not %s within %s s: see 'aws ec2 describe-volumes --volume-ids %s', and try again"
            .formatted(volume.name(), volume.id(), what, limit.toSeconds(), volume.id()));
  }

  private Path checked(EbsVolume volume, Path device) throws IOException {
    long actual = DeviceFinder.sizeBytes(device);
    if (actual < volume.sizeBytes()) {
      throw new IOException(
          "'%s', the device of volume '%s' (%s), has %s bytes, expected %s at least"
              .formatted(device, volume.name(), volume.id(), actual, volume.sizeBytes()));
    }
    return device;
  }

  /** Returns a name that no attachment has, as far as is known here. */
  private String reserve(Set<String> refused) throws IOException {
    Set<String> known = new HashSet<>(refused);
    for (EbsVolume volume : account.view().byName().values()) {
      if (volume.isAttachedTo(instance.instanceId())) {
        known.add(volume.attachment().orElseThrow().device());
      }
    }
    synchronized (namesInUse) {
      for (String name : DeviceNames.ALL) {
        if (!known.contains(name) && !finder.isTaken(name) && namesInUse.add(name)) {
          return name;
        }
      }
    }
    throw new InUseException(
        "Instance %s has no free name for an attachment left: detach volumes that are not in use"
            .formatted(instance.instanceId()));
  }

  private void release(String name) {
    synchronized (namesInUse) {
      namesInUse.remove(name);
    }
  }

  /** Detaches a volume that is not mounted, if it is attached here, and waits for that. */
  void detach(EbsVolume volume) throws IOException {
    detachFrom(volume, instance.instanceId());
    intents.endAttachment(volume.id());
  }

  private void detachFrom(EbsVolume volume, String instanceId) throws IOException {
    try {
      ec2.detach(volume.id(), instanceId);
    } catch (Ec2Exception e) {
      if (e.isVolumeNotFound() || e.code().equals("InvalidAttachment.NotFound")) {
        return;
      }
      if (e.isRefused() && !e.code().equals("IncorrectState")) {
        throw e;
      }
      // It may be detached already, or on its way: the question below tells.
    }
    account.put(
        waiting.untilDone(
            () -> describer.describe(volume.id()).filter(now -> !now.isAttachedTo(instanceId)),
            limit -> tooLate("detached", volume, limit)));
    LOGGER.log(INFO, "Volume {0} is detached", volume.id());
  }
}
