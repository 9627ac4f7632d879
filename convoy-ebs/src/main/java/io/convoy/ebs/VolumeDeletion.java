package io.convoy.ebs;

import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import io.convoy.core.MountTable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Deletes volumes, or lets go of them. Snapshots stay: they are the backups, and {@code convoy
 * backup delete} deletes them.
 */
final class VolumeDeletion implements Leftovers {
  private final Ec2 ec2;
  private final InstanceIdentity instance;
  private final Describer describer;
  private final Waiting waiting;
  private Account account;
  private Attachments attachments;

  VolumeDeletion(Ec2 ec2, InstanceIdentity instance, Describer describer, Waiting waiting) {
    this.ec2 = ec2;
    this.instance = instance;
    this.describer = describer;
    this.waiting = waiting;
  }

  /** The account cleans up with this, and this tells the account: they are tied here. */
  void tie(Account theAccount, Attachments theAttachments) {
    account = theAccount;
    attachments = theAttachments;
  }

  void delete(EbsVolume volume, DeleteMode mode) throws IOException {
    Optional<EbsAttachment> elsewhere =
        volume.attachment().filter(a -> !a.instanceId().equals(instance.instanceId()));
    if (elsewhere.isPresent()) {
      throw new InUseException(
          "Volume '%s' (%s) can't be deleted: it is attached to instance %s"
              .formatted(volume.name(), volume.id(), elsewhere.get().instanceId()));
    }
    checkNotMounted(volume);
    switch (mode) {
      case DATA -> {
        destroy(volume);
        account.forgetVolume(volume.id());
      }
      case REFERENCE -> {
        if (attachments.device(volume).isPresent()) {
          attachments.detach(volume);
        }
        release(volume);
      }
    }
  }

  private void checkNotMounted(EbsVolume volume) throws IOException {
    var device = attachments.device(volume);
    if (device.isPresent()
        && !MountTable.ofThisProcess().mountPointsOf(DeviceFinder.number(device.get())).isEmpty()) {
      throw new InUseException(
          "Volume '%s' (%s) can't be deleted: it is mounted".formatted(volume.name(), volume.id()));
    }
  }

  /** Takes the tags away that make a volume Convoy's; says what it was. */
  private void release(EbsVolume volume) throws IOException {
    ec2.setTags(volume.id(), Map.of(Tags.RELEASED, volume.name().value()));
    ec2.removeTags(
        volume.id(), List.of(Tags.VOLUME_UUID, Tags.VOLUME_NAME, Tags.FILESYSTEM, Tags.STATE));
    account.forgetVolume(volume.id());
  }

  @Override
  public void destroy(EbsVolume volume) throws IOException {
    if (attachments.device(volume).isPresent() || volume.isAttachedTo(instance.instanceId())) {
      attachments.detach(volume);
    }
    try {
      ec2.deleteVolume(volume.id());
    } catch (Ec2Exception e) {
      if (e.isVolumeNotFound()) {
        return;
      }
      if (e.isRefused() && !e.code().equals("VolumeInUse") && !e.code().equals("IncorrectState")) {
        throw e;
      }
      settle(volume, e);
    }
  }

  /** It was not in a state to be deleted, or there was no answer: looks, and tries again. */
  private void settle(EbsVolume volume, Ec2Exception cause) throws IOException {
    boolean[] detaching = {false};
    waiting.untilDone(
        () -> {
          Optional<EbsVolume> now = describer.describe(volume.id());
          if (now.isPresent() && !now.get().isThere()) {
            return Optional.of(true);
          }
          if (now.isPresent() && now.get().attachment().isPresent()) {
            if (!now.get().isAttachedTo(instance.instanceId()) || detaching[0]) {
              throw cause;
            }
            detaching[0] = true;
            attachments.detach(now.get());
          }
          try {
            ec2.deleteVolume(volume.id());
            return Optional.of(true);
          } catch (Ec2Exception again) {
            if (again.isVolumeNotFound()) {
              return Optional.of(true);
            }
            if (again.code().equals("IncorrectState") || !again.isRefused()) {
              return Optional.empty();
            }
            throw again;
          }
        },
        limit -> cause);
  }
}
