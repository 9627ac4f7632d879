package io.convoy.cli;

import io.convoy.core.Extent;
import io.convoy.core.HoleFinder;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Where an image file holds something. */
final class ImageHoles {
  private static final Duration STAT_LIMIT = Duration.ofSeconds(30);

  /** With fewer holes than these, reading them takes less time than finding them. */
  private static final long WORTHWHILE_BYTES = 1L << 30;

  /** The unit of stat(1)'s %b, whatever the file system's blocks are. */
  private static final int STAT_BLOCK_BYTES = 512;

  private ImageHoles() {}

  /** Returns the extents that may hold something; empty if all of it may. */
  static Optional<List<Extent>> dataExtents(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) - allocatedBytes(file) < WORTHWHILE_BYTES) {
      return Optional.empty();
    }
    for (HoleFinder finder : ServiceLoader.load(HoleFinder.class)) {
      Optional<List<Extent>> extents = finder.dataExtents(file);
      if (extents.isPresent()) {
        return extents;
      }
    }
    return Optional.empty();
  }

  /** Java does not tell it; this takes a moment, where asking for the holes takes native code. */
  private static long allocatedBytes(Path file) throws IOException {
    String blocks =
        new ProcessCommandRunner()
            .run(
                List.of("stat", "--dereference", "--format=%b", file.toAbsolutePath().toString()),
                STAT_LIMIT)
            .strip();
    return Long.parseLong(blocks) * STAT_BLOCK_BYTES;
  }
}
