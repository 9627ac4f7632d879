package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;

import io.convoy.core.ByteSize;
import io.convoy.core.Growth;
import io.convoy.core.InUseException;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Grows volumes: record, device, file system, record. From the first record on it only goes
 * forward: what is cut off is finished at the next start, or when it is asked for again.
 */
final class ThinGrowth implements Growth {
  private static final Logger LOGGER = System.getLogger(ThinGrowth.class.getName());

  private final ThinPool pool;
  private final VolumeDevices devices;
  private final ThinVolumes volumes;
  private final FilesystemGrowth filesystems;

  ThinGrowth(
      ThinPool pool, VolumeDevices devices, ThinVolumes volumes, FilesystemGrowth filesystems) {
    this.pool = pool;
    this.devices = devices;
    this.volumes = volumes;
    this.filesystems = filesystems;
  }

  @Override
  public Volume grow(VolumeName name, long sizeBytes) throws IOException {
    ThinVolume before = volumes.get(name);
    long size = size(before, sizeBytes);
    if (size == before.sizeBytes() && before.step() == Step.READY) {
      return toVolume(before);
    }
    check(before);
    ThinVolume growing =
        volumes.change(name, now -> now.withSizeBytes(size).withStep(Step.GROWING));
    try {
      devices.fit(growing);
    } catch (IOException | RuntimeException e) {
      undo(before, e);
      throw e;
    }
    try {
      return toVolume(finish(growing));
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "Volume '%s': its device has grown to %s bytes, but its file system has not: %s; when that is mended, ask for the same size again, or start Convoy again"
              .formatted(name, size, e.getMessage()),
          e);
    }
  }

  /** Returns the size in whole blocks of the pool. */
  private long size(ThinVolume volume, long wanted) {
    if (wanted > Long.MAX_VALUE - pool.config().blockBytes()) {
      throw new IllegalArgumentException(
          "Volume '%s' can't grow to %s bytes: that is more than a device can have"
              .formatted(volume.name(), wanted));
    }
    long size = pool.config().roundUp(wanted);
    if (size < volume.sizeBytes()) {
      throw new IllegalArgumentException(
          "Volume '%s' can't be made smaller: it has %s bytes (%s), asked for were %s (%s)"
              .formatted(
                  volume.name(),
                  volume.sizeBytes(),
                  new ByteSize(volume.sizeBytes()),
                  wanted,
                  new ByteSize(wanted)));
    }
    if (size != wanted) {
      LOGGER.log(
          INFO,
          "Volume ''{0}'': {1} bytes rounded up to {2}, whole blocks of the pool",
          volume.name(),
          Long.toString(wanted),
          Long.toString(size));
    }
    return size;
  }

  private void check(ThinVolume volume) throws IOException {
    Optional<String> problem = pool.status().problem();
    if (problem.isPresent()) {
      throw new IOException(
          "Volume '%s' can't grow: thin pool '%s' can't be written to: %s"
              .formatted(volume.name(), pool.config().poolName(), problem.get()));
    }
    Optional<DeviceState> state = devices.state(volume);
    if (state.isPresent() && state.get().openCount() > 0 && devices.mountPoints(volume).isEmpty()) {
      throw new InUseException(
          "Volume '%s' can't grow: its device '%s' is in use (%s)"
              .formatted(volume.name(), devices.node(volume.name()), devices.holders(volume)));
    }
  }

  /** A device that did not grow leaves the volume as it was. */
  private void undo(ThinVolume before, Exception cause) {
    try {
      if (devices.state(before).isEmpty() || devices.sizeBytes(before) <= before.sizeBytes()) {
        volumes.change(
            before.name(), now -> now.withSizeBytes(before.sizeBytes()).withStep(before.step()));
      }
    } catch (IOException | RuntimeException e) {
      // The record says that it is growing: the next start finishes that.
      cause.addSuppressed(e);
    }
  }

  /** Has the file system fill the device, which has grown, and records that this is done. */
  ThinVolume finish(ThinVolume volume) throws IOException {
    Path node = devices.node(volume.name());
    List<Path> mountPoints = devices.mountPoints(volume);
    if (mountPoints.isEmpty()) {
      filesystems.grow(volume.filesystem(), node, volume.sizeBytes());
    } else {
      filesystems.growMounted(volume.filesystem(), node, mountPoints.get(0));
    }
    ThinVolume grown = volumes.change(volume.name(), now -> now.withStep(Step.READY));
    LOGGER.log(
        INFO, "Volume ''{0}'': it has {1} now", volume.name(), new ByteSize(volume.sizeBytes()));
    return grown;
  }

  private Volume toVolume(ThinVolume volume) {
    return volume.toVolume(devices.node(volume.name()));
  }
}
