package io.convoy.devmapper;

import static java.util.Objects.requireNonNull;

/**
 * A stretch of a device and what serves it.
 *
 * @param startSectors where in the device it begins, in sectors of 512 bytes
 * @param lengthSectors how long it is, in the same
 * @param type such as {@code thin}
 * @param parameters in the type's own language
 */
record Target(long startSectors, long lengthSectors, String type, String parameters) {
  Target {
    requireNonNull(type, "type is null");
    requireNonNull(parameters, "parameters is null");
  }

  /** Returns the only target of a device. */
  static Target whole(long lengthSectors, String type, String parameters) {
    return new Target(0, lengthSectors, type, parameters);
  }
}
