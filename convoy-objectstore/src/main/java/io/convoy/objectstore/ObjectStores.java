package io.convoy.objectstore;

import io.convoy.core.BackupDestination;
import java.io.IOException;

/** Opens the store that a destination is. */
interface ObjectStores extends AutoCloseable {
  /**
   * Opens a store.
   *
   * @throws IllegalArgumentException if the destination makes no sense
   */
  ObjectStore open(BackupDestination destination) throws IOException;

  @Override
  void close() throws IOException;
}
