package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;

import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Creates volumes: record, thin device, device, content, record. The record comes first, so that
 * what a crash leaves is known; it says that the volume is ready last.
 */
final class ThinVolumeCreation {
  private static final Logger LOGGER = System.getLogger(ThinVolumeCreation.class.getName());

  private final Surroundings host;
  private final ThinPool pool;
  private final VolumeDevices devices;
  private final ThinVolumes volumes;
  private final FilesystemGrowth growth;
  private final ThinTrash trash;
  private final Clock clock;

  ThinVolumeCreation(
      Surroundings host,
      ThinPool pool,
      VolumeDevices devices,
      ThinVolumes volumes,
      FilesystemGrowth growth,
      ThinTrash trash,
      Clock clock) {
    this.growth = growth;
    this.trash = trash;
    this.host = host;
    this.pool = pool;
    this.devices = devices;
    this.volumes = volumes;
    this.clock = clock;
  }

  ThinVolume create(VolumeSpec spec, UUID uuid, Optional<VolumeFiller> filler) throws IOException {
    check(spec);
    long wanted = spec.sizeBytes().orElse(pool.config().defaultVolumeSizeBytes());
    long size = pool.config().roundUp(wanted);
    if (size != wanted) {
      LOGGER.log(
          INFO,
          "Volume ''{0}'': {1} bytes rounded up to {2}, whole blocks of the pool",
          spec.name(),
          Long.toString(wanted),
          Long.toString(size));
    }
    ThinVolume volume =
        new ThinVolume(
            spec.name(),
            uuid,
            pool.newThinId(),
            size,
            clock.instant().truncatedTo(ChronoUnit.SECONDS),
            pool.config().filesystem().toString(),
            Optional.empty(),
            List.of(),
            Step.CREATING,
            Optional.empty());
    volumes.save(volume);
    try {
      pool.createThin(volume.thinId());
      Path node = devices.activate(volume);
      ThinVolume filled = volume.withFilesystem(fill(volume, node, filler)).withStep(Step.READY);
      volumes.save(filled);
      return filled;
    } catch (IOException | RuntimeException e) {
      undo(volume, e);
      throw e;
    }
  }

  private void check(VolumeSpec spec) throws IOException {
    VolumeName name = spec.name();
    if (spec.driverVolumeId().isPresent() || spec.type().isPresent() || spec.iops().isPresent()) {
      throw new IllegalArgumentException(
          "Volume '%s': driver devicemapper has no id, type or iops".formatted(name));
    }
    if (spec.prepareForVm()) {
      throw new IllegalArgumentException(
          "Volume '%s': driver devicemapper can't prepare a volume for a virtual machine"
              .formatted(name));
    }
    volumes.checkFree(name);
    devices.checkFree(name);
    trash.makeRoom();
    pool.checkReserve("Volume '" + name + "'");
  }

  /** Puts the first content on a volume and returns what file system that is. */
  private String fill(ThinVolume volume, Path node, Optional<VolumeFiller> filler)
      throws IOException {
    CommandRunner commands = host.commands();
    if (filler.isEmpty()) {
      pool.config().filesystem().make(commands, node, pool.config().zeroNewBlocks());
      return volume.filesystem();
    }
    try (DeviceTarget target =
        DeviceTarget.open(host.devices(), node, volume.sizeBytes(), pool.config())) {
      filler.get().fill(target);
      target.flush();
    }
    Optional<String> restored = Filesystem.probe(commands, node);
    if (restored.isPresent()) {
      growth.grow(restored.get(), node, volume.sizeBytes());
    }
    return restored.orElse(volume.filesystem());
  }

  private void undo(ThinVolume volume, Exception cause) {
    try {
      devices.deactivate(volume);
      pool.delete(volume.thinId());
      volumes.forget(volume.name());
    } catch (IOException | RuntimeException e) {
      // The record still says that it is being created: the next start undoes it.
      cause.addSuppressed(e);
    }
  }
}
