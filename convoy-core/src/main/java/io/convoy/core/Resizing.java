package io.convoy.core;

import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;

/** Grows volumes. */
final class Resizing {
  private final Drivers drivers;
  private final VolumeDirectory directory;
  private final VolumeUses uses;

  Resizing(Drivers drivers, VolumeDirectory directory, VolumeUses uses) {
    this.drivers = drivers;
    this.directory = directory;
    this.uses = uses;
  }

  VolumeStatus resize(VolumeName name, long sizeBytes) throws IOException {
    if (sizeBytes <= 0) {
      throw new IllegalArgumentException(
          "Invalid size %s of volume '%s': expected more than 0 bytes".formatted(sizeBytes, name));
    }
    try (Use use = uses.enter(name, Kind.RESIZE, "resize")) {
      VolumeStatus status = directory.getReady(name);
      Growth growth =
          drivers
              .get(status.driver())
              .growth()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "Volume '%s' can't be resized: driver '%s' can't do that"
                              .formatted(name, status.driver())));
      growth.grow(name, sizeBytes);
    }
    return directory.get(name);
  }
}
