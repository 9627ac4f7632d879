package io.convoy.core.testing;

import io.convoy.core.SnapshotContent;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import java.io.IOException;

/**
 * A driver under test, and how to put something on its volumes and read it again. The text stands
 * for all that a volume may hold.
 */
public interface DriverHarness extends AutoCloseable {
  /** Returns the driver as it is open now. */
  VolumeDriver driver();

  /** Closes the driver and opens it again on the same storage, as a restart does. */
  void reopen() throws IOException;

  /** Puts a text on a volume, in place of the one before. */
  void write(VolumeName volume, String text) throws IOException;

  /** Returns the text that is on a volume, empty if there is none. */
  String read(VolumeName volume) throws IOException;

  /** Returns the text that is in an open snapshot, empty if there is none. */
  String read(SnapshotContent content) throws IOException;

  /** Returns what puts a text on a new volume, as a restore does. */
  VolumeFiller filler(String text);

  /** Gives up the driver and its storage. */
  @Override
  void close() throws IOException;
}
