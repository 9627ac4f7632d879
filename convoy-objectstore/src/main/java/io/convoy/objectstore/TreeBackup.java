package io.convoy.objectstore;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.AlreadyExistsException;
import io.convoy.core.Backup;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.FileTreeContent;
import io.convoy.core.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Backs up a directory tree: one tar stream, cut into blocks where its content says so. The order
 * of writes, which is what makes it safe, stands in the package's description.
 */
final class TreeBackup {
  /** The longest blocks are four times as long. */
  static final int MAX_AVERAGE_CHUNK_BYTES = 4 * 1024 * 1024;

  private static final Logger LOGGER = System.getLogger(TreeBackup.class.getName());

  /** A tree of more than so many bytes times the average gets longer blocks. */
  private static final long BLOCKS_WISHED = 256 * 1024;

  private final ObjectStore store;
  private final TreeArchive archive;
  private final Compression compression;
  private final StoreLock.Timing timing;
  private final String hostId;
  private final Clock clock;

  TreeBackup(
      ObjectStore store,
      TreeArchive archive,
      Compression compression,
      StoreLock.Timing timing,
      String hostId,
      Clock clock) {
    this.store = store;
    this.archive = archive;
    this.compression = compression;
    this.timing = timing;
    this.hostId = hostId;
    this.clock = clock;
  }

  BackupResult create(BackupRequest request, FileTreeContent content, Progress progress)
      throws IOException {
    for (String directory :
        List.of(
            request.volume().name().value(),
            BackupLayout.strangersDirectory(request.volume().name(), request.volume().uuid()))) {
      BackupLayout layout = new BackupLayout(directory);
      try (StoreLock lock = StoreLock.acquire(store, layout, timing, hostId)) {
        Optional<VolumeConfig> config = VolumeConfig.read(store, layout);
        if (config.isEmpty() || isOf(config.get(), request)) {
          return create(request, content, progress, layout, lock, config);
        }
      }
    }
    throw new IOException(
        "Volume '%s' can't be backed up to %s: other volumes have both directories that it may use, '%s' and '%s'"
            .formatted(
                request.volume().name(),
                request.destination(),
                request.volume().name(),
                BackupLayout.strangersDirectory(request.volume().name(), request.volume().uuid())));
  }

  private static boolean isOf(VolumeConfig config, BackupRequest request) {
    return config.nativeFormat()
        && config.uuid().equals(Optional.of(request.volume().uuid()))
        && config.averageChunkBytes() > 0;
  }

  private BackupResult create(
      BackupRequest request,
      FileTreeContent content,
      Progress progress,
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
    VolumeConfig config =
        existing.isPresent()
            ? existing.get()
            : VolumeConfig.of(request, averageChunkBytes(content.directory()));
    if (existing.isEmpty()) {
      store.create(layout.volumeConfig(), config.bytes());
    }
    KnownBlocks known = KnownBlocks.find(store, layout, BlockNaming.SHA_256, lastBackup(layout));
    Path spool = Files.createTempFile("convoy-", ".map");
    try {
      BackupHeader.Totals totals = upload(content, config, layout, known, lock, spool, progress);
      store.sync();
      lock.confirm();
      store.put(layout.map(request.name()), out -> Files.copy(spool, out));
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      publish(header, BackupHeader.ofTree(request, totals, now, hostId), lock);
      noteLastBackup(request, layout, config, lock);
      return result(request, layout, totals, now);
    } finally {
      Files.deleteIfExists(spool);
    }
  }

  private BackupHeader.Totals upload(
      FileTreeContent content,
      VolumeConfig config,
      BackupLayout layout,
      KnownBlocks known,
      StoreLock lock,
      Path spool,
      Progress progress)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(spool);
        BlockMapWriter map = new BlockMapWriter(out);
        BlockUploader uploader =
            new BlockUploader(
                store, layout, BlockNaming.SHA_256, compression, known, map::write, progress)) {
      ContentDefinedChunker chunker = new ContentDefinedChunker(config.averageChunkBytes());
      archive.capture(
          content.directory(),
          tar ->
              chunker.split(
                  tar,
                  chunk -> {
                    lock.assertFresh();
                    uploader.upload(chunk);
                  }));
      BackupHeader.Totals totals = uploader.finish();
      map.finish();
      return totals;
    }
  }

  /**
   * Makes the backup exist. Takes it back unless the store says that the lock was held all the
   * time: whoever took it over may have swept what the backup needs.
   */
  private void publish(ObjectKey header, ObjectNode content, StoreLock lock) throws IOException {
    lock.confirm();
    lock.assertFresh();
    boolean created = true; // for all that is known, if the answer gets lost
    try {
      created = store.create(header, Json.bytes(content));
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
      BackupRequest request, BackupLayout layout, VolumeConfig config, StoreLock lock) {
    try {
      lock.confirm();
      store.put(
          layout.volumeConfig(),
          config.withLastBackup(request.name().value(), request.volume().sizeBytes().orElse(0)));
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

  private BackupResult result(
      BackupRequest request, BackupLayout layout, BackupHeader.Totals totals, Instant now) {
    Backup backup =
        new Backup(
            BackupUrl.of(request.destination(), request.name(), layout.directory()),
            request.driver(),
            request.volume().name(),
            Optional.of(request.volume().uuid()),
            request.volume().createdTime().truncatedTo(ChronoUnit.SECONDS),
            request.volume().sizeBytes().orElse(0),
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

  private Optional<BackupHeader> lastBackup(BackupLayout layout) throws IOException {
    return new HeaderListing(store, layout)
        .readable().stream().max(Comparator.comparing(BackupHeader::createdTime));
  }

  /** Short blocks make small changes cheap, long ones make large trees affordable. */
  private static int averageChunkBytes(Path tree) throws IOException {
    AtomicLong bytes = new AtomicLong();
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }
        });
    int average = ContentDefinedChunker.DEFAULT_AVERAGE_BYTES;
    while (average < MAX_AVERAGE_CHUNK_BYTES && bytes.get() / average > BLOCKS_WISHED) {
      average *= 2;
    }
    return average;
  }

  /** Returns the longest block that a backup may have. */
  static int maxBlockBytes(VolumeConfig config) {
    return 4 * Math.max(config.averageChunkBytes(), ContentDefinedChunker.DEFAULT_AVERAGE_BYTES);
  }
}
