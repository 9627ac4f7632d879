package io.convoy.core;

import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Makes the driver of one kind of storage. Found with {@link java.util.ServiceLoader}: a jar more
 * on the class path is a driver more.
 */
public interface VolumeDriverFactory {
  /** Returns the driver's name, such as {@code vfs}. */
  String name();

  /** Returns the options that the driver takes, such as {@code vfs.path}. */
  Set<String> options();

  /**
   * Opens the storage, mending what a crash left half done.
   *
   * @param options of those in {@link #options} what was given; given ones win over recorded ones
   *     where nothing is orphaned by that
   * @throws IllegalArgumentException if an option's value makes no sense
   */
  VolumeDriver open(DriverContext context, Map<String, String> options) throws IOException;
}
