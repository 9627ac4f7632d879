package io.convoy.core;

import java.io.IOException;

/** Taking volumes away from hosts that are gone, for storage that one host has at a time. */
public interface Takeover {
  /**
   * Takes a volume away from the host that has it; does nothing if no other host has it.
   *
   * @throws NotFoundException if there is no such volume
   * @throws InUseException if the storage does not say that the host is gone: two hosts that write
   *     destroy the volume
   */
  void takeOver(VolumeName volume) throws IOException;
}
