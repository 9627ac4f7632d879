package io.convoy.devmapper;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The kernel's device-mapper. Safe for several threads. */
interface DeviceMapper {
  /** Returns the versions of library and kernel, for people. */
  String version() throws IOException;

  /** Returns the names of all devices, of others as well. */
  List<String> names() throws IOException;

  /** Returns what the kernel says of a device, or empty if there is none of that name. */
  Optional<DeviceState> state(String name) throws IOException;

  /** Returns a device's table. */
  List<Target> table(String name) throws IOException;

  /** Returns how a device's targets are. */
  List<Target> status(String name) throws IOException;

  /**
   * Makes a device, which appears as /dev/mapper/NAME.
   *
   * @throws DeviceMapperException if there is one, or its target refuses; then there is none
   */
  void create(String name, String uuid, Target target, Access access) throws IOException;

  /** Gives a device another table, suspending it for that moment. */
  void reload(String name, Target target) throws IOException;

  /** Holds up all I/O of a device; a file system on it is brought to a clean state first. */
  void suspend(String name) throws IOException;

  /** Lets the I/O of a suspended device go on. */
  void resume(String name) throws IOException;

  /**
   * Removes a device with its node.
   *
   * @throws DeviceMapperException if somebody has it open
   */
  void remove(String name) throws IOException;

  /** Sends a message to a device's only target. */
  void message(String name, String message) throws IOException;

  /** Whether a device can be written to. */
  enum Access {
    READ_ONLY,
    READ_WRITE
  }
}
