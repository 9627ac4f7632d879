package io.convoy.ebs;

import io.convoy.core.process.CommandFailedException;
import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Grows volumes at Amazon. A file system that is mounted grows at once, any other when it is
 * mounted the next time, so what a crash cuts off is finished then, too.
 */
final class EbsGrowth {
  private final CommandRunner commands;
  private final Ec2 ec2;
  private final Account account;
  private final Describer describer;
  private final Attachments attachments;
  private final EbsMounts mounts;
  private final Waiting waiting;

  EbsGrowth(
      CommandRunner commands,
      Ec2 ec2,
      Account account,
      Describer describer,
      Attachments attachments,
      EbsMounts mounts,
      Waiting waiting) {
    this.commands = commands;
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
    int sizeGib = EbsVolume.wholeGib(sizeBytes);
    EbsVolume grown = volume;
    if (sizeGib > volume.sizeGib()) {
      modify(volume, sizeGib);
      grown =
          waiting.untilDone(
              () -> describer.describe(volume.id()).filter(now -> now.sizeGib() >= sizeGib),
              limit ->
                  new IOException(
                      "Volume '%s' (%s) was not grown to %s GiB within %s s: see 'aws ec2 describe-volumes-modifications --volume-ids %s', and ask again"
                          .formatted(
                              volume.name(),
                              volume.id(),
                              sizeGib,
                              limit.toSeconds(),
                              volume.id())));
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
      boolean underWay = e.code().equals("IncorrectModificationState");
      if (e.isRefused() && !underWay) {
        throw e;
      }
      if (underWay
          && describer.describe(volume.id()).filter(v -> v.sizeGib() >= sizeGib).isEmpty()
          && !ec2.isBeingModifiedTo(volume.id(), sizeGib)) {
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
        () -> Optional.empty(),
        limit ->
            new IOException(
                "Volume '%s' has %s bytes, but its device '%s' does not have them after %s s"
                    .formatted(
                        volume.name(), volume.sizeBytes(), device.get(), limit.toSeconds())));
    Filesystem filesystem =
        Filesystem.probe(commands, device.get())
            .orElseThrow(
                () -> new IOException("'%s' holds no file system".formatted(device.get())));
    try {
      filesystem.growMounted(commands, device.get(), places.get(0));
    } catch (CommandFailedException e) {
      throw new IOException(
          "Volume '%s' has %s bytes now, but its file system at '%s' did not grow: %s%s. It grows when the volume is mounted the next time"
              .formatted(
                  volume.name(),
                  volume.sizeBytes(),
                  places.get(0),
                  e.getMessage(),
                  e.errorOutput().contains("Permission denied")
                      ? " (the kernel lets ext4 grow under a mount only where the daemon has the capability CAP_SYS_RESOURCE)"
                      : ""),
          e);
    }
  }
}
