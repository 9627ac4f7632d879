package io.convoy.core;

import java.io.IOException;

/** What other hosts say of having volumes mounted, for storage that several hosts use at a time. */
public interface OtherHosts {
  /**
   * Forgets that other hosts have a volume mounted, whether they still have or not; the driver then
   * no longer refuses to delete it for their sake.
   *
   * @throws NotFoundException if there is no such volume
   */
  void forget(VolumeName volume) throws IOException;
}
