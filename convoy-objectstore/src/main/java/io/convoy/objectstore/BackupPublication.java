package io.convoy.objectstore;

import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.Backup;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes a backup exist, whatever it is of, in the order of writes that makes it safe and that
 * stands in the package's description.
 */
final class BackupPublication {
  private static final Logger LOGGER = System.getLogger(BackupPublication.class.getName());

  private final ObjectStore store;
  private final StoreLock.Timing timing;
  private final String hostId;
  private final Clock clock;

  BackupPublication(ObjectStore store, StoreLock.Timing timing, String hostId, Clock clock) {
    this.store = store;
    this.timing = timing;
    this.hostId = hostId;
    this.clock = clock;
  }

  /** What is backed up, and how. */
  interface Source {
    /** Returns the directories that the volume may have in a store, the best first. */
    List<String> directories();

    /** Returns whether a directory of that configuration is this volume's, in this format. */
    boolean fits(VolumeConfig config);

    /** Returns the configuration of a directory that is to be this volume's. */
    VolumeConfig newConfig() throws IOException;

    /** Stores the blocks that the store does not have, and spools the map of all. */
    Written write(Place place) throws IOException;
  }

  /**
   * Where a backup is made.
   *
   * @param spool a temporary file for the map
   */
  record Place(BackupLayout layout, VolumeConfig config, StoreLock lock, Path spool) {}

  /**
   * What was stored.
   *
   * @param mapApart whether the spooled map is an object of its own
   */
  record Written(
      BackupHeader.Totals totals, long volumeSizeBytes, boolean mapApart, HeaderMaker header) {}

  /** Makes a backup's header. */
  @FunctionalInterface
  interface HeaderMaker {
    /** Returns the object, of a backup that was made at that time on that host. */
    byte[] make(Instant createdTime, String hostId) throws IOException;
  }

  BackupResult create(BackupRequest request, Source source) throws IOException {
    for (String directory : source.directories()) {
      BackupLayout layout = new BackupLayout(directory);
      try (StoreLock lock = StoreLock.acquire(store, layout, timing, hostId)) {
        Optional<VolumeConfig> config = VolumeConfig.read(store, layout);
        if (config.isEmpty() || source.fits(config.get())) {
          return create(request, source, layout, lock, config);
        }
      }
    }
    throw new IOException(
        "Volume '%s' can't be backed up to %s: what it may use there is another volume's, or of another format: %s"
            .formatted(request.volume().name(), request.destination(), source.directories()));
  }

  private BackupResult create(
      BackupRequest request,
      Source source,
      BackupLayout layout,
      StoreLock lock,
      Optional<VolumeConfig> existing)
      throws IOException {
    ObjectKey header = layout.header(request.name());
    if (store.sizeBytes(header).isPresent()) {
      // Before its map is written: that one's is of the same name.
      throw new AlreadyExistsException(
          "There is a backup '%s' of volume '%s' at %s already"
              .formatted(request.name(), request.volume().name(), request.destination()));
    }
    VolumeConfig config = existing.isPresent() ? existing.get() : source.newConfig();
    if (existing.isEmpty()) {
      store.create(layout.volumeConfig(), config.bytes());
    }
    Path spool = Files.createTempFile("convoy-", ".map");
    try {
      Written written = source.write(new Place(layout, config, lock, spool));
      store.sync();
      lock.confirm();
      if (written.mapApart) {
        store.put(layout.map(request.name()), out -> Files.copy(spool, out));
      }
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      publish(header, written.header.make(now, hostId), lock);
      noteLastBackup(request, layout, config, lock, written.volumeSizeBytes);
      return result(request, layout, written, now);
    } finally {
      Files.deleteIfExists(spool);
    }
  }

  /**
   * Makes the backup exist. Takes it back unless the store says that the lock was held all the
   * time: whoever took it over may have swept what the backup needs.
   */
  private void publish(ObjectKey header, byte[] content, StoreLock lock) throws IOException {
    lock.confirm();
    lock.assertFresh();
    boolean created = true; // for all that is known, if the answer gets lost
    try {
      created = store.create(header, content);
      lock.confirm();
    } catch (IOException e) {
      if (created) {
        withdraw(header, e);
      }
      throw e;
    }
    if (!created) {
      throw new AlreadyExistsException("%s is there already".formatted(header));
    }
  }

  private void withdraw(ObjectKey header, IOException cause) {
    try {
      store.delete(List.of(header));
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private void noteLastBackup(
      BackupRequest request,
      BackupLayout layout,
      VolumeConfig config,
      StoreLock lock,
      long volumeSizeBytes) {
    try {
      lock.confirm();
      store.put(
          layout.volumeConfig(), config.withLastBackup(request.name().value(), volumeSizeBytes));
    } catch (IOException e) {
      // The backup is whole and listed; this note only helps people who look into the store.
      LOGGER.log(
          WARNING,
          "Backup ''{0}'' is complete, but {1} could not be updated: {2}",
          request.name(),
          layout.volumeConfig(),
          e.getMessage());
    }
  }

  private static BackupResult result(
      BackupRequest request, BackupLayout layout, Written written, Instant now) {
    BackupHeader.Totals totals = written.totals;
    Backup backup =
        new Backup(
            BackupUrl.of(request.destination(), request.name(), layout.directory()),
            request.driver(),
            request.volume().name(),
            Optional.of(request.volume().uuid()),
            request.volume().createdTime().truncatedTo(ChronoUnit.SECONDS),
            written.volumeSizeBytes,
            request.snapshot().name(),
            request.snapshot().createdTime().truncatedTo(ChronoUnit.SECONDS),
            now,
            OptionalLong.of(totals.storedBytes()));
    return new BackupResult(
        backup,
        totals.contentBytes(),
        totals.newBytes(),
        totals.storedBytes(),
        totals.newBlocks(),
        totals.reusedBlocks());
  }
}
