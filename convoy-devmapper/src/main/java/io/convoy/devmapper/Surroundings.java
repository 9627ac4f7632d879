package io.convoy.devmapper;

import io.convoy.core.MountTable;
import io.convoy.core.process.CommandRunner;
import java.nio.file.Path;

/**
 * What the driver works with.
 *
 * @param nodes the directory in which devices appear, /dev/mapper
 */
record Surroundings(
    DeviceMapper deviceMapper,
    CommandRunner commands,
    BlockDevices devices,
    MountTable mounts,
    Path nodes) {
  Path node(String deviceName) {
    return nodes.resolve(deviceName);
  }
}
