package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What somebody wants a new volume to be. What is empty is the driver's choice; a driver refuses
 * what is set and means nothing to it.
 *
 * @param sizeBytes the size that the volume shall have at least
 * @param source the backup that the volume shall start from
 * @param driverVolumeId an existing volume of the storage, to be adopted under this name
 * @param type the storage's own kind of volume, such as {@code gp3}
 * @param iops operations per second to pay for
 * @param throughputMib MiB per second to pay for; they go with a type
 * @param copySource whether a backup that the storage can't reach may be copied to where it can
 * @param prepareForVm whether the volume shall hold one disk image for a virtual machine
 */
public record VolumeSpec(
    VolumeName name,
    OptionalLong sizeBytes,
    Optional<BackupUrl> source,
    Optional<String> driverVolumeId,
    Optional<String> type,
    OptionalLong iops,
    OptionalLong throughputMib,
    boolean copySource,
    boolean prepareForVm) {
  public VolumeSpec {
    requireNonNull(name, "name is null");
    requireNonNull(source, "source is null");
    requireNonNull(driverVolumeId, "driverVolumeId is null");
    requireNonNull(type, "type is null");
    if (sizeBytes.isPresent() && sizeBytes.getAsLong() <= 0) {
      throw new IllegalArgumentException(
          "Invalid size %s of volume '%s': expected more than 0 bytes"
              .formatted(sizeBytes.getAsLong(), name));
    }
    if (iops.isPresent() && iops.getAsLong() <= 0) {
      throw new IllegalArgumentException(
          "Invalid iops %s of volume '%s': expected more than 0".formatted(iops.getAsLong(), name));
    }
    if (throughputMib.isPresent() && throughputMib.getAsLong() <= 0) {
      throw new IllegalArgumentException(
          "Invalid throughput %s of volume '%s': expected more than 0 MiB/s"
              .formatted(throughputMib.getAsLong(), name));
    }
    if (throughputMib.isPresent() && type.isEmpty()) {
      // What it means, and costs, depends on the type, and defaults change.
      throw new IllegalArgumentException(
          "Volume '%s': throughput goes with a type: add --type gp3".formatted(name));
    }
    if (copySource && source.isEmpty()) {
      throw new IllegalArgumentException("Volume '%s': there is no backup to copy".formatted(name));
    }
  }

  /** Returns the wish for a volume of which only the name matters. */
  public static VolumeSpec of(VolumeName name) {
    return new VolumeSpec(
        name,
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        false,
        false);
  }

  /** Returns this wish with a size. */
  public VolumeSpec withSizeBytes(long bytes) {
    return new VolumeSpec(
        name,
        OptionalLong.of(bytes),
        source,
        driverVolumeId,
        type,
        iops,
        throughputMib,
        copySource,
        prepareForVm);
  }

  /** Returns this wish with a backup to start from. */
  public VolumeSpec withSource(BackupUrl backup) {
    return new VolumeSpec(
        name,
        sizeBytes,
        Optional.of(backup),
        driverVolumeId,
        type,
        iops,
        throughputMib,
        copySource,
        prepareForVm);
  }

  /** Returns this wish, for which the backup may be copied to where the storage reaches it. */
  public VolumeSpec withCopySource() {
    return new VolumeSpec(
        name, sizeBytes, source, driverVolumeId, type, iops, throughputMib, true, prepareForVm);
  }

  /** Returns this wish for a volume with a disk image, or without one. */
  public VolumeSpec withPrepareForVm(boolean vm) {
    return new VolumeSpec(
        name, sizeBytes, source, driverVolumeId, type, iops, throughputMib, copySource, vm);
  }
}
