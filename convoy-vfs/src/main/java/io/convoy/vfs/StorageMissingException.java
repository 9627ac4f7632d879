package io.convoy.vfs;

import io.convoy.core.StorageUnavailableException;

/** What is at {@code vfs.path} is not the storage with the volumes; that may come yet. */
final class StorageMissingException extends StorageUnavailableException {
  private static final long serialVersionUID = 1;

  StorageMissingException(String message) {
    super(message);
  }
}
