package io.convoy.objectstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.BackupName;
import io.convoy.core.BackupRequest;
import io.convoy.core.CorruptDataException;
import io.convoy.core.RubyDate;
import io.convoy.core.SnapshotName;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A backup's {@code backup_….cfg}; that it is there makes the backup exist.
 *
 * @param key where it was read
 * @param kind what the backup is made of
 * @param contentBytes the length of what the blocks make up: a tar stream, or a device; in v0.5.2's
 *     where the last block ends
 * @param volumeSizeBytes the volume's size when it was backed up; empty in v0.5.2's
 * @param blockBytes the length of a device's blocks; 0 for trees
 * @param volumeUuid the identity of the volume; empty in v0.5.2's
 * @param map what its map is to be; empty in v0.5.2's, which have none
 */
record BackupHeader(
    ObjectKey key,
    BackupName name,
    Kind kind,
    SnapshotName snapshotName,
    Optional<UUID> snapshotUuid,
    Instant snapshotCreatedTime,
    Instant createdTime,
    long contentBytes,
    OptionalLong volumeSizeBytes,
    OptionalLong storedBytes,
    int blockBytes,
    Optional<UUID> volumeUuid,
    Optional<MapSeal> map) {
  private static final int FORMAT = 1;
  private static final String TREE = "tree";
  private static final String BLOCKS = "blocks";

  /** The size of v0.5.2's blocks. */
  static final int OLD_BLOCK_BYTES = 2 * 1024 * 1024;

  /** What a backup is made of. */
  enum Kind {
    /** A tar stream in blocks, listed by a map. */
    TREE,
    /** A device in blocks, listed by a map; all other ranges are zeros. */
    BLOCKS,
    /** v0.5.2: a device in blocks of 2 MiB, listed in the header. */
    OLD_BLOCKS,
    /** v0.5.2: one tar.gz. */
    OLD_SINGLE_FILE;

    /** Returns whether there is a map beside the header. */
    boolean hasMap() {
      return this == TREE || this == BLOCKS;
    }
  }

  /** What making the backup came to. */
  record Totals(
      long contentBytes, long newBytes, long storedBytes, long newBlocks, long reusedBlocks) {}

  /** Returns the header of a tree that is about to be published. */
  static ObjectNode ofTree(
      BackupRequest request, Totals totals, MapSeal map, Instant createdTime, String hostId) {
    long sizeBytes = request.volume().sizeBytes().orElse(0);
    return of(request, TREE, sizeBytes, totals, map, createdTime, hostId);
  }

  /**
   * Returns the header of a device that is about to be published.
   *
   * @param totals their content is the whole device
   * @param proof what the backup it was made upon is, and whether it proved right
   */
  static ObjectNode ofBlocks(
      BackupRequest request,
      int blockBytes,
      DeltaProof.Outcome proof,
      Totals totals,
      MapSeal map,
      Instant createdTime,
      String hostId) {
    ObjectNode tree = of(request, BLOCKS, totals.contentBytes(), totals, map, createdTime, hostId);
    tree.put("BlockBytes", blockBytes);
    proof.base().ifPresent(base -> tree.put("BaseBackup", base.value()));
    tree.put("ProvedBlocks", proof.comparedBlocks());
    proof.mismatch().ifPresent(mismatch -> tree.put("DeltaMismatch", mismatch));
    return tree;
  }

  private static ObjectNode of(
      BackupRequest request,
      String kind,
      long volumeSizeBytes,
      Totals totals,
      MapSeal map,
      Instant createdTime,
      String hostId) {
    ObjectNode tree = Json.newObject();
    tree.put("Name", request.name().value());
    tree.put("Driver", request.driver());
    tree.put("VolumeName", request.volume().name().value());
    tree.put("SnapshotName", request.snapshot().name().value());
    tree.put("SnapshotCreatedAt", RubyDate.format(request.snapshot().createdTime()));
    tree.put("CreatedTime", RubyDate.format(createdTime));
    tree.put("Format", FORMAT);
    tree.put("Kind", kind);
    tree.put("VolumeUUID", request.volume().uuid().toString());
    tree.put("SnapshotUUID", request.snapshot().uuid().toString());
    tree.put("VolumeSize", volumeSizeBytes);
    tree.put("ContentBytes", totals.contentBytes());
    tree.put("MapBlocks", map.blocks());
    tree.put("MapSHA256", map.sha256());
    tree.put("NewBytes", totals.newBytes());
    tree.put("StoredBytes", totals.storedBytes());
    tree.put("NewBlocks", totals.newBlocks());
    tree.put("ReusedBlocks", totals.reusedBlocks());
    tree.put("Host", hostId);
    return tree;
  }

  /** Returns how the device that this backup is of is cut. */
  BlockGrid grid(VolumeConfig config) {
    if (kind == Kind.BLOCKS) {
      return new BlockGrid(blockBytes, contentBytes);
    }
    // v0.5.2 keeps the size of the first volume of that name, which may have been smaller.
    return new BlockGrid(OLD_BLOCK_BYTES, Math.max(config.sizeBytes(), contentBytes));
  }

  /** Returns the longest block that there may be. */
  int maxBlockBytes(VolumeConfig config) {
    return kind == Kind.TREE ? TreeBackup.maxBlockBytes(config) : blockBytes;
  }

  /** Reads a backup's header; empty if there is no such backup. */
  static Optional<BackupHeader> read(ObjectStore store, BackupLayout layout, BackupName backup)
      throws IOException {
    return read(store, layout, backup, layout.header(backup));
  }

  /**
   * Reads a header; empty if there is none.
   *
   * @param key where it is: at its place, or where it waits to be published
   */
  static Optional<BackupHeader> read(
      ObjectStore store, BackupLayout layout, BackupName backup, ObjectKey key) throws IOException {
    Optional<InputStream> stored = store.open(key);
    return stored.isEmpty()
        ? Optional.empty()
        : Optional.of(parse(key, layout, backup, stored.get()));
  }

  /** Parses a header, and closes what it is read from. */
  static BackupHeader parse(
      ObjectKey key, BackupLayout layout, BackupName backup, InputStream stored)
      throws IOException {
    ObjectNode tree;
    long endBytes;
    try (HeaderReader reader = new HeaderReader(key, stored)) {
      tree = reader.readFields();
      endBytes = reader.endBytes();
    }
    long format = tree.has("Format") ? Json.number(key, tree, "Format") : 0;
    if (format > FORMAT) {
      throw new CorruptDataException(
          "%s: Format is %s, this Convoy knows up to %s: use the newer one that wrote it"
              .formatted(key, format, FORMAT));
    }
    if (!Json.text(key, tree, "Name").equals(backup.value())) {
      throw Json.wrong(key, "Name", tree.path("Name"), "'%s'".formatted(backup));
    }
    Kind kind = kind(key, tree, format, endBytes);
    if (kind == Kind.OLD_SINGLE_FILE) {
      checkSingleFile(key, layout, backup, tree);
    }
    return new BackupHeader(
        key,
        backup,
        kind,
        snapshotName(key, tree),
        Json.uuid(key, tree, "SnapshotUUID"),
        Json.time(key, tree, "SnapshotCreatedAt"),
        Json.time(key, tree, "CreatedTime"),
        kind.hasMap() ? Json.number(key, tree, "ContentBytes") : endBytes,
        tree.has("VolumeSize")
            ? OptionalLong.of(Json.number(key, tree, "VolumeSize"))
            : OptionalLong.empty(),
        tree.has("StoredBytes")
            ? OptionalLong.of(Json.number(key, tree, "StoredBytes"))
            : OptionalLong.empty(),
        blockBytes(key, kind, tree),
        Json.uuid(key, tree, "VolumeUUID"),
        kind.hasMap() ? Optional.of(map(key, tree)) : Optional.empty());
  }

  private static MapSeal map(ObjectKey key, ObjectNode tree) throws CorruptDataException {
    String sha256 = Json.text(key, tree, "MapSHA256");
    if (!MapSeal.isSha256(sha256)) {
      throw Json.wrong(key, "MapSHA256", tree.path("MapSHA256"), "64 hex digits");
    }
    return new MapSeal(Json.number(key, tree, "MapBlocks"), sha256);
  }

  private static SnapshotName snapshotName(ObjectKey key, ObjectNode tree)
      throws CorruptDataException {
    try {
      return new SnapshotName(Json.text(key, tree, "SnapshotName"));
    } catch (IllegalArgumentException e) {
      throw Json.wrong(key, "SnapshotName", tree.path("SnapshotName"), "a snapshot's name");
    }
  }

  private static Kind kind(ObjectKey key, ObjectNode tree, long format, long endBytes)
      throws CorruptDataException {
    if (format > 0) {
      String kind = Json.text(key, tree, "Kind");
      return switch (kind) {
        case TREE -> Kind.TREE;
        case BLOCKS -> Kind.BLOCKS;
        default -> throw Json.wrong(key, "Kind", tree.path("Kind"), "'tree' or 'blocks'");
      };
    }
    // v0.5.2 writes the file of block backups too, with an empty path, and no list for an empty
    // device.
    JsonNode file = tree.path("SingleFile");
    JsonNode path = file.path("FilePath");
    if (!(file.isMissingNode() || file.isObject()) || !(path.isMissingNode() || path.isTextual())) {
      throw Json.wrong(key, "SingleFile", file, "an object with a text FilePath");
    }
    JsonNode blocks = tree.path("Blocks"); // a list was taken out
    if (!(blocks.isMissingNode() || blocks.isNull())) {
      throw Json.wrong(key, "Blocks", blocks, "a list");
    }
    boolean singleFile = !path.asText().isEmpty();
    if (singleFile && endBytes > 0) {
      throw Json.wrong(key, "SingleFile.FilePath", path, "nothing beside Blocks");
    }
    return singleFile ? Kind.OLD_SINGLE_FILE : Kind.OLD_BLOCKS;
  }

  private static int blockBytes(ObjectKey key, Kind kind, ObjectNode tree)
      throws CorruptDataException {
    return switch (kind) {
      case TREE, OLD_SINGLE_FILE -> 0;
      case OLD_BLOCKS -> OLD_BLOCK_BYTES;
      case BLOCKS -> {
        long bytes = Json.number(key, tree, "BlockBytes");
        if (!BlockGrid.isBlockSize(bytes)) {
          throw Json.wrong(key, "BlockBytes", tree.path("BlockBytes"), BlockGrid.BLOCK_SIZES);
        }
        yield (int) bytes;
      }
    };
  }

  /** The path in the header is not followed: the layout knows where the file must be. */
  private static void checkSingleFile(
      ObjectKey key, BackupLayout layout, BackupName name, ObjectNode tree)
      throws CorruptDataException {
    JsonNode path = tree.path("SingleFile").path("FilePath");
    String expected = layout.singleFile(name).value();
    if (!path.asText().equals(expected)) {
      throw Json.wrong(key, "SingleFile.FilePath", path, "'%s'".formatted(expected));
    }
  }
}
