package io.convoy.core;

import java.io.IOException;

/** Growing a driver's volumes. What holds for {@link VolumeDriver}'s calls holds for these. */
public interface Growth {
  /**
   * Grows a volume, mounted or not, with the file system on it, and returns it; does nothing if it
   * has that size. If the storage has grown and the file system could not, the volume has its new
   * size and can be used, and the same call again, or the next start, goes on.
   *
   * @param sizeBytes the size that it shall have at least; the driver rounds up
   * @throws NotFoundException if there is no such volume
   * @throws IllegalArgumentException if it is larger than that already
   */
  Volume grow(VolumeName volume, long sizeBytes) throws IOException;
}
