package io.convoy.devmapper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Looks at block devices. */
interface BlockDevices {
  /**
   * Returns what the kernel calls a device.
   *
   * @throws IOException if there is none of that path, or it is no block device
   */
  DeviceNumber number(Path device) throws IOException;

  /** Returns the devices that are made of this one, by the kernel's names. */
  List<String> holders(DeviceNumber device) throws IOException;

  /** Returns the size of a device in bytes. */
  long sizeBytes(Path device) throws IOException;
}
