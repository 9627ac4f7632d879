package io.convoy.objectstore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.BackupRequest;
import io.convoy.core.CorruptDataException;
import io.convoy.core.RubyDate;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/**
 * A volume's {@code volume.cfg}: v0.5.2's fields, and more. Fields that this version does not know
 * are kept.
 *
 * @param driver the name of the volume's driver
 * @param nativeFormat whether the backups are of the native format; else they are v0.5.2's
 * @param uuid the identity of the volume; v0.5.2 recorded none
 * @param averageChunkBytes how the volume's trees are cut, the same for all backups; 0 for devices
 * @param blockBytes how the volume's device is cut, the same for all backups; 0 for trees, and for
 *     v0.5.2's, which are always cut alike
 */
record VolumeConfig(
    VolumeName name,
    String driver,
    boolean nativeFormat,
    Optional<UUID> uuid,
    long sizeBytes,
    Instant createdTime,
    int averageChunkBytes,
    int blockBytes,
    ObjectNode tree) {
  /** Stands behind the driver's name, so that v0.5.2 neither lists nor restores what it can't. */
  private static final String NATIVE_SUFFIX = "+native";

  private static final int FORMAT = 1;
  private static final int MAX_BYTES = 1024 * 1024;

  /** Returns the configuration of a volume of trees that is new in the store. */
  static VolumeConfig ofTrees(BackupRequest request, int averageChunkBytes) {
    long sizeBytes = request.volume().sizeBytes().orElse(0);
    ObjectNode tree = nativeFields(request, sizeBytes);
    tree.put("AverageChunkBytes", averageChunkBytes);
    return of(request, true, sizeBytes, averageChunkBytes, 0, tree);
  }

  /** Returns the configuration of a device that is new in the store. */
  static VolumeConfig ofBlocks(BackupRequest request, long sizeBytes, int blockBytes) {
    ObjectNode tree = nativeFields(request, sizeBytes);
    tree.put("BlockBytes", blockBytes);
    return of(request, true, sizeBytes, 0, blockBytes, tree);
  }

  /** Returns the configuration of a device that is new in the store, as v0.5.2 wrote it. */
  static VolumeConfig ofOldBlocks(BackupRequest request, long sizeBytes) {
    return of(request, false, sizeBytes, 0, 0, fields(request, request.driver(), sizeBytes));
  }

  /**
   * Returns the configuration of a volume of trees that is new in the store, as v0.5.2 wrote it.
   */
  static VolumeConfig ofOldTrees(BackupRequest request) {
    long sizeBytes = request.volume().sizeBytes().orElse(0);
    return of(request, false, sizeBytes, 0, 0, fields(request, request.driver(), sizeBytes));
  }

  /** Returns whether it is of a volume as v0.5.2 tells them apart. */
  boolean isOldFormatOf(BackupRequest request) {
    return !nativeFormat
        && name.equals(request.volume().name())
        && driver.equals(request.driver())
        && createdTime.equals(request.volume().createdTime().truncatedTo(ChronoUnit.SECONDS));
  }

  private static ObjectNode nativeFields(BackupRequest request, long sizeBytes) {
    ObjectNode tree = fields(request, request.driver() + NATIVE_SUFFIX, sizeBytes);
    tree.put("UUID", request.volume().uuid().toString());
    tree.put("Format", FORMAT);
    return tree;
  }

  private static ObjectNode fields(BackupRequest request, String driver, long sizeBytes) {
    ObjectNode tree = Json.newObject();
    tree.put("Name", request.volume().name().value());
    tree.put("Driver", driver);
    tree.put("Size", sizeBytes);
    tree.put("CreatedTime", RubyDate.format(request.volume().createdTime()));
    tree.put("LastBackupName", "");
    return tree;
  }

  private static VolumeConfig of(
      BackupRequest request,
      boolean nativeFormat,
      long sizeBytes,
      int averageChunkBytes,
      int blockBytes,
      ObjectNode tree) {
    Volume volume = request.volume();
    return new VolumeConfig(
        volume.name(),
        request.driver(),
        nativeFormat,
        nativeFormat ? Optional.of(volume.uuid()) : Optional.empty(),
        sizeBytes,
        volume.createdTime(),
        averageChunkBytes,
        blockBytes,
        tree);
  }

  /** Reads a volume's configuration; empty if it has none. */
  static Optional<VolumeConfig> read(ObjectStore store, BackupLayout layout)
      throws java.io.IOException {
    ObjectKey key = layout.volumeConfig();
    Optional<byte[]> content = store.get(key, MAX_BYTES);
    return content.isEmpty() ? Optional.empty() : Optional.of(parse(key, content.get()));
  }

  static VolumeConfig parse(ObjectKey key, byte[] content) throws CorruptDataException {
    ObjectNode tree = Json.parse(key, content);
    long format = tree.has("Format") ? Json.number(key, tree, "Format") : 0;
    if (format > FORMAT) {
      throw new CorruptDataException(
          "%s: Format is %s, this Convoy knows up to %s: use the newer one that wrote it"
              .formatted(key, format, FORMAT));
    }
    String driver = Json.text(key, tree, "Driver");
    boolean nativeFormat = driver.endsWith(NATIVE_SUFFIX);
    VolumeName name;
    try {
      name = new VolumeName(Json.text(key, tree, "Name"));
    } catch (IllegalArgumentException e) {
      throw Json.wrong(key, "Name", tree.path("Name"), "a volume's name");
    }
    long averageChunkBytes =
        tree.has("AverageChunkBytes") ? Json.number(key, tree, "AverageChunkBytes") : 0;
    if (averageChunkBytes > TreeBackup.MAX_AVERAGE_CHUNK_BYTES) {
      throw Json.wrong(
          key,
          "AverageChunkBytes",
          tree.path("AverageChunkBytes"),
          "at most " + TreeBackup.MAX_AVERAGE_CHUNK_BYTES);
    }
    long blockBytes = tree.has("BlockBytes") ? Json.number(key, tree, "BlockBytes") : 0;
    if (blockBytes != 0 && !BlockGrid.isBlockSize(blockBytes)) {
      throw Json.wrong(key, "BlockBytes", tree.path("BlockBytes"), BlockGrid.BLOCK_SIZES);
    }
    return new VolumeConfig(
        name,
        nativeFormat ? driver.substring(0, driver.length() - NATIVE_SUFFIX.length()) : driver,
        nativeFormat,
        Json.uuid(key, tree, "UUID"),
        Json.number(key, tree, "Size"),
        Json.time(key, tree, "CreatedTime"),
        (int) averageChunkBytes,
        (int) blockBytes,
        tree);
  }

  /** Returns the object to store, with another last backup and size. */
  byte[] withLastBackup(String backup, long sizeBytes) {
    ObjectNode updated = tree.deepCopy();
    updated.put("LastBackupName", backup);
    updated.put("Size", sizeBytes);
    return Json.bytes(updated);
  }

  /** Returns the name of the last backup, as far as it was noted. */
  String lastBackupName() {
    return tree.path("LastBackupName").asText();
  }

  byte[] bytes() {
    return Json.bytes(tree);
  }
}
