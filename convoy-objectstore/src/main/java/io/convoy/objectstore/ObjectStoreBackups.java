package io.convoy.objectstore;

import io.convoy.core.Backup;
import io.convoy.core.BackupCare;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.Backups;
import io.convoy.core.BlockContent;
import io.convoy.core.CorruptDataException;
import io.convoy.core.FileTreeContent;
import io.convoy.core.InUseException;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.core.RestoreTarget;
import io.convoy.core.SnapshotContent;
import io.convoy.core.VerifyOptions;
import io.convoy.core.VerifyReport;
import io.convoy.core.VolumeName;
import io.convoy.core.process.CommandRunner;
import io.convoy.objectstore.BackupEncoding.Format;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Backups in object stores. */
final class ObjectStoreBackups implements Backups, BackupCare {
  private final ObjectStores stores;
  private final TreeArchive archive;
  private final BackupOptions defaults;
  private final int blockBytes;
  private final StoreLock.Timing timing;
  private final String hostId;
  private final Clock clock;

  ObjectStoreBackups(
      ObjectStores stores,
      CommandRunner commands,
      BackupOptions defaults,
      StoreLock.Timing timing,
      String hostId,
      Clock clock) {
    this(stores, commands, defaults, BlockBackup.BLOCK_BYTES, timing, hostId, clock);
  }

  /**
   * Makes them.
   *
   * @param defaults how backups are kept whose callers do not mind
   * @param blockBytes how devices are cut that are new in a store
   */
  ObjectStoreBackups(
      ObjectStores stores,
      CommandRunner commands,
      BackupOptions defaults,
      int blockBytes,
      StoreLock.Timing timing,
      String hostId,
      Clock clock) {
    this.blockBytes = blockBytes;
    this.stores = stores;
    this.archive = new TreeArchive(commands);
    this.defaults = defaults;
    this.timing = timing;
    this.hostId = hostId;
    this.clock = clock;
  }

  @Override
  public BackupResult create(BackupRequest request, SnapshotContent content, Progress progress)
      throws IOException {
    BackupEncoding encoding = BackupEncoding.of(request.options(), defaults);
    try (ObjectStore store = stores.open(request.destination())) {
      BackupPublication publication = new BackupPublication(store, timing, hostId, clock);
      if (content instanceof FileTreeContent tree && encoding.format() == Format.V0_5_2) {
        return new OldTreeBackup(store, archive, publication).create(request, tree, progress);
      }
      if (content instanceof FileTreeContent tree) {
        return new TreeBackup(store, archive, encoding.compression(), publication)
            .create(request, tree, progress);
      }
      return new BlockBackup(store, encoding, blockBytes, publication)
          .create(request, (BlockContent) content, progress);
    }
  }

  @Override
  public void restore(BackupUrl url, RestoreTarget target, Progress progress) throws IOException {
    try (ObjectStore store = open(url)) {
      new BackupRestore(store, archive).restore(StoredVolume.find(store, url), target, progress);
    }
  }

  @Override
  public void delete(BackupUrl url) throws IOException {
    try (ObjectStore store = open(url)) {
      new BackupDeletion(store, timing, hostId).delete(url);
    }
  }

  @Override
  public Backup inspect(BackupUrl url) throws IOException {
    try (ObjectStore store = open(url)) {
      StoredVolume.Located backup = StoredVolume.find(store, url);
      return backup.volume().describe(url.destination(), backup.header());
    }
  }

  @Override
  public List<Backup> list(
      BackupDestination destination, Optional<VolumeName> volume, ProblemListener problems)
      throws IOException {
    try (ObjectStore store = stores.open(destination)) {
      return new StoreListing(store).backups(destination, volume, problems);
    }
  }

  @Override
  public Optional<BackupCare> care() {
    return Optional.of(this);
  }

  @Override
  public VerifyReport verify(BackupUrl url, VerifyOptions options, Progress progress)
      throws IOException {
    try (ObjectStore store = open(url)) {
      StoredVolume.Located backup = StoredVolume.find(store, url);
      VerifyReport report = new Verification(store, backup, options, progress).run();
      if (!report.damages().isEmpty() && store.sizeBytes(backup.header().key()).isEmpty()) {
        throw NotFoundException.backup(url); // deleted meanwhile, and therefore not whole
      }
      return report;
    }
  }

  @Override
  public GarbageReport collectGarbage(
      BackupDestination destination, boolean dryRun, Progress progress) throws IOException {
    long objects = 0;
    long bytes = 0;
    List<String> skipped = new ArrayList<>();
    // A dead holder is waited out; a living one keeps its volume.
    StoreLock.Timing patient =
        new StoreLock.Timing(timing.lease(), timing.lease().plus(Duration.ofSeconds(5)));
    try (ObjectStore store = stores.open(destination)) {
      for (BackupLayout layout : new StoreListing(store).volumes()) {
        progress.checkCancelled();
        try (StoreLock lock = StoreLock.acquire(store, layout, patient, hostId)) {
          Sweep.Found found = new Sweep(store, layout, lock, progress).run(dryRun);
          objects += found.objects();
          bytes += found.bytes();
        } catch (InUseException | CorruptDataException e) {
          // Nothing of this volume was deleted; the others are not to suffer for it.
          skipped.add("Volume '%s' is skipped: %s".formatted(layout.directory(), e.getMessage()));
        }
        progress.report(bytes, -1);
      }
    }
    return new GarbageReport(objects, bytes, skipped);
  }

  private ObjectStore open(BackupUrl url) throws IOException {
    if (url.backupName().isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid backup URL '%s': expected …?backup=<backup>&volume=<volume>".formatted(url));
    }
    return stores.open(url.destination());
  }

  @Override
  public void close() throws IOException {
    stores.close();
  }
}
