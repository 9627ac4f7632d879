package io.convoy.core.testing;

import io.convoy.core.Backup;
import io.convoy.core.BackupCare;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.Backups;
import io.convoy.core.BackupsFactory;
import io.convoy.core.BlockContent;
import io.convoy.core.BlockTarget;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.core.RestoreTarget;
import io.convoy.core.SnapshotContent;
import io.convoy.core.VolumeName;
import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** Whole copies of block content, at {@code memory://anything}. */
public final class InMemoryBackups implements Backups {
  /** The scheme of the URLs. */
  public static final String SCHEME = "memory";

  private static final Map<String, Stored> STORED = new ConcurrentSkipListMap<>();

  private record Stored(Backup backup, ByteBuffer bytes) {}

  /** Makes {@link InMemoryBackups}. */
  public static final class Factory implements BackupsFactory {
    @Override
    public Set<String> schemes() {
      return Set.of(SCHEME);
    }

    @Override
    public Backups open(String hostId, CommandRunner commands, BackupOptions defaults) {
      return new InMemoryBackups();
    }
  }

  @Override
  public BackupResult create(BackupRequest request, SnapshotContent content, Progress progress)
      throws IOException {
    if (!(content instanceof BlockContent block)) {
      throw new IllegalArgumentException("The memory store takes block content only");
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(block.sizeBytes()));
    progress.report(0, bytes.capacity());
    progress.checkCancelled();
    block.read(0, bytes);
    progress.report(bytes.capacity(), bytes.capacity());
    BackupUrl url =
        BackupUrl.of(request.destination(), request.name(), request.volume().name().value());
    Backup backup =
        new Backup(
            url,
            request.driver(),
            request.volume().name(),
            Optional.of(request.volume().uuid()),
            request.volume().createdTime(),
            bytes.capacity(),
            request.snapshot().name(),
            request.snapshot().createdTime(),
            Instant.ofEpochSecond(Instant.now().getEpochSecond()),
            OptionalLong.of(bytes.capacity()));
    STORED.put(url.toString(), new Stored(backup, bytes));
    return new BackupResult(backup, bytes.capacity(), bytes.capacity(), bytes.capacity(), 1, 0);
  }

  @Override
  public void restore(BackupUrl url, RestoreTarget target, Progress progress) throws IOException {
    if (!(target instanceof BlockTarget block)) {
      throw new IllegalArgumentException("Backup '%s' is of a block device".formatted(url));
    }
    block.write(0, stored(url).bytes.duplicate().clear());
    block.flush();
  }

  @Override
  public void delete(BackupUrl url) throws IOException {
    if (STORED.remove(url.toString()) == null) {
      throw NotFoundException.backup(url);
    }
  }

  @Override
  public Backup inspect(BackupUrl url) throws IOException {
    return stored(url).backup;
  }

  @Override
  public List<Backup> list(
      BackupDestination destination, Optional<VolumeName> volume, ProblemListener problems) {
    return STORED.values().stream()
        .map(Stored::backup)
        .filter(backup -> backup.url().destination().equals(destination))
        .filter(backup -> volume.isEmpty() || volume.get().equals(backup.volumeName()))
        .toList();
  }

  @Override
  public Optional<BackupCare> care() {
    return Optional.empty();
  }

  @Override
  public void close() {}

  private static Stored stored(BackupUrl url) throws NotFoundException {
    Stored stored = STORED.get(url.toString());
    if (stored == null) {
      throw NotFoundException.backup(url);
    }
    return stored;
  }
}
