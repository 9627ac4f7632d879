package io.convoy.devmapper;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.Age;
import io.convoy.core.CorruptDataException;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is recorded of the pool: its options, the last thin id given out and the pool's transaction
 * id, all of it before the kernel is asked. Written as Convoy v0.5.2 wrote it, with more fields.
 * Not safe for threads.
 */
final class PoolState {
  private static final String FILE = "devicemapper.cfg";

  /** dm-thin keeps 24 bits. */
  static final int MAX_THIN_ID = (1 << 24) - 1;

  private final JsonFile file;
  private final ObjectNode tree;

  private PoolState(JsonFile file, ObjectNode tree) {
    this.file = file;
    this.tree = tree;
  }

  /** Returns what is recorded under a driver's root, empty if nothing is. */
  static PoolState read(Path root) throws IOException {
    JsonFile file = new JsonFile(root.resolve(FILE));
    return new PoolState(file, file.read().orElseGet(JsonFile::newObject));
  }

  /** Returns the options that are recorded, or empty if none are. */
  Optional<ThinPoolConfig> config() throws IOException {
    if (tree.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ThinPoolConfig(
              Path.of(text("DataDevice")),
              Path.of(text("MetadataDevice")),
              Path.of(text("ThinpoolDevice")).getFileName().toString(),
              number("ThinpoolBlockSize"),
              number("DefaultVolumeSize"),
              Filesystem.parse(text("Filesystem").isEmpty() ? "ext4" : text("Filesystem")),
              !tree.path("SkipBlockZeroing").asBoolean(false),
              tree.path("MinFreeDataPercent").asInt(ThinPoolConfig.DEFAULT_MIN_FREE_DATA_PERCENT),
              tree.path("MinFreeMetadataPercent")
                  .asInt(ThinPoolConfig.DEFAULT_MIN_FREE_METADATA_PERCENT),
              tree.has("TrashKeep")
                  ? Age.parse(text("TrashKeep"))
                  : ThinPoolConfig.DEFAULT_TRASH_KEEP));
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException("%s: %s".formatted(file.path(), e.getMessage()), e);
    }
  }

  private String text(String field) throws CorruptDataException {
    JsonNode value = tree.path(field);
    if (!value.isTextual() && !value.isMissingNode()) {
      throw new CorruptDataException(
          "%s: %s is %s, expected a text".formatted(file.path(), field, value));
    }
    return value.asText("");
  }

  private long number(String field) throws CorruptDataException {
    JsonNode value = tree.path(field);
    if (!value.canConvertToLong()) {
      throw new CorruptDataException(
          "%s: %s is %s, expected a number".formatted(file.path(), field, value));
    }
    return value.asLong();
  }

  /** Records options; {@code dataBytes} is how large the pool is. */
  void saveConfig(Path root, ThinPoolConfig config, Path poolDevice, long dataBytes)
      throws IOException {
    ObjectNode before = tree.deepCopy();
    tree.put("Root", root.toString());
    tree.put("DataDevice", config.dataDevice().toString());
    tree.put("MetadataDevice", config.metadataDevice().toString());
    tree.put("ThinpoolDevice", poolDevice.toString());
    tree.put("ThinpoolSize", dataBytes);
    tree.put("ThinpoolBlockSize", config.blockSectors());
    tree.put("DefaultVolumeSize", config.defaultVolumeSizeBytes());
    tree.put("Filesystem", config.filesystem().toString());
    tree.put("SkipBlockZeroing", !config.zeroNewBlocks());
    tree.put("MinFreeDataPercent", config.minFreeDataPercent());
    tree.put("MinFreeMetadataPercent", config.minFreeMetadataPercent());
    tree.put("TrashKeep", config.trashKeep().toString());
    if (!tree.has("LastDevID")) {
      tree.put("LastDevID", 0);
    }
    if (!tree.equals(before)) {
      file.write(tree);
    }
  }

  /** Returns the thin id that was given out last, 0 if none was. */
  int lastThinId() {
    return tree.path("LastDevID").asInt(0);
  }

  void saveLastThinId(int id) throws IOException {
    tree.put("LastDevID", id);
    file.write(tree);
  }

  /**
   * Returns the transaction id that the pool has, or is about to get; empty if a Convoy that kept
   * none wrote the record.
   */
  OptionalLong transactionId() {
    JsonNode value = tree.path("TransactionID");
    return value.canConvertToLong() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
  }

  void saveTransactionId(long id) throws IOException {
    if (!transactionId().equals(OptionalLong.of(id))) {
      tree.put("TransactionID", id);
      file.write(tree);
    }
  }
}
