package io.convoy.core;

import java.io.IOException;

/** Puts the first content on a new volume, in place of an empty file system. */
@FunctionalInterface
public interface VolumeFiller {
  /** Fills the target; whoever called flushes it and, if this throws, undoes the volume. */
  void fill(RestoreTarget target) throws IOException;
}
