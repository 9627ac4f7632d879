package io.convoy.ebs;

import static java.lang.System.Logger.Level.INFO;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.BackupDestination;
import io.convoy.core.NotFoundException;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Snapshots;
import io.convoy.core.VolumeName;
import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.ebs.EbsClient;

/** Snapshots at Amazon. Deleting one here lets go of it; {@code backup delete} deletes it there. */
final class EbsSnapshots implements Snapshots {
  private static final Logger LOGGER = System.getLogger(EbsSnapshots.class.getName());
  private static final Duration SYNC_LIMIT = Duration.ofMinutes(5);

  private final EbsConfig config;
  private final CommandRunner commands;
  private final Ec2 ec2;
  private final EbsClient direct;
  private final InstanceIdentity instance;
  private final Account account;
  private final EbsMounts mounts;
  private final Intents intents;
  private final FrozenMounts frozen;
  private final Pace pace;

  EbsSnapshots(
      EbsConfig config,
      CommandRunner commands,
      Ec2 ec2,
      EbsClient direct,
      InstanceIdentity instance,
      Account account,
      EbsMounts mounts,
      Intents intents,
      FrozenMounts frozen,
      Pace pace) {
    this.config = config;
    this.commands = commands;
    this.ec2 = ec2;
    this.direct = direct;
    this.instance = instance;
    this.account = account;
    this.mounts = mounts;
    this.intents = intents;
    this.frozen = frozen;
    this.pace = pace;
  }

  @Override
  public Optional<BackupDestination> ownBackups() {
    return Optional.of(new BackupDestination(EbsUrl.SCHEME, instance.region(), Optional.empty()));
  }

  @Override
  public Snapshot create(VolumeName volumeName, SnapshotName name, UUID uuid) throws IOException {
    EbsVolume volume = account.get(volumeName);
    if (find(volume, name).isPresent()) {
      throw new AlreadyExistsException(
          "Snapshot '%s' of volume '%s' already exists".formatted(name, volumeName));
    }
    Map<String, String> tags = new HashMap<>(config.tags());
    tags.put(Tags.NAME, name.value());
    tags.put(Tags.SNAPSHOT_NAME, name.value());
    tags.put(Tags.SNAPSHOT_UUID, uuid.toString());
    tags.put(Tags.VOLUME_NAME, volumeName.value());
    tags.put(Tags.VOLUME_UUID, volume.uuid().toString());
    intents.beginSnapshot(uuid, name.value());
    EbsSnapshot made;
    try {
      made = take(volume, tags);
    } catch (Ec2Exception e) {
      if (e.isRefused()) {
        intents.endSnapshot(uuid);
      } else {
        intents.abandonSnapshot(uuid);
      }
      throw e;
    } catch (IOException | RuntimeException e) {
      intents.abandonSnapshot(uuid);
      throw e;
    }
    intents.endSnapshot(uuid);
    account.put(made);
    return made.toSnapshot(volumeName);
  }

  /** Takes the picture; what was written to a mounted file system before is in it. */
  private EbsSnapshot take(EbsVolume volume, Map<String, String> tags) throws IOException {
    List<Path> mounted = mounts.mountPoints(volume);
    if (mounted.isEmpty()) {
      return ec2.createSnapshot(volume.id(), "Convoy snapshot", tags);
    }
    Path place = mounted.get(0);
    commands.run(List.of("sync", "--file-system", place.toString()), SYNC_LIMIT);
    if (!config.freeze()) {
      return ec2.createSnapshot(volume.id(), "Convoy snapshot", tags);
    }
    EbsSnapshot made;
    long start = System.nanoTime();
    try (Freeze freeze = frozen.freeze(volume.id(), place)) {
      // The point in time is taken when Amazon answers.
      made = ec2.createSnapshot(volume.id(), "Convoy snapshot", tags);
    }
    LOGGER.log(
        INFO,
        "Volume ''{0}'': stood still for {1} ms",
        volume.name(),
        (System.nanoTime() - start) / 1_000_000);
    return made;
  }

  private Optional<EbsSnapshot> find(EbsVolume volume, SnapshotName name) throws IOException {
    return account.view().snapshots(volume).stream()
        .filter(snapshot -> Tags.snapshotName(snapshot.tags()).equals(Optional.of(name.value())))
        .findFirst();
  }

  private EbsSnapshot get(VolumeName volume, SnapshotName name) throws IOException {
    return find(account.get(volume), name).orElseThrow(() -> NotFoundException.snapshot(name));
  }

  @Override
  public void delete(VolumeName volume, SnapshotName name) throws IOException {
    EbsSnapshot snapshot = get(volume, name);
    ec2.setTags(snapshot.id(), Map.of(Tags.RELEASED, name.value()));
    ec2.removeTags(snapshot.id(), List.of(Tags.SNAPSHOT_UUID, Tags.SNAPSHOT_NAME));
    account.forgetSnapshot(snapshot.id());
  }

  @Override
  public SnapshotContent open(VolumeName volume, SnapshotName name) throws IOException {
    EbsSnapshot snapshot = get(volume, name);
    EbsVolume of = account.get(volume);
    return new SnapshotBlocks(
        new DirectApi(direct),
        snapshot.id(),
        snapshot.sizeBytes(),
        progress -> SnapshotWait.untilCompleted(ec2, pace, snapshot.id(), progress),
        uuid ->
            account.view().snapshots(of).stream()
                .filter(other -> other.uuid().equals(uuid))
                .map(EbsSnapshot::id)
                .findFirst());
  }
}
