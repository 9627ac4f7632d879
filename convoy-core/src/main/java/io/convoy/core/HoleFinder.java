package io.convoy.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Knows where files have holes, which Java can't ask the system. Found with {@link
 * java.util.ServiceLoader}, like drivers.
 */
public interface HoleFinder {
  /**
   * Returns the extents of a file that may hold something, in order, apart; all else reads as
   * zeros. Empty if the file system does not tell.
   */
  Optional<List<Extent>> dataExtents(Path file) throws IOException;
}
