package io.convoy.objectstore;

import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.FileTreeContent;
import io.convoy.core.Progress;
import io.convoy.objectstore.BackupPublication.Place;
import io.convoy.objectstore.BackupPublication.Written;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Backs up a directory tree: one tar stream, cut into blocks where its content says so. The order
 * of writes, which is what makes it safe, stands in the package's description.
 */
final class TreeBackup {
  /** The longest blocks are four times as long. */
  static final int MAX_AVERAGE_CHUNK_BYTES = 4 * 1024 * 1024;

  /** A tree of more than so many bytes times the average gets longer blocks. */
  private static final long BLOCKS_WISHED = 256 * 1024;

  private final ObjectStore store;
  private final TreeArchive archive;
  private final Compression compression;
  private final BackupPublication publication;

  TreeBackup(
      ObjectStore store,
      TreeArchive archive,
      Compression compression,
      BackupPublication publication) {
    this.store = store;
    this.archive = archive;
    this.compression = compression;
    this.publication = publication;
  }

  BackupResult create(BackupRequest request, FileTreeContent content, Progress progress)
      throws IOException {
    return publication.create(request, new Tree(request, content, progress));
  }

  private final class Tree implements BackupPublication.Source {
    private final BackupRequest request;
    private final FileTreeContent content;
    private final Progress progress;

    Tree(BackupRequest request, FileTreeContent content, Progress progress) {
      this.request = request;
      this.content = content;
      this.progress = progress;
    }

    @Override
    public boolean isNative() {
      return true;
    }

    @Override
    public boolean fits(VolumeConfig config) {
      return config.nativeFormat()
          && config.uuid().equals(Optional.of(request.volume().uuid()))
          && config.averageChunkBytes() > 0;
    }

    @Override
    public VolumeConfig newConfig() throws IOException {
      return VolumeConfig.ofTrees(request, averageChunkBytes(content.directory()));
    }

    @Override
    public Written write(Place place) throws IOException {
      Future<KnownBlocks.Listed> listing = KnownBlocks.Listed.begin(store, place.layout());
      try {
        return upload(place, known(place, listing));
      } finally {
        listing.cancel(true);
      }
    }

    private KnownBlocks known(Place place, Future<KnownBlocks.Listed> listing) throws IOException {
      Optional<KnownBlocks.MapSource> last =
          new HeaderListing(store, place.layout())
              .newestFirst(BackupHeader.Kind.TREE).stream()
                  .findFirst()
                  .map(header -> () -> BlockList.open(store, place.layout(), header));
      return KnownBlocks.find(
          store, place.layout(), BlockNaming.SHA_256, maxBlockBytes(place.config()), listing, last);
    }

    private Written upload(Place place, KnownBlocks known) throws IOException {
      try (OutputStream out = place.spool().append();
          BlockMapWriter map = new BlockMapWriter(out);
          BlockUploader uploader =
              new BlockUploader(
                  store,
                  place.layout(),
                  BlockNaming.SHA_256,
                  compression,
                  known,
                  map::write,
                  progress,
                  maxBlockBytes(place.config()),
                  -1)) {
        ContentDefinedChunker chunker =
            new ContentDefinedChunker(place.config().averageChunkBytes());
        archive.capture(
            content.directory(),
            tar ->
                chunker.split(
                    tar,
                    chunk -> {
                      place.lock().assertFresh();
                      uploader.upload(chunk);
                    }));
        BackupHeader.Totals totals = uploader.finish();
        MapSeal seal = map.finish();
        return new Written(
            totals,
            request.volume().sizeBytes().orElse(0),
            Optional.of(seal),
            known.mended(),
            true,
            (created, host) ->
                Json.bytes(BackupHeader.ofTree(request, totals, seal, created, host)));
      }
    }
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
