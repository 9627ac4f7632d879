package io.convoy.devmapper;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.lang.System.Logger;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Removes devices that Convoy made, although others look at them for a moment. */
final class DeviceRemoval {
  private static final Logger LOGGER = System.getLogger(DeviceRemoval.class.getName());

  /**
   * udev looks at each new device. And a program that this process starts has a copy of all that is
   * open here until it has closed it, so that what is closed here may be open there.
   */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long PAUSE_MILLIS = 10;

  private final DeviceMapper deviceMapper;

  DeviceRemoval(DeviceMapper deviceMapper) {
    this.deviceMapper = deviceMapper;
  }

  /**
   * Removes a device, waiting a moment for whoever has it open.
   *
   * @throws DeviceMapperException if somebody still has it open then
   */
  void remove(String name) throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          deviceMapper.remove(name);
          return;
        } catch (DeviceMapperException e) {
          if (!e.isBusy() || System.nanoTime() > deadline) {
            throw e;
          }
        }
        try {
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
          // What is cancelled clears away all the same.
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Returns what the kernel says of a device, or empty if there is none. One that shows nothing,
   * since a daemon was killed while it made it, is removed: it has no table to know it by, and
   * would be nobody's.
   *
   * @param uuid of the device
   */
  Optional<DeviceState> unlessHalfMade(String name, String uuid) throws IOException {
    Optional<DeviceState> state = deviceMapper.state(name);
    if (state.isPresent() && state.get().isHalfMade(uuid)) {
      remove(name);
      LOGGER.log(WARNING, "Device ''{0}'': removed, its making was cut off", name);
      return Optional.empty();
    }
    return state;
  }
}
