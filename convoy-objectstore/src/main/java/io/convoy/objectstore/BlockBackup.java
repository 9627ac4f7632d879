package io.convoy.objectstore;

import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BlockContent;
import io.convoy.core.CorruptDataException;
import io.convoy.core.Extent;
import io.convoy.core.Progress;
import io.convoy.objectstore.BackupEncoding.Format;
import io.convoy.objectstore.BackupPublication.Place;
import io.convoy.objectstore.BackupPublication.Written;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Backs up a device: the blocks that changed since the last backup whose snapshot the storage still
 * knows, beside those of that backup that did not; else all that is allocated, and nothing of an
 * earlier backup. Each backup restores alone.
 */
final class BlockBackup {
  static final int BLOCK_BYTES = 2 * 1024 * 1024;

  private static final Logger LOGGER = System.getLogger(BlockBackup.class.getName());

  /** Snapshots of older backups than these are not looked for. */
  private static final int MAX_BASES = 32;

  private final ObjectStore store;
  private final BackupEncoding encoding;
  private final int blockBytes;
  private final BackupPublication publication;

  BlockBackup(
      ObjectStore store, BackupEncoding encoding, int blockBytes, BackupPublication publication) {
    this.store = store;
    this.encoding = encoding;
    this.blockBytes = blockBytes;
    this.publication = publication;
  }

  BackupResult create(BackupRequest request, BlockContent content, Progress progress)
      throws IOException {
    if (encoding.format() == Format.NATIVE) {
      return publication.create(request, new NativeDevice(request, content, progress));
    }
    if (content.sizeBytes() % BackupHeader.OLD_BLOCK_BYTES != 0) {
      throw new IllegalArgumentException(
          "Volume '%s' of %s bytes can't be backed up in format v0.5.2, which knows whole blocks of %s bytes only: use the native format"
              .formatted(
                  request.volume().name(), content.sizeBytes(), BackupHeader.OLD_BLOCK_BYTES));
    }
    return publication.create(request, new OldDevice(request, content, progress));
  }

  /** What was stored, and what the spooled map of it is. */
  private record Uploaded(BackupHeader.Totals totals, MapSeal map) {}

  private Uploaded upload(
      BlockContent content,
      DevicePlan plan,
      Optional<SpooledMap> earlier,
      KnownBlocks known,
      BlockNaming naming,
      Place place,
      Progress progress)
      throws IOException {
    try (OutputStream out = place.spool().append();
        BlockMapWriter map = new BlockMapWriter(out);
        BlockUploader uploader =
            new BlockUploader(
                store,
                place.layout(),
                naming,
                encoding.compression(),
                known,
                map::write,
                progress,
                plan.grid().blockBytes(),
                plan.grid().sizeBytes())) {
      Uploading uploading = new Uploading(content, plan.grid(), known, place, uploader);
      if (earlier.isEmpty()) {
        plan.walk(uploading);
      } else {
        try (BlockList reader = earlier.get().open()) {
          plan.walk(reader, uploading);
        }
      }
      BackupHeader.Totals totals = uploader.finish();
      return new Uploaded(totals, map.finish());
    }
  }

  private record Uploading(
      BlockContent content, BlockGrid grid, KnownBlocks known, Place place, BlockUploader uploader)
      implements DevicePlan.Visitor {
    @Override
    public void read(long offsetBytes, int lengthBytes) throws IOException {
      place.lock().assertFresh();
      uploader.upload(content, grid, offsetBytes, lengthBytes);
    }

    @Override
    public void kept(long offsetBytes, Optional<BlockRef> block) throws IOException {
      if (block.isEmpty()) {
        return;
      }
      if (grid.fits(block.get()) && known.isListed(block.get().name())) {
        uploader.keep(block.get());
      } else {
        // The device ended there, or the store lost the block, which is mended by this.
        read(offsetBytes, grid.lengthAt(offsetBytes));
      }
    }
  }

  /** A device in the native format. */
  private final class NativeDevice implements BackupPublication.Source {
    private final BackupRequest request;
    private final BlockContent content;
    private final Progress progress;

    NativeDevice(BackupRequest request, BlockContent content, Progress progress) {
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
          && config.blockBytes() > 0;
    }

    @Override
    public VolumeConfig newConfig() {
      return VolumeConfig.ofBlocks(
          request,
          content.sizeBytes(),
          Math.min(blockBytes, content.unitBytes().orElse(blockBytes)));
    }

    @Override
    public Written write(Place place) throws IOException {
      BlockGrid grid = new BlockGrid(place.config().blockBytes(), content.sizeBytes());
      Future<KnownBlocks.Listed> listing = KnownBlocks.Listed.begin(store, place.layout());
      try {
        return write(place, grid, listing);
      } finally {
        listing.cancel(true);
      }
    }

    private Written write(Place place, BlockGrid grid, Future<KnownBlocks.Listed> listing)
        throws IOException {
      List<BackupHeader> earlier = earlier(place, grid);
      Optional<Delta> delta = findDelta(earlier);
      Optional<BackupHeader> last = delta.map(Delta::base).or(() -> earlier.stream().findFirst());
      if (last.isEmpty()) {
        return write(place, grid, listing, Optional.empty(), Optional.empty());
      }
      try (SpooledMap map = SpooledMap.fetch(store, place.layout(), last.get())) {
        return write(place, grid, listing, delta, Optional.of(map));
      }
    }

    /** Returns the backups of this volume that this one can be made upon, the last one first. */
    private List<BackupHeader> earlier(Place place, BlockGrid grid) throws IOException {
      List<BackupHeader> headers =
          new ArrayList<>(
              new HeaderListing(store, place.layout()).newestFirst(BackupHeader.Kind.BLOCKS));
      headers.removeIf(
          header ->
              header.blockBytes() != grid.blockBytes()
                  || !header.volumeUuid().equals(Optional.of(request.volume().uuid())));
      // Of several in one second, the volume's configuration names the last.
      String last = place.config().lastBackupName();
      headers.sort(
          Comparator.comparing(BackupHeader::createdTime)
              .thenComparing(header -> header.name().value().equals(last))
              .reversed());
      return headers;
    }

    private Optional<Delta> findDelta(List<BackupHeader> earlier) throws IOException {
      for (BackupHeader base : earlier.subList(0, Math.min(MAX_BASES, earlier.size()))) {
        if (base.snapshotUuid().isPresent()) {
          Optional<List<Extent>> changed = content.changedSince(base.snapshotUuid().get());
          if (changed.isPresent()) {
            return Optional.of(new Delta(base, withGrowth(base, changed.get())));
          }
        }
      }
      return Optional.empty();
    }

    private List<Extent> withGrowth(BackupHeader base, List<Extent> changed) {
      if (base.contentBytes() >= content.sizeBytes()) {
        return changed;
      }
      List<Extent> all = new ArrayList<>(changed);
      all.add(new Extent(base.contentBytes(), content.sizeBytes() - base.contentBytes()));
      return all;
    }

    private Written write(
        Place place,
        BlockGrid grid,
        Future<KnownBlocks.Listed> listing,
        Optional<Delta> delta,
        Optional<SpooledMap> map)
        throws IOException {
      KnownBlocks known =
          KnownBlocks.find(
              store,
              place.layout(),
              BlockNaming.SHA_256,
              grid.blockBytes(),
              listing,
              map.map(spooled -> spooled::open));
      DevicePlan plan = DevicePlan.full(grid, List.of());
      DeltaProof.Outcome proof = DeltaProof.Outcome.NOTHING_TO_PROVE;
      boolean upon = false;
      if (delta.isPresent()) {
        plan = DevicePlan.delta(grid, content.allocated(), delta.get().changed());
        proof = prove(delta.get(), plan, map.orElseThrow());
        upon = proof.mismatch().isEmpty();
      }
      if (!upon) {
        // Storage that is wrong on what has changed may be wrong on what is allocated.
        plan =
            DevicePlan.full(
                grid, proof.mismatch().isPresent() ? grid.everything() : content.allocated());
      }
      Uploaded uploaded =
          upload(
              content,
              plan,
              upon ? map : Optional.empty(),
              known,
              BlockNaming.SHA_256,
              place,
              progress);
      DeltaProof.Outcome outcome = proof;
      return new Written(
          uploaded.totals(),
          content.sizeBytes(),
          Optional.of(uploaded.map()),
          known.mended(),
          true,
          (created, host) ->
              Json.bytes(
                  BackupHeader.ofBlocks(
                      request,
                      grid.blockBytes(),
                      outcome,
                      uploaded.totals(),
                      uploaded.map(),
                      created,
                      host)));
    }

    private DeltaProof.Outcome prove(Delta delta, DevicePlan plan, SpooledMap map)
        throws IOException {
      DeltaProof.Outcome outcome;
      try (BlockList reader = map.open()) {
        outcome =
            new DeltaProof(content, BlockNaming.SHA_256, progress)
                .prove(plan, delta.base().name(), reader);
      } catch (CorruptDataException e) {
        outcome =
            new DeltaProof.Outcome(
                Optional.of(delta.base().name()), 0, Optional.of(e.getMessage()));
      }
      if (outcome.mismatch().isPresent()) {
        LOGGER.log(
            WARNING,
            "Backup ''{0}'' of volume ''{1}'' is made in full, and all of the volume is read: it"
                + " can''t be made upon ''{2}'', as {3}",
            request.name(),
            request.volume().name(),
            delta.base().name(),
            outcome.mismatch().get());
      }
      return outcome;
    }
  }

  /**
   * What may have changed since an earlier backup.
   *
   * @param changed as the storage says; and what the device has grown by
   */
  private record Delta(BackupHeader base, List<Extent> changed) {}

  /**
   * A device as v0.5.2 keeps it. Its files know no UUIDs, by which alone snapshots are told apart:
   * so all that is allocated is read each time, and only what is new is stored.
   */
  private final class OldDevice implements BackupPublication.Source {
    private final BackupRequest request;
    private final BlockContent content;
    private final Progress progress;

    OldDevice(BackupRequest request, BlockContent content, Progress progress) {
      this.request = request;
      this.content = content;
      this.progress = progress;
    }

    @Override
    public boolean isNative() {
      return false;
    }

    @Override
    public boolean fits(VolumeConfig config) {
      return config.isOldFormatOf(request);
    }

    @Override
    public VolumeConfig newConfig() {
      return VolumeConfig.ofOldBlocks(request, content.sizeBytes());
    }

    @Override
    public Written write(Place place) throws IOException {
      BlockGrid grid = new BlockGrid(BackupHeader.OLD_BLOCK_BYTES, content.sizeBytes());
      Future<KnownBlocks.Listed> listing = KnownBlocks.Listed.begin(store, place.layout());
      // What v0.5.2 itself published may not have been on stable storage: none of it is trusted.
      KnownBlocks known =
          KnownBlocks.find(
              store,
              place.layout(),
              BlockNaming.SHA_512_64,
              grid.blockBytes(),
              listing,
              Optional.empty());
      Uploaded uploaded =
          upload(
              content,
              DevicePlan.full(grid, content.allocated()),
              Optional.empty(),
              known,
              BlockNaming.SHA_512_64,
              place,
              progress);
      return new Written(
          uploaded.totals(),
          content.sizeBytes(),
          Optional.empty(),
          known.mended(),
          true,
          (created, host) -> {
            try (BlockMapReader map =
                BlockMapReader.open(place.layout().map(request.name()), place.spool().read())) {
              return OldHeader.ofBlocks(request, created, map);
            }
          });
    }
  }
}
