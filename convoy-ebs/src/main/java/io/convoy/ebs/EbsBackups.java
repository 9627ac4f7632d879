package io.convoy.ebs;

import io.convoy.core.Backup;
import io.convoy.core.BackupCare;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.Backups;
import io.convoy.core.BlockTarget;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.core.RestoreTarget;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import software.amazon.awssdk.services.ebs.EbsClient;

/**
 * Snapshots at Amazon as backups, {@code ebs://region/snap-…}. Making one is waiting until Amazon
 * has stored the snapshot.
 */
final class EbsBackups implements Backups {
  private final Connection connection;
  private final Pace pace;
  private final Map<String, Region> regions = new HashMap<>();

  private record Region(Ec2 ec2, EbsClient direct) {}

  EbsBackups(Connection connection, Pace pace) {
    this.connection = connection;
    this.pace = pace;
  }

  private synchronized Region region(String name) {
    return regions.computeIfAbsent(
        name,
        region ->
            new Region(
                Ec2.open(region, connection, pace), Clients.direct(region, connection, pace)));
  }

  @Override
  public BackupResult create(BackupRequest request, SnapshotContent content, Progress progress)
      throws IOException {
    String id = request.snapshot().details().get(EbsSnapshot.ID_DETAIL);
    if (id == null) {
      throw new IllegalArgumentException(
          "Snapshot '%s' is not one of Amazon EBS: driver '%s' can't back it up to %s://"
              .formatted(request.snapshot().name(), request.driver(), EbsUrl.SCHEME));
    }
    String region = request.destination().location().replaceFirst("/.*", "");
    EbsSnapshot done = SnapshotWait.untilCompleted(region(region).ec2(), pace, id, progress);
    return new BackupResult(backup(new EbsUrl(region, id), done), done.sizeBytes(), 0, 0, 0, 0);
  }

  private EbsSnapshot snapshot(BackupUrl url) throws IOException {
    EbsUrl where = EbsUrl.parse(url.destination());
    return region(where.region())
        .ec2()
        .snapshot(where.snapshotId())
        .orElseThrow(() -> NotFoundException.backup(url));
  }

  @Override
  public void restore(BackupUrl url, RestoreTarget target, Progress progress) throws IOException {
    if (!(target instanceof BlockTarget blocks)) {
      throw new IllegalArgumentException(
          "'%s' holds the blocks of a device, and can't be restored to a directory tree"
              .formatted(url));
    }
    EbsSnapshot snapshot = snapshot(url);
    if (blocks.sizeBytes() < snapshot.sizeBytes()) {
      throw new IllegalArgumentException(
          "'%s' holds %s bytes, too many for a volume of %s"
              .formatted(url, snapshot.sizeBytes(), blocks.sizeBytes()));
    }
    EbsUrl where = EbsUrl.parse(url.destination());
    SnapshotWait.untilCompleted(region(where.region()).ec2(), pace, snapshot.id(), progress);
    DirectApi direct = new DirectApi(region(where.region()).direct());
    NavigableMap<Integer, String> tokens = direct.blocks(snapshot.id());
    for (Map.Entry<Integer, String> block : tokens.entrySet()) {
      progress.checkCancelled();
      long offset = (long) block.getKey() * DirectApi.BLOCK_BYTES;
      ByteBuffer data = direct.read(snapshot.id(), block.getKey(), block.getValue());
      data.limit((int) Math.min(data.limit(), snapshot.sizeBytes() - offset));
      blocks.write(offset, data);
      progress.report(offset + DirectApi.BLOCK_BYTES, snapshot.sizeBytes());
    }
    progress.report(snapshot.sizeBytes(), snapshot.sizeBytes());
  }

  @Override
  public void delete(BackupUrl url) throws IOException {
    EbsUrl where = EbsUrl.parse(url.destination());
    try {
      region(where.region()).ec2().deleteSnapshot(where.snapshotId());
    } catch (Ec2Exception e) {
      if (e.isSnapshotNotFound()) {
        throw NotFoundException.backup(url);
      }
      throw e;
    }
  }

  @Override
  public Backup inspect(BackupUrl url) throws IOException {
    return backup(EbsUrl.parse(url.destination()), snapshot(url));
  }

  /** A snapshot that Convoy did not take is named after its IDs. */
  private static Backup backup(EbsUrl url, EbsSnapshot snapshot) {
    Map<String, String> tags = snapshot.tags();
    Instant time = snapshot.startTime().truncatedTo(ChronoUnit.SECONDS);
    return new Backup(
        new BackupUrl(url.destination(), Optional.empty(), Optional.empty()),
        EbsDriverFactory.NAME,
        new VolumeName(tags.getOrDefault(Tags.VOLUME_NAME, snapshot.volumeId())),
        tags.containsKey(Tags.VOLUME_UUID) ? Optional.of(uuid(tags, snapshot)) : Optional.empty(),
        time,
        snapshot.sizeBytes(),
        new SnapshotName(
            Tags.snapshotName(tags).orElse(tags.getOrDefault(Tags.RELEASED, snapshot.id()))),
        time,
        time,
        OptionalLong.empty(),
        snapshot.details());
  }

  private static UUID uuid(Map<String, String> tags, EbsSnapshot snapshot) {
    return Tags.uuid(tags, Tags.VOLUME_UUID, snapshot.volumeId());
  }

  @Override
  public List<Backup> list(
      BackupDestination destination, Optional<VolumeName> volume, ProblemListener problems)
      throws IOException {
    String region = destination.location().replaceFirst("/$", "");
    if (!region.matches("[a-z0-9-]+")) {
      throw new IllegalArgumentException(
          "Invalid destination '%s': expected ebs://<region>".formatted(destination));
    }
    List<Backup> backups = new ArrayList<>();
    // A snapshot that Convoy let go of keeps this tag: it is a backup still.
    for (EbsSnapshot snapshot : region(region).ec2().snapshotsWithTag(Tags.VOLUME_UUID)) {
      try {
        Backup backup = backup(new EbsUrl(region, snapshot.id()), snapshot);
        if (volume.isEmpty() || volume.get().equals(backup.volumeName())) {
          backups.add(backup);
        }
      } catch (IllegalArgumentException e) {
        problems.report(snapshot.id(), e.getMessage());
      }
    }
    backups.sort(Comparator.comparing(backup -> backup.url().toString()));
    return backups;
  }

  /** Amazon looks after its snapshots. */
  @Override
  public Optional<BackupCare> care() {
    return Optional.empty();
  }

  @Override
  public synchronized void close() {
    for (Region region : regions.values()) {
      region.ec2().close();
      region.direct().close();
    }
    regions.clear();
  }
}
