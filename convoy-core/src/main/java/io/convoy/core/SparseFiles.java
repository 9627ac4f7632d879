package io.convoy.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What a system can do with the holes of files, which Java can't ask it for. Found with {@link
 * ServiceLoader}, like drivers.
 */
public interface SparseFiles {
  /** Returns what there is for this system; empty if no module on the class path has it. */
  static Optional<SparseFiles> find() {
    return ServiceLoader.load(SparseFiles.class).findFirst();
  }

  /**
   * Returns the extents of a file that may hold something, in order, apart; all else reads as
   * zeros. Empty if the file system does not tell.
   */
  Optional<List<Extent>> dataExtents(Path file) throws IOException;

  /**
   * Sets room aside for extents of a file. What it reads as stays, and so does its length. Does
   * nothing if the file system can't do that.
   *
   * @throws IOException if there is not so much room; some may have been set aside
   */
  void allocate(Path file, List<Extent> extents) throws IOException;
}
