package io.convoy.cli;

import io.convoy.core.Extent;
import io.convoy.core.SparseFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where an image file holds something. */
final class ImageHoles {
  /** Shorter files are read in less time than it takes to get ready to ask. */
  static final long WORTHWHILE_BYTES = 64L << 20;

  private ImageHoles() {}

  /** Returns the extents that may hold something; empty if all of it may. */
  static Optional<List<Extent>> dataExtents(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) < WORTHWHILE_BYTES) {
      return Optional.empty();
    }
    Optional<SparseFiles> system = SparseFiles.find();
    return system.isPresent() ? system.get().dataExtents(file) : Optional.empty();
  }
}
