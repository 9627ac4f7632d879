package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;

import io.convoy.devmapper.DeviceMapper.Access;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Brings the pool's device into being on its two devices, and never over something else that they
 * hold.
 */
final class PoolActivation {
  private static final Logger LOGGER = System.getLogger(PoolActivation.class.getName());

  /** Less is refused by the kernel, or is full at once. */
  private static final long MIN_METADATA_BYTES = 2L << 20;

  private final Surroundings host;
  private final ThinPoolConfig config;
  private final PoolTable table;
  private final boolean wipe;
  private final boolean adopt;

  PoolActivation(
      Surroundings host, ThinPoolConfig config, PoolTable table, boolean wipe, boolean adopt) {
    this.host = host;
    this.table = table;
    this.config = config;
    this.wipe = wipe;
    this.adopt = adopt;
  }

  /**
   * Sees to it that the pool's device is there, and records the options before it is made.
   *
   * @param hasVolumes whether records name volumes, so that the pool must be there already
   */
  void activate(Path root, PoolState state, boolean hasVolumes) throws IOException {
    DeviceNumber data = host.devices().number(config.dataDevice());
    DeviceNumber metadata = host.devices().number(config.metadataDevice());
    if (data.equals(metadata)) {
      throw new IllegalArgumentException(
          "'%s' and '%s' are one device (%s): data and metadata need one each"
              .formatted(config.dataDevice(), config.metadataDevice(), data));
    }
    long dataBytes = host.devices().sizeBytes(config.dataDevice());
    boolean running =
        new DeviceRemoval(host.deviceMapper())
            .unlessHalfMade(config.poolName(), deviceUuid())
            .isPresent();
    if (running) {
      table.checkRunning();
    } else {
      checkDevices(state, hasVolumes, dataBytes);
    }
    state.saveConfig(root, config, host.node(config.poolName()), dataBytes);
    if (running) {
      table.update();
    } else {
      start();
      LOGGER.log(
          INFO,
          "Thin pool ''{0}'': started on {1} and {2}",
          config.poolName(),
          config.dataDevice(),
          config.metadataDevice());
    }
  }

  private String deviceUuid() {
    return "CONVOY-pool-" + config.poolName();
  }

  private void start() throws IOException {
    try {
      host.deviceMapper()
          .create(config.poolName(), deviceUuid(), table.wanted(), Access.READ_WRITE);
    } catch (DeviceMapperException e) {
      if (e.isBusy()) {
        throw new IOException(
            "'%s' or '%s' is in use by something else (a mounted partition, RAID, swap; lsblk shows what): expected devices that nothing else uses; the kernel said: %s"
                .formatted(config.dataDevice(), config.metadataDevice(), e.getMessage()),
            e);
      }
      throw e;
    }
  }

  private void checkDevices(PoolState state, boolean hasVolumes, long dataBytes)
      throws IOException {
    checkUnused(config.dataDevice());
    checkUnused(config.metadataDevice());
    if (dataBytes < config.blockBytes()) {
      throw new IllegalArgumentException(
          "'%s' has %s bytes, expected at least one block of %s"
              .formatted(config.dataDevice(), dataBytes, config.blockBytes()));
    }
    long metadataBytes = host.devices().sizeBytes(config.metadataDevice());
    if (metadataBytes < MIN_METADATA_BYTES) {
      throw new IllegalArgumentException(
          "'%s' has %s bytes, expected at least %s for the pool's metadata"
              .formatted(config.metadataDevice(), metadataBytes, MIN_METADATA_BYTES));
    }
    switch (MetadataSuperblock.content(config.metadataDevice())) {
      case POOL -> checkPool(state, hasVolumes);
      case NOTHING -> startNew(state, hasVolumes);
      case SOMETHING_ELSE -> {
        if (hasVolumes || !wipe) {
          throw refusal(
              "'%s' holds something that is no pool's metadata"
                  + Filesystem.probe(host.commands(), config.metadataDevice())
                      .map(found -> " (" + found + ")")
                      .orElse(""));
        }
        startNew(state, hasVolumes);
      }
    }
  }

  private void checkUnused(Path device) throws IOException {
    DeviceNumber number = host.devices().number(device);
    List<String> holders = host.devices().holders(number);
    if (!holders.isEmpty()) {
      throw new IllegalArgumentException(
          "'%s' is a part of %s (see /sys/block): expected a device that nothing else uses"
              .formatted(device, holders));
    }
    List<Path> mountPoints = host.mounts().mountPointsOf(number.toString());
    if (!mountPoints.isEmpty()) {
      throw new IllegalArgumentException(
          "'%s' is mounted at %s: expected a device that nothing else uses"
              .formatted(device, mountPoints.get(0)));
    }
  }

  private void checkPool(PoolState state, boolean hasVolumes) throws IOException {
    MetadataSuperblock superblock =
        MetadataSuperblock.of(config.metadataDevice())
            .orElseThrow(() -> refusal("'%s' changed while it was read"));
    boolean known =
        state
            .config()
            .filter(recorded -> recorded.metadataDevice().equals(config.metadataDevice()))
            .isPresent();
    if (!known && !adopt) {
      if (hasVolumes || !wipe) {
        throw new IOException(
            "'%s' holds the metadata of a pool that no record here knows. To use that pool as it is: --driver-opts %s=true. To lose all that is in it, if no volume is recorded: --driver-opts %s=true"
                .formatted(config.metadataDevice(), ThinPoolConfig.ADOPT, ThinPoolConfig.WIPE));
      }
      startNew(state, hasVolumes);
      return;
    }
    if (known
        && !adopt
        && !wipe
        && !config.dataDevice().equals(state.config().orElseThrow().dataDevice())) {
      // No volume is recorded, so nothing of the pool's is there; something else may be.
      checkEmpty(config.dataDevice());
    }
    if (superblock.blockSectors() != config.blockSectors()) {
      throw new IllegalArgumentException(
          "The pool on '%s' has blocks of %s sectors, %s says %s: a pool's block size can't be changed"
              .formatted(
                  config.metadataDevice(),
                  superblock.blockSectors(),
                  ThinPoolConfig.BLOCK_SIZE,
                  config.blockSectors()));
    }
  }

  /** Leaves the metadata device as the kernel wants it for a new pool. */
  private void startNew(PoolState state, boolean hasVolumes) throws IOException {
    if (hasVolumes) {
      throw new IOException(
          "'%s' holds no pool, but the records name volumes of one: expected the metadata device that they were made with"
              .formatted(config.metadataDevice()));
    }
    if (!wipe) {
      checkEmpty(config.dataDevice());
      // Not all begin at the device's start.
      checkEmpty(config.metadataDevice());
    } else {
      MetadataSuperblock.wipe(config.metadataDevice());
    }
    state.saveTransactionId(0);
  }

  private void checkEmpty(Path device) throws IOException {
    Optional<String> found = Filesystem.probe(host.commands(), device);
    if (found.isPresent()) {
      throw new IOException(
          "'%s' holds something (%s). To lose it: --driver-opts %s=true"
              .formatted(device, found.get(), ThinPoolConfig.WIPE));
    }
  }

  private IOException refusal(String fact) {
    return new IOException(
        (fact + ". To lose it, if no volume is recorded: --driver-opts %s=true")
            .formatted(config.metadataDevice(), ThinPoolConfig.WIPE));
  }
}
