package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The blocks that a backup need not store again. That a block is listed is not enough: a crash or a
 * full disk may have left it half written. Those of a published backup were on stable storage
 * before it was published, so if they are listed and not empty they count; any other is read and
 * checked first.
 */
final class KnownBlocks {
  private final ObjectStore store;
  private final BackupLayout layout;
  private final BlockNaming naming;
  private final BlockCodec codec = new BlockCodec();
  private final Set<String> listed;
  private final Set<String> published;

  private KnownBlocks(
      ObjectStore store,
      BackupLayout layout,
      BlockNaming naming,
      Set<String> listed,
      Set<String> published) {
    this.store = store;
    this.layout = layout;
    this.naming = naming;
    this.listed = listed;
    this.published = published;
  }

  /**
   * Finds out with one listing and, if there is a backup before, its map.
   *
   * @param base the last backup of this very volume
   */
  static KnownBlocks find(
      ObjectStore store, BackupLayout layout, BlockNaming naming, Optional<BackupHeader> base)
      throws IOException {
    Set<String> listed = new HashSet<>();
    store.list(
        layout.blocksPrefix(),
        (key, size) -> {
          if (size > 0) {
            layout.parseBlock(key).ifPresent(listed::add);
          }
        });
    Set<String> published = new HashSet<>();
    if (base.isPresent() && base.get().kind() == BackupHeader.Kind.TREE) {
      ObjectKey key = layout.map(base.get().name());
      Optional<InputStream> stored = store.open(key);
      if (stored.isPresent()) {
        try (BlockMapReader map = BlockMapReader.open(key, stored.get())) {
          for (Optional<BlockRef> block = map.next(); block.isPresent(); block = map.next()) {
            published.add(block.get().name());
          }
        } catch (CorruptDataException e) {
          // A damaged base must not keep new backups from being made: trust none of it.
          published.clear();
        }
      }
    }
    return new KnownBlocks(store, layout, naming, listed, published);
  }

  boolean has(String name, int lengthBytes) throws IOException {
    return listed.contains(name) && (published.contains(name) || isWhole(name, lengthBytes));
  }

  private boolean isWhole(String name, int lengthBytes) throws IOException {
    try {
      Optional<byte[]> stored =
          store.get(layout.block(name), BlockDownload.maxStoredBytes(lengthBytes));
      if (stored.isEmpty()) {
        return false;
      }
      byte[] content = codec.decode(stored.get(), lengthBytes);
      return naming.name(ByteBuffer.wrap(content)).equals(name);
    } catch (CorruptDataException e) {
      return false; // stored anew, which mends it for the backups that have it
    }
  }
}
