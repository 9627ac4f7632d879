package io.convoy.objectstore;

import io.convoy.core.BlockTarget;
import io.convoy.core.CorruptDataException;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.Progress;
import io.convoy.core.RestoreTarget;
import java.io.IOException;
import java.io.InputStream;

/** Puts a backup's content back. */
final class BackupRestore {
  private final ObjectStore store;
  private final TreeArchive archive;

  BackupRestore(ObjectStore store, TreeArchive archive) {
    this.store = store;
    this.archive = archive;
  }

  void restore(StoredVolume.Located backup, RestoreTarget target, Progress progress)
      throws IOException {
    StoredVolume volume = backup.volume();
    BackupHeader header = backup.header();
    try {
      switch (header.kind()) {
        case TREE -> restoreTree(volume, header, tree(header, target), progress);
        case OLD_SINGLE_FILE -> restoreSingleFile(volume, header, tree(header, target));
        case BLOCKS, OLD_BLOCKS -> restoreBlocks(volume, header, device(header, target), progress);
      }
    } catch (CorruptDataException e) {
      throw new CorruptDataException(
          "Backup '%s' of volume '%s' can't be restored: %s"
              .formatted(header.name(), volume.config().name(), e.getMessage()),
          e);
    }
  }

  private static FileTreeTarget tree(BackupHeader header, RestoreTarget target) {
    if (target instanceof FileTreeTarget tree) {
      return tree;
    }
    throw new IllegalArgumentException(
        "Backup '%s' is of a directory tree, and can't be restored to a block device: choose a driver like 'vfs'"
            .formatted(header.name()));
  }

  private static BlockTarget device(BackupHeader header, RestoreTarget target) {
    if (target instanceof BlockTarget device) {
      return device;
    }
    throw new IllegalArgumentException(
        "Backup '%s' is of a block device, and can't be restored to a directory: choose a driver like 'devicemapper'"
            .formatted(header.name()));
  }

  private void restoreTree(
      StoredVolume volume, BackupHeader header, FileTreeTarget target, Progress progress)
      throws IOException {
    try (BlockStream stream =
        new BlockStream(
            BlockList.open(store, volume.layout(), header),
            download(volume, header, BlockStream.THREADS),
            header.contentBytes(),
            header.maxBlockBytes(volume.config()),
            progress)) {
      archive.restore(stream, target.directory());
    }
  }

  private BlockDownload download(StoredVolume volume, BackupHeader header, int atOnce) {
    return new BlockDownload(
        store, volume.layout(), volume.naming(), header.maxBlockBytes(volume.config()), atOnce);
  }

  private void restoreSingleFile(StoredVolume volume, BackupHeader header, FileTreeTarget target)
      throws IOException {
    ObjectKey key = volume.layout().singleFile(header.name());
    try (InputStream file =
        store.open(key).orElseThrow(() -> new CorruptDataException(key + " is missing"))) {
      archive.restoreGzip(file, target.directory());
    }
  }

  private void restoreBlocks(
      StoredVolume volume, BackupHeader header, BlockTarget target, Progress progress)
      throws IOException {
    BlockGrid grid = header.grid(volume.config());
    BlockRestore restore =
        new BlockRestore(
            download(volume, header, BlockRestore.threads(grid)), grid, target, progress);
    try (BlockList blocks = BlockList.open(store, volume.layout(), header)) {
      restore.prepare(blocks::next);
    }
    try (BlockList blocks = BlockList.open(store, volume.layout(), header)) {
      restore.run(blocks::next);
    }
  }
}
