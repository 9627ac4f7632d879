package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** A map that is read several times, got from the store once. */
final class SpooledMap implements AutoCloseable {
  private final ObjectKey key;
  private final BackupHeader header;
  private final SpoolFile file;
  private final boolean found;

  private SpooledMap(ObjectKey key, BackupHeader header, SpoolFile file, boolean found) {
    this.key = key;
    this.header = header;
    this.file = file;
    this.found = found;
  }

  static SpooledMap fetch(ObjectStore store, BackupLayout layout, BackupHeader header)
      throws IOException {
    ObjectKey key = layout.map(header.name());
    SpoolFile file = SpoolFile.open();
    try {
      Optional<InputStream> stored = store.open(key);
      if (stored.isPresent()) {
        try (InputStream in = stored.get();
            OutputStream out = file.append()) {
          in.transferTo(out);
        }
      }
      return new SpooledMap(key, header, file, stored.isPresent());
    } catch (IOException | RuntimeException e) {
      try (file) {
        throw e;
      }
    }
  }

  /**
   * Opens the map.
   *
   * @throws CorruptDataException if the store did not have it
   */
  BlockList open() throws IOException {
    if (!found) {
      throw new CorruptDataException(key + " is missing");
    }
    return BlockMapReader.open(key, file.read(), header);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
