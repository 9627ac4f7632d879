package io.convoy.objectstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.BackupName;
import io.convoy.core.BackupRequest;
import io.convoy.core.CorruptDataException;
import io.convoy.core.RubyDate;
import io.convoy.core.SnapshotName;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A backup's {@code backup_….cfg}; that it is there makes the backup exist.
 *
 * @param kind what the backup is made of
 * @param contentBytes the length of what the blocks make up: a tar stream, or a device
 * @param volumeSizeBytes the volume's size when it was backed up; empty in v0.5.2's
 * @param blockBytes the length of a device's blocks; 0 for trees
 * @param volumeUuid the identity of the volume; empty in v0.5.2's
 * @param blocks the blocks themselves, in v0.5.2's block backups only
 */
record BackupHeader(
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
    List<BlockRef> blocks) {
  private static final int FORMAT = 1;
  private static final String TREE = "tree";
  private static final String BLOCKS = "blocks";
  private static final int MAX_BYTES = 512 * 1024 * 1024;

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

  BackupHeader {
    blocks = List.copyOf(blocks);
  }

  /** What making the backup came to. */
  record Totals(
      long contentBytes, long newBytes, long storedBytes, long newBlocks, long reusedBlocks) {}

  /** Returns the header of a tree that is about to be published. */
  static ObjectNode ofTree(
      BackupRequest request, Totals totals, Instant createdTime, String hostId) {
    long sizeBytes = request.volume().sizeBytes().orElse(0);
    return of(request, TREE, sizeBytes, totals, createdTime, hostId);
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
      Instant createdTime,
      String hostId) {
    ObjectNode tree = of(request, BLOCKS, totals.contentBytes(), totals, createdTime, hostId);
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
    return new BlockGrid(
        OLD_BLOCK_BYTES,
        blocks.stream().mapToLong(BlockRef::endBytes).reduce(config.sizeBytes(), Math::max));
  }

  /** Returns the longest block that there may be. */
  int maxBlockBytes(VolumeConfig config) {
    return kind == Kind.TREE ? TreeBackup.maxBlockBytes(config) : blockBytes;
  }

  /** Reads a backup's header; empty if there is no such backup. */
  static Optional<BackupHeader> read(ObjectStore store, BackupLayout layout, BackupName backup)
      throws IOException {
    ObjectKey key = layout.header(backup);
    Optional<byte[]> content = store.get(key, MAX_BYTES);
    return content.isEmpty() ? Optional.empty() : Optional.of(parse(key, layout, content.get()));
  }

  static BackupHeader parse(ObjectKey key, BackupLayout layout, byte[] content)
      throws CorruptDataException {
    ObjectNode tree = Json.parse(key, content);
    long format = tree.has("Format") ? Json.number(key, tree, "Format") : 0;
    if (format > FORMAT) {
      throw new CorruptDataException(
          "%s: Format is %s, this Convoy knows up to %s: use the newer one that wrote it"
              .formatted(key, format, FORMAT));
    }
    BackupName name = name(key, layout, tree);
    Kind kind = kind(key, tree, format);
    if (kind == Kind.OLD_SINGLE_FILE) {
      checkSingleFile(key, layout, name, tree);
    }
    List<BlockRef> blocks = kind == Kind.OLD_BLOCKS ? blocks(key, tree) : List.of();
    return new BackupHeader(
        name,
        kind,
        snapshotName(key, tree),
        Json.uuid(key, tree, "SnapshotUUID"),
        Json.time(key, tree, "SnapshotCreatedAt"),
        Json.time(key, tree, "CreatedTime"),
        kind.hasMap() ? Json.number(key, tree, "ContentBytes") : 0,
        tree.has("VolumeSize")
            ? OptionalLong.of(Json.number(key, tree, "VolumeSize"))
            : OptionalLong.empty(),
        tree.has("StoredBytes")
            ? OptionalLong.of(Json.number(key, tree, "StoredBytes"))
            : OptionalLong.empty(),
        blockBytes(key, kind, tree),
        Json.uuid(key, tree, "VolumeUUID"),
        blocks);
  }

  private static BackupName name(ObjectKey key, BackupLayout layout, ObjectNode tree)
      throws CorruptDataException {
    String text = Json.text(key, tree, "Name");
    Optional<BackupName> expected = layout.parseHeader(key);
    if (expected.isEmpty() || !expected.get().value().equals(text)) {
      throw Json.wrong(
          key,
          "Name",
          tree.path("Name"),
          "'%s'".formatted(expected.map(Object::toString).orElse("")));
    }
    return expected.get();
  }

  private static SnapshotName snapshotName(ObjectKey key, ObjectNode tree)
      throws CorruptDataException {
    try {
      return new SnapshotName(Json.text(key, tree, "SnapshotName"));
    } catch (IllegalArgumentException e) {
      throw Json.wrong(key, "SnapshotName", tree.path("SnapshotName"), "a snapshot's name");
    }
  }

  private static Kind kind(ObjectKey key, ObjectNode tree, long format)
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
    JsonNode blocks = tree.path("Blocks");
    if (!(blocks.isMissingNode() || blocks.isNull() || blocks.isArray())) {
      throw Json.wrong(key, "Blocks", blocks, "a list");
    }
    boolean singleFile = !path.asText().isEmpty();
    if (singleFile && !blocks.isEmpty()) {
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

  private static List<BlockRef> blocks(ObjectKey key, ObjectNode tree) throws CorruptDataException {
    List<BlockRef> blocks = new ArrayList<>();
    long end = 0;
    for (JsonNode block : tree.path("Blocks")) {
      JsonNode offset = block.path("Offset");
      String name = block.path("BlockChecksum").asText();
      if (!offset.isIntegralNumber()
          || !offset.canConvertToLong()
          || offset.asLong() < end
          || offset.asLong() % OLD_BLOCK_BYTES != 0
          || offset.asLong() > Long.MAX_VALUE - OLD_BLOCK_BYTES) {
        throw Json.wrong(
            key, "Blocks.Offset", offset, "a multiple of 2 MiB, from %s up".formatted(end));
      }
      if (!BlockRef.isName(name)) {
        throw Json.wrong(key, "Blocks.BlockChecksum", block.path("BlockChecksum"), "64 hex digits");
      }
      blocks.add(new BlockRef(offset.asLong(), OLD_BLOCK_BYTES, name));
      end = offset.asLong() + OLD_BLOCK_BYTES;
    }
    return blocks;
  }
}
