package io.convoy.objectstore;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.Backup;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.stream.Stream;

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
    /** Returns whether its backups are of the native format. */
    boolean isNative();

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
  record Place(BackupLayout layout, VolumeConfig config, StoreLock lock, SpoolFile spool) {}

  /**
   * What was stored.
   *
   * @param map of the spooled map, if that is an object of its own
   * @param mended notes of damaged blocks that are not damaged any more
   * @param noted whether the volume's configuration is to name it as the last backup
   */
  record Written(
      BackupHeader.Totals totals,
      long volumeSizeBytes,
      Optional<MapSeal> map,
      List<ObjectKey> mended,
      boolean noted,
      HeaderMaker header) {}

  /** Makes a backup's header. */
  @FunctionalInterface
  interface HeaderMaker {
    /** Returns the object, of a backup that was made at that time on that host. */
    byte[] make(Instant createdTime, String hostId) throws IOException;
  }

  /** Whose directories a volume may use. */
  private enum Owner {
    ITSELF,
    NOBODY
  }

  BackupResult create(BackupRequest request, Source source) throws IOException {
    store.prepare();
    List<String> directories = directories(request.volume(), source);
    Map<String, Future<Optional<VolumeConfig>>> seen = new HashMap<>();
    for (String directory : directories) {
      seen.put(directory, Tasks.begin(() -> VolumeConfig.read(store, new BackupLayout(directory))));
    }
    // First those that are the volume's own: what others gave up must not part it from its backups.
    for (Owner owner : Owner.values()) {
      for (String directory : directories) {
        BackupLayout layout = new BackupLayout(directory);
        if (!belongsTo(owner, layout, source, Tasks.get(seen.get(directory)))) {
          continue;
        }
        try (StoreLock lock = StoreLock.acquire(store, layout, timing, hostId)) {
          Future<Boolean> sameName = Tasks.begin(() -> isThere(layout.header(request.name())));
          Optional<VolumeConfig> config = VolumeConfig.read(store, layout);
          if (belongsTo(owner, layout, source, config)) { // still
            if (Tasks.get(sameName)) {
              // Before its map is written: that one's is of the same name.
              throw alreadyThere(request);
            }
            return create(request, source, layout, config, lock);
          }
        }
      }
    }
    throw new IOException(
        "Volume '%s' can't be backed up to %s: what it may use there is another volume's, or of another format: %s"
            .formatted(request.volume().name(), request.destination(), directories));
  }

  private boolean isThere(ObjectKey key) throws IOException {
    // Not by its length: a store may have to ask twice before it knows that it has none.
    Optional<InputStream> content = store.open(key);
    if (content.isPresent()) {
      content.get().close();
    }
    return content.isPresent();
  }

  /** Returns the directories that a volume may have in a store, the best first. */
  private static List<String> directories(Volume volume, Source source) {
    return source.isNative()
        ? BackupLayout.directories(volume)
        // v0.5.2 would not find it anywhere else.
        : List.of(volume.name().value());
  }

  private boolean belongsTo(
      Owner owner, BackupLayout layout, Source source, Optional<VolumeConfig> config)
      throws IOException {
    return switch (owner) {
      case ITSELF -> config.isPresent() && source.fits(config.get());
      case NOBODY ->
          config.isEmpty()
              || (config.get().nativeFormat() == source.isNative()
                  && !new HeaderListing(store, layout).isAnyThere());
    };
  }

  private BackupResult create(
      BackupRequest request,
      Source source,
      BackupLayout layout,
      Optional<VolumeConfig> existing,
      StoreLock lock)
      throws IOException {
    VolumeConfig config = configure(source, layout, existing, lock);
    try (SpoolFile spool = SpoolFile.open()) {
      Written written = source.write(new Place(layout, config, lock, spool));
      store.sync();
      lock.confirm();
      if (written.map.isPresent()) {
        store.put(layout.map(request.name()), out -> spool.read().transferTo(out));
      }
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      publish(request, layout, written.header.make(now, hostId), written.mended, lock);
      if (written.noted) {
        noteLastBackup(request, layout, config, lock, written);
      }
      return result(request, layout, written, now);
    }
  }

  /** Returns the directory's configuration, made this volume's if it is nobody's. */
  private VolumeConfig configure(
      Source source, BackupLayout layout, Optional<VolumeConfig> existing, StoreLock lock)
      throws IOException {
    if (existing.isPresent() && source.fits(existing.get())) {
      return existing.get();
    }
    VolumeConfig config = source.newConfig();
    if (existing.isEmpty()) {
      store.create(layout.volumeConfig(), config.bytes());
    } else {
      lock.assertFresh();
      store.put(layout.volumeConfig(), config.bytes());
    }
    return config;
  }

  private static AlreadyExistsException alreadyThere(BackupRequest request) {
    return new AlreadyExistsException(
        "There is a backup '%s' of volume '%s' at %s already"
            .formatted(request.name(), request.volume().name(), request.destination()));
  }

  /**
   * Makes the backup exist. From when the header waits and the lock has proved to be held after
   * that, whoever sweeps keeps what the backup needs, and publishes it himself if this does not. So
   * it does not matter any more if this is paused, and the lock lost, before the header is there.
   */
  private void publish(
      BackupRequest request,
      BackupLayout layout,
      byte[] content,
      List<ObjectKey> mended,
      StoreLock lock)
      throws IOException {
    ObjectKey header = layout.header(request.name());
    ObjectKey pending = layout.pending(request.name());
    List<ObjectKey> undo = List.of(pending);
    try {
      store.put(pending, content);
      lock.confirm();
      lock.assertFresh();
      undo = List.of(pending, header); // for all that is known, if the answer gets lost
      if (!store.create(header, content)) {
        undo = List.of(pending);
        if (!holds(header, content)) {
          throw alreadyThere(request);
        }
      }
    } catch (IOException e) {
      withdraw(undo, e);
      throw e;
    }
    try {
      store.delete(Stream.concat(Stream.of(pending), mended.stream()).toList());
    } catch (IOException e) {
      LOGGER.log(
          DEBUG, "{0} is left to the next who cleans up there: {1}", pending, e.getMessage());
    }
  }

  /** Returns whether it was published by who took the lock over. */
  private boolean holds(ObjectKey key, byte[] content) throws IOException {
    return store.sizeBytes(key).equals(OptionalLong.of(content.length))
        && store
            .get(key, content.length)
            .filter(there -> Arrays.equals(there, content))
            .isPresent();
  }

  /** Deletes in that order: as long as a header waits, others publish it. */
  private void withdraw(List<ObjectKey> keys, IOException cause) {
    try {
      for (ObjectKey key : keys) {
        store.delete(List.of(key));
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private void noteLastBackup(
      BackupRequest request,
      BackupLayout layout,
      VolumeConfig config,
      StoreLock lock,
      Written written) {
    try {
      lock.assertFresh();
      store.put(
          layout.volumeConfig(),
          config.withLastBackup(request.name().value(), written.volumeSizeBytes));
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
