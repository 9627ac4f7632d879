package io.convoy.objectstore;

import io.convoy.core.BackupDestination;
import java.io.IOException;
import java.util.Map;

/** Opens each destination in the way of its URL's scheme. */
final class SchemeStores implements ObjectStores {
  private final Map<String, ObjectStores> stores;

  SchemeStores(Map<String, ObjectStores> stores) {
    this.stores = Map.copyOf(stores);
  }

  @Override
  public ObjectStore open(BackupDestination destination) throws IOException {
    ObjectStores scheme = stores.get(destination.scheme());
    if (scheme == null) {
      throw new IllegalArgumentException(
          "Invalid destination '%s': expected vfs:///path or s3://bucket@region/path/"
              .formatted(destination));
    }
    return scheme.open(destination);
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (ObjectStores scheme : stores.values()) {
      try {
        scheme.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
