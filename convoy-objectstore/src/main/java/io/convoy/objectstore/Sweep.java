package io.convoy.objectstore;

import io.convoy.core.BackupName;
import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the objects of a volume that no backup needs, and deletes them. Done under the volume's
 * lock. Every header and map is read first: whatever can't be read or listed stops it with nothing
 * deleted.
 */
final class Sweep {
  private static final int CONFIRM_EVERY = 16;

  private static final int NEEDED = 1;

  private final ObjectStore store;
  private final BackupLayout layout;
  private final StoreLock lock;

  Sweep(ObjectStore store, BackupLayout layout, StoreLock lock) {
    this.store = store;
    this.layout = layout;
    this.lock = lock;
  }

  /** What a sweep found. */
  record Found(long objects, long bytes) {}

  Found run(boolean dryRun) throws IOException {
    NameMarks blocks = new NameMarks();
    Set<ObjectKey> files = new HashSet<>();
    List<BackupHeader> headers = new HeaderListing(store, layout).all();
    for (BackupHeader header : headers) {
      files.add(layout.map(header.name()));
      files.add(layout.singleFile(header.name()));
      if (header.kind().hasMap()) {
        readMap(header.name(), blocks);
      }
      header.blocks().forEach(block -> blocks.add(block.name(), NEEDED));
    }
    List<ObjectKey> garbage = new ArrayList<>();
    long[] bytes = new long[1];
    store.list(
        layout.blocksPrefix(),
        (key, size) -> {
          Optional<String> block = layout.parseBlock(key);
          if (block.isPresent() && !blocks.has(block.get(), NEEDED)) {
            garbage.add(key);
            bytes[0] += size;
          }
        });
    for (String prefix : List.of(layout.mapsPrefix(), layout.singleFilesPrefix())) {
      store.list(
          prefix,
          (key, size) -> {
            if (isOurs(key, prefix) && !files.contains(key)) {
              garbage.add(key);
              bytes[0] += size;
            }
          });
    }
    if (headers.isEmpty() && store.sizeBytes(layout.volumeConfig()).isPresent()) {
      garbage.add(layout.volumeConfig());
    }
    if (!dryRun) {
      delete(garbage);
    }
    return new Found(garbage.size(), bytes[0]);
  }

  private void readMap(BackupName backup, NameMarks blocks) throws IOException {
    ObjectKey key = layout.map(backup);
    Optional<InputStream> stored = store.open(key);
    if (stored.isEmpty()) {
      // Its header may have been deleted just now; if not, the backup is hurt and says so itself.
      if (store.sizeBytes(layout.header(backup)).isPresent()) {
        throw new CorruptDataException(key + " is missing");
      }
      return;
    }
    try (BlockMapReader map = BlockMapReader.open(key, stored.get())) {
      for (Optional<BlockRef> block = map.next(); block.isPresent(); block = map.next()) {
        blocks.add(block.get().name(), NEEDED);
      }
    }
  }

  /** Whatever else lies there, Convoy did not put it there. */
  private boolean isOurs(ObjectKey key, String prefix) {
    return key.value().substring(prefix.length()).matches("[^/]+\\.(map|bak)");
  }

  private void delete(List<ObjectKey> garbage) throws IOException {
    if (garbage.isEmpty()) {
      return;
    }
    // A header that was deleted must not come back after a crash, without its blocks.
    store.sync();
    for (int i = 0; i < garbage.size(); i++) {
      if (i % CONFIRM_EVERY == 0) {
        lock.confirm();
      }
      // One by one: a holder that is paused here has at most one delete under way that its clock no
      // longer allows when it wakes up, and the next writer may have found that block present.
      lock.assertFresh();
      store.delete(List.of(garbage.get(i)));
    }
  }
}
