package io.convoy.objectstore;

import com.google.common.collect.Lists;
import io.convoy.core.CorruptDataException;
import io.convoy.core.InUseException;
import io.convoy.core.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the objects of a volume that no backup needs, and deletes them. Done once, under the
 * volume's lock. Every header and map is read first: whatever can't be read or listed stops it with
 * nothing deleted. The volume's configuration stays, even without backups: v0.5.2 could list
 * nothing at a destination where one is missing.
 */
final class Sweep {
  private static final int CONFIRM_EVERY = 250;

  private static final int NEEDED = 1;

  private final ObjectStore store;
  private final BackupLayout layout;
  private final StoreLock lock;
  private final Progress progress;
  private final NameMarks blocks = new NameMarks();
  private final Set<ObjectKey> files = new HashSet<>();
  private final List<ObjectKey> garbage = new ArrayList<>();
  private long garbageBytes;

  Sweep(ObjectStore store, BackupLayout layout, StoreLock lock, Progress progress) {
    this.store = store;
    this.layout = layout;
    this.lock = lock;
    this.progress = progress;
  }

  /** What a sweep found. */
  record Found(long objects, long bytes) {}

  Found run(boolean dryRun) throws IOException {
    List<BackupHeader> headers = new ArrayList<>(new HeaderListing(store, layout).all());
    PendingBackups waiting = new PendingBackups(store, layout);
    List<BackupHeader> unpublished = new ArrayList<>();
    for (PendingBackups.Pending pending : waiting.find()) {
      garbage.add(pending.key()); // by then it is published, or can't be
      pending.whole().ifPresent(unpublished::add);
    }
    headers.addAll(unpublished);
    for (BackupHeader header : headers) {
      keep(header);
    }
    store.list(
        layout.blocksPrefix(),
        (key, size) ->
            layout
                .parseBlock(key)
                .filter(name -> !blocks.has(name, NEEDED))
                .ifPresent(name -> addGarbage(key, size)));
    store.list(
        layout.damagedPrefix(),
        (key, size) ->
            layout
                .parseDamaged(key)
                .filter(name -> !blocks.has(name, NEEDED))
                .ifPresent(name -> addGarbage(key, size)));
    for (String prefix : List.of(layout.mapsPrefix(), layout.singleFilesPrefix())) {
      store.list(
          prefix,
          (key, size) -> {
            if (isOurs(key, prefix) && !files.contains(key)) {
              addGarbage(key, size);
            }
          });
    }
    if (!dryRun) {
      for (BackupHeader header : unpublished) {
        lock.assertFresh();
        waiting.publish(header);
      }
      forgetLastBackup(headers);
      delete();
    }
    return new Found(garbage.size(), garbageBytes);
  }

  private void addGarbage(ObjectKey key, long sizeBytes) {
    garbage.add(key);
    garbageBytes += sizeBytes;
  }

  private void keep(BackupHeader header) throws IOException {
    files.add(layout.map(header.name()));
    files.add(layout.singleFile(header.name()));
    if (header.kind() == BackupHeader.Kind.OLD_SINGLE_FILE) {
      return;
    }
    Optional<BlockList> stored = BlockList.find(store, layout, header);
    if (stored.isEmpty()) {
      // Its header may have been deleted just now; if not, the backup is hurt and says so itself.
      if (store.sizeBytes(header.key()).isPresent()) {
        throw new CorruptDataException(layout.map(header.name()) + " is missing");
      }
      return;
    }
    try (BlockList list = stored.get()) {
      for (Optional<BlockRef> block = list.next(); block.isPresent(); block = list.next()) {
        blocks.add(block.get().name(), NEEDED);
      }
    }
  }

  /** Whatever else lies there, Convoy did not put it there. */
  private boolean isOurs(ObjectKey key, String prefix) {
    return key.value().substring(prefix.length()).matches("[^/]+\\.(map|bak)");
  }

  /** v0.5.2 makes no backup upon a last one that it can't read. */
  private void forgetLastBackup(List<BackupHeader> headers) throws IOException {
    Optional<VolumeConfig> config = VolumeConfig.read(store, layout);
    if (config.isEmpty()
        || config.get().nativeFormat()
        || config.get().lastBackupName().isEmpty()
        || headers.stream()
            .anyMatch(header -> header.name().value().equals(config.get().lastBackupName()))) {
      return;
    }
    lock.assertFresh();
    store.put(layout.volumeConfig(), config.get().withLastBackup("", config.get().sizeBytes()));
  }

  private void delete() throws IOException {
    if (garbage.isEmpty()) {
      return;
    }
    // A header that was deleted must not come back after a crash, without its blocks.
    store.sync();
    for (List<ObjectKey> some : Lists.partition(garbage, CONFIRM_EVERY)) {
      progress.checkCancelled();
      lock.confirm();
      try {
        store.delete(some, lock.guard());
      } catch (UncertainException | InterruptedIOException | InUseException e) {
        // Who has the lock next may find present what the server has yet to delete.
        lock.leaveToExpire();
        throw e;
      }
    }
  }
}
