package io.convoy.objectstore;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupUrl;
import io.convoy.core.NotFoundException;
import java.io.IOException;
import java.util.Optional;

/** A volume's part of a store, as its configuration describes it. */
record StoredVolume(BackupLayout layout, VolumeConfig config) {
  /** A backup, and the volume's part of the store that it is in. */
  record Located(StoredVolume volume, BackupHeader header) {}

  /**
   * Finds a backup.
   *
   * @throws NotFoundException if there is none
   */
  static Located find(ObjectStore store, BackupUrl url) throws IOException {
    BackupLayout layout = new BackupLayout(url.volumeName().orElseThrow());
    Optional<BackupHeader> header =
        BackupHeader.read(store, layout, url.backupName().orElseThrow());
    if (header.isEmpty()) {
      throw NotFoundException.backup(url);
    }
    return new Located(read(store, layout), header.get());
  }

  /**
   * Reads a volume's configuration.
   *
   * @throws io.convoy.core.CorruptDataException if it is missing
   */
  static StoredVolume read(ObjectStore store, BackupLayout layout) throws IOException {
    return new StoredVolume(
        layout,
        VolumeConfig.read(store, layout)
            .orElseThrow(
                () ->
                    new io.convoy.core.CorruptDataException(
                        "%s is missing".formatted(layout.volumeConfig()))));
  }

  /** Returns what to tell of a backup. */
  Backup describe(BackupDestination destination, BackupHeader header) {
    return new Backup(
        BackupUrl.of(destination, header.name(), layout.directory()),
        config.driver(),
        config.name(),
        config.uuid(),
        config.createdTime(),
        header.volumeSizeBytes().orElse(config.sizeBytes()),
        header.snapshotName(),
        header.snapshotCreatedTime(),
        header.createdTime(),
        header.storedBytes());
  }

  BlockNaming naming() {
    return config.nativeFormat() ? BlockNaming.SHA_256 : BlockNaming.SHA_512_64;
  }
}
