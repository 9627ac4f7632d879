package io.convoy.devmapper;

import java.io.IOException;

/** The kernel's device-mapper refused a command. */
public final class DeviceMapperException extends IOException {
  private static final long serialVersionUID = 1;

  // asm-generic/errno-base.h and errno.h
  static final int ENXIO = 6;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENODATA = 61;

  private final int errno;

  /**
   * Makes the exception.
   *
   * @param command what was asked, such as {@code REMOVE} or {@code message 'delete 5'}
   * @param errno the kernel's answer, 0 if there was none
   */
  DeviceMapperException(String command, String device, int errno, String errnoText) {
    super("%s of device '%s' failed: %s (errno %s)".formatted(command, device, errnoText, errno));
    this.errno = errno;
  }

  /** Returns the number of the error in C. */
  public int errno() {
    return errno;
  }

  /** Returns whether somebody has the device open. */
  boolean isBusy() {
    return errno == EBUSY;
  }

  /** Returns whether the device, or the thin device that the message named, is not there. */
  boolean isNotFound() {
    return errno == ENXIO || errno == ENODATA;
  }

  /** Returns whether there is a device of that name or id already. */
  boolean isExisting() {
    return errno == EEXIST;
  }
}
