package io.convoy.core;

import java.io.IOException;
import java.util.List;
import java.util.UUID;

/**
 * Volumes that were deleted by {@link DeleteMode#REFERENCE} and whose data and snapshots a driver
 * keeps for some time. They take no name. Safe for several threads; after a crash in a call the
 * driver finishes or undoes it when it is opened the next time.
 */
public interface Trash {
  /**
   * Returns what is kept, the oldest first. What can't be read is left out, told to {@code
   * problems}, and never destroyed.
   */
  List<TrashedVolume> list(VolumeDriver.ProblemListener problems) throws IOException;

  /**
   * Makes a volume of what is kept, with its snapshots; after a failure it is kept as before.
   *
   * @param id the volume's identity, which it gets again
   * @param name the volume's name from now on
   * @throws NotFoundException if there is nothing of that id
   * @throws AlreadyExistsException if the name is taken
   */
  Volume restore(UUID id, VolumeName name) throws IOException;

  /**
   * Destroys what is kept.
   *
   * @throws NotFoundException if there is nothing of that id
   */
  void destroy(UUID id) throws IOException;

  /**
   * Destroys what has been kept for as long as it shall be, and as much of the rest, oldest first,
   * as it takes to give the storage its reserve of room again.
   */
  void tidy() throws IOException;
}
