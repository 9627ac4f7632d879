package io.convoy.core;

import java.io.IOException;

/** What an open snapshot holds; it does not change until it is closed. */
public sealed interface SnapshotContent extends AutoCloseable
    permits BlockContent, FileTreeContent {
  /** Gives up what opening it took; the snapshot stays. */
  @Override
  void close() throws IOException;
}
