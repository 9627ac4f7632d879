package io.convoy.ebs;

import io.convoy.core.Examination;
import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds what Amazon has, and is paid for, that {@code convoy list} does not show or that nobody
 * uses: it has Convoy's tags and stands in no record.
 */
final class EbsExamination implements Examination {
  /** Somebody may be at work on what is younger. */
  private static final Duration YOUNG = Duration.ofHours(1);

  private final Ec2 ec2;
  private final InstanceIdentity instance;
  private final Account account;
  private final Attachments attachments;
  private final EbsMounts mounts;
  private final Intents intents;
  private final boolean keepAttached;

  EbsExamination(
      Ec2 ec2,
      InstanceIdentity instance,
      Account account,
      Attachments attachments,
      EbsMounts mounts,
      Intents intents,
      boolean keepAttached) {
    this.ec2 = ec2;
    this.instance = instance;
    this.account = account;
    this.attachments = attachments;
    this.mounts = mounts;
    this.intents = intents;
    this.keepAttached = keepAttached;
  }

  @Override
  public List<Finding> examine() throws IOException {
    List<Finding> findings = new ArrayList<>();
    Account.View view = account.view();
    view.problems()
        .forEach(
            (what, problem) ->
                findings.add(
                    new Finding(
                        Severity.WARNING,
                        "Volume '%s' is not shown: %s".formatted(what, problem),
                        "give it other tags, or remove Convoy's, at Amazon")));
    examineUnfinished(findings);
    examineReleased(findings);
    examineIntents(findings);
    Map<String, String> states = new HashMap<>();
    for (EbsVolume volume : view.byName().values()) {
      examineAttachment(volume, states, findings);
    }
    return findings;
  }

  /** Volumes that a host began to fill, and never finished or deleted. */
  private void examineUnfinished(List<Finding> findings) throws IOException {
    for (EbsVolume volume : ec2.volumesWithTag(Tags.VOLUME_UUID)) {
      if (!volume.isFinished()
          && volume.isThere()
          && !intents.isUnfinishedVolume(volume.uuid())
          && volume.createTime().isBefore(Instant.now().minus(YOUNG))) {
        findings.add(
            new Finding(
                Severity.WARNING,
                "EBS volume %s (%s GiB, for volume '%s') was left half made on %s, by no record here"
                    .formatted(
                        volume.id(),
                        volume.sizeGib(),
                        Tags.volumeName(volume.tags()).orElse("?"),
                        volume.createTime()),
                "if no other host is restoring it: aws ec2 delete-volume --volume-id "
                    + volume.id()));
      }
    }
  }

  private void examineReleased(List<Finding> findings) throws IOException {
    for (EbsVolume volume : ec2.volumesWithTag(Tags.RELEASED)) {
      if (!volume.isConvoys() && volume.isThere() && volume.attachment().isEmpty()) {
        findings.add(
            new Finding(
                Severity.NOTE,
                "EBS volume %s (%s GiB) was volume '%s', which was deleted with its data kept; it costs what it did"
                    .formatted(volume.id(), volume.sizeGib(), volume.tags().get(Tags.RELEASED)),
                "convoy create <volume> --driver ebs --id %1$s, or aws ec2 delete-volume --volume-id %1$s"
                    .formatted(volume.id())));
      }
    }
  }

  private void examineIntents(List<Finding> findings) {
    for (UUID uuid : intents.abandonedVolumes()) {
      findings.add(unanswered("volume", Tags.VOLUME_UUID, uuid));
    }
    for (UUID uuid : intents.abandonedSnapshots()) {
      findings.add(unanswered("snapshot", Tags.SNAPSHOT_UUID, uuid));
    }
  }

  private static Finding unanswered(String what, String tag, UUID uuid) {
    return new Finding(
        Severity.NOTE,
        "An EBS %s with tag %s=%s may have been made by a call that was not answered"
            .formatted(what, tag, uuid),
        "none: it is deleted when Amazon shows it, and given up after an hour");
  }

  private void examineAttachment(
      EbsVolume volume, Map<String, String> states, List<Finding> findings) throws IOException {
    Optional<EbsAttachment> attachment = volume.attachment();
    if (attachment.isEmpty()) {
      return;
    }
    if (!volume.isAttachedTo(instance.instanceId())) {
      String other = attachment.get().instanceId();
      if (!states.containsKey(other)) {
        states.put(other, ec2.instanceState(other));
      }
      if (Attachments.isGone(states.get(other))) {
        findings.add(
            new Finding(
                Severity.WARNING,
                "Volume '%s' (%s) is attached to instance %s, which is %s"
                    .formatted(volume.name(), volume.id(), other, states.get(other)),
                "convoy mount --force " + volume.name()));
      }
      return;
    }
    Optional<Path> device = attachments.device(volume);
    if (device.isEmpty()) {
      findings.add(
          new Finding(
              Severity.ERROR,
              "Volume '%s' (%s) is attached here as %s, and the kernel shows no such device"
                  .formatted(volume.name(), volume.id(), attachment.get().device()),
              "see 'aws ec2 describe-volumes --volume-ids %s'".formatted(volume.id())));
    } else if (!keepAttached && mounts.mountPoints(volume).isEmpty()) {
      findings.add(
          new Finding(
              Severity.NOTE,
              "Volume '%s' (%s) is attached here and not mounted: no other host can have it"
                  .formatted(volume.name(), volume.id()),
              "convoy umount " + volume.name()));
    }
  }

  /** Deletes what calls without an answer left; for anything else somebody has to decide. */
  @Override
  public List<String> repair() throws IOException {
    List<UUID> before = new ArrayList<>(intents.abandonedVolumes());
    before.addAll(intents.abandonedSnapshots());
    account.refresh();
    before.removeAll(intents.abandonedVolumes());
    before.removeAll(intents.abandonedSnapshots());
    return before.stream()
        .map(uuid -> "EBS: %s, half made, is cleared away".formatted(uuid))
        .toList();
  }
}
