package io.convoy.core;

import java.nio.file.Path;

/** A snapshot that is a directory tree. */
public non-sealed interface FileTreeContent extends SnapshotContent {
  /** Returns the root of the tree. */
  Path directory();
}
