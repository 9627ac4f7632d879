package io.convoy.ebs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Grows volumes at Amazon. A file system that is mounted grows at once, any other when it is
 * mounted the next time, so what a crash cuts off is finished then, too.
 */
final class EbsGrowth {
  private final Ec2 ec2;
  private final Account account;
  private final Describer describer;
  private final Attachments attachments;
  private final EbsMounts mounts;
  private final Waiting waiting;

  EbsGrowth(
      Ec2 ec2,
      Account account,
      Describer describer,
      Attachments attachments,
      EbsMounts mounts,
      Waiting waiting) {
    this.ec2 = ec2;
    this.account = account;
    this.describer = describer;
    this.attachments = attachments;
    this.mounts = mounts;
    this.waiting = waiting;
  }

  EbsVolume grow(EbsVolume volume, long sizeBytes) throws IOException {
    if (sizeBytes < volume.sizeBytes()) {
      throw new IllegalArgumentException(
          "Volume '%s' can't be made smaller: it has %s bytes, asked for were %s"
              .formatted(volume.name(), volume.sizeBytes(), sizeBytes));
    }
    int sizeGib = Math.toIntExact((sizeBytes + EbsVolume.GIB - 1) / EbsVolume.GIB);
    EbsVolume grown = volume;
    if (sizeGib > volume.sizeGib()) {
      modify(volume, sizeGib);
      grown =
          waiting.untilDone(
              () -> describer.describe(volume.id()).filter(now -> now.sizeGib() >= sizeGib),
              limit ->
                  new IOException(
                      "Volume '%s' (%s) was not grown to %s GiB within %s s: see 'aws ec2 describe-volumes-modifications', and ask again"
                          .formatted(volume.name(), volume.id(), sizeGib, limit.toSeconds())));
      account.put(grown);
    }
    growMounted(grown);
    return grown;
  }

  private void modify(EbsVolume volume, int sizeGib) throws IOException {
    try {
      ec2.modifySize(volume.id(), sizeGib);
    } catch (Ec2Exception e) {
      // There was no answer, or a try before went on without one: the size tells.
      if (e.isRefused() && !e.code().equals("IncorrectModificationState")) {
        throw e;
      }
      if (describer.describe(volume.id()).filter(v -> v.sizeGib() >= sizeGib).isEmpty()
          && e.isRefused()) {
        throw e;
      }
    }
  }

  private void growMounted(EbsVolume volume) throws IOException {
    List<Path> places = mounts.mountPoints(volume);
    Optional<Path> device = attachments.device(volume);
    if (places.isEmpty() || device.isEmpty()) {
      return;
    }
    waiting.untilDone(
        () ->
            DeviceFinder.sizeBytes(device.get()) >= volume.sizeBytes()
                ? Optional.of(true)
                : Optional.empty(),
        limit ->
            new IOException(
                "Volume '%s' has %s bytes, but its device '%s' does not have them after %s s"
                    .formatted(
                        volume.name(), volume.sizeBytes(), device.get(), limit.toSeconds())));
    mounts.growMounted(device.get(), places.get(0));
  }
}
