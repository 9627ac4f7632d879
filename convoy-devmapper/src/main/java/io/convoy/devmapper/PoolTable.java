package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.lang.System.Logger;
import java.util.List;

/**
 * The pool's table: how the kernel is told of its devices. A full pool fails what is written to it
 * at once. Would it wait for room, whoever suspends a volume would wait with it.
 */
final class PoolTable {
  private static final Logger LOGGER = System.getLogger(PoolTable.class.getName());
  private static final String TYPE = "thin-pool";
  private static final String SKIP_ZEROING = "skip_block_zeroing";
  private static final String FAIL_WHEN_FULL = "error_if_no_space";

  // dm-thin-metadata.h: THIN_METADATA_MAX_SECTORS; what a device has beyond that is not used.
  private static final long MAX_METADATA_BLOCKS = 255 * ((1L << 14) - 64);

  private final Surroundings host;
  private final ThinPoolConfig config;
  private Target lastTaken = Target.whole(0, TYPE, "");
  private long lastMetadataBlocks;

  PoolTable(Surroundings host, ThinPoolConfig config) {
    this.host = host;
    this.config = config;
  }

  /** Returns the table for the devices as large as they are now. */
  Target wanted() throws IOException {
    long dataBytes = host.devices().sizeBytes(config.dataDevice());
    return Target.whole(
        dataBytes / config.blockBytes() * config.blockSectors(),
        TYPE,
        prefix()
            + " 0 "
            + (config.zeroNewBlocks()
                ? "1 " + FAIL_WHEN_FULL
                : "2 " + SKIP_ZEROING + " " + FAIL_WHEN_FULL));
  }

  private String prefix() throws IOException {
    return "%s %s %s"
        .formatted(
            host.devices().number(config.metadataDevice()),
            host.devices().number(config.dataDevice()),
            config.blockSectors());
  }

  /** Returns normally if the device of the pool's name is a thin pool on these devices. */
  void checkRunning() throws IOException {
    List<Target> table = host.deviceMapper().table(config.poolName());
    if (table.size() != 1
        || !table.get(0).type().equals(TYPE)
        || !table.get(0).parameters().startsWith(prefix() + " ")) {
      throw new IOException(
          "Device '%s' is there already and is %s, expected a thin pool with '%s' (metadata device, data device, sectors a block); choose another %s, or give the devices and the block size that it has"
              .formatted(config.poolName(), table, prefix(), ThinPoolConfig.POOL_NAME));
    }
  }

  /**
   * Has a running pool take what its devices have grown by, and the options. A device that has
   * shrunk changes nothing.
   */
  synchronized void update() throws IOException {
    Target current = host.deviceMapper().table(config.poolName()).get(0);
    Target wanted = wanted();
    wanted =
        Target.whole(
            Math.max(wanted.lengthSectors(), current.lengthSectors()),
            wanted.type(),
            wanted.parameters());
    long metadataBlocks =
        Math.min(
            host.devices().sizeBytes(config.metadataDevice()) / ThinPoolStatus.METADATA_BLOCK_BYTES,
            MAX_METADATA_BLOCKS);
    if (isSame(current, wanted) && !hasGrown(metadataBlocks)) {
      return;
    }
    if (wanted.equals(lastTaken) && metadataBlocks == lastMetadataBlocks) {
      // The kernel was given this once, and did not take all of it: it says why in its log.
      return;
    }
    lastTaken = wanted;
    lastMetadataBlocks = metadataBlocks;
    host.deviceMapper().reload(config.poolName(), wanted);
    LOGGER.log(
        INFO,
        "Thin pool ''{0}'': now {1} sectors, metadata device of {2} blocks, table ''{3}''",
        config.poolName(),
        Long.toString(wanted.lengthSectors()),
        Long.toString(metadataBlocks),
        wanted.parameters());
  }

  private static boolean isSame(Target current, Target wanted) {
    List<String> now = List.of(current.parameters().split(" ", -1));
    return current.lengthSectors() == wanted.lengthSectors()
        && now.contains(FAIL_WHEN_FULL)
        && now.contains(SKIP_ZEROING) == wanted.parameters().contains(SKIP_ZEROING);
  }

  private boolean hasGrown(long metadataBlocks) throws IOException {
    List<Target> status = host.deviceMapper().status(config.poolName());
    return metadataBlocks
        > ThinPoolStatus.parse(config.poolName(), status.get(0).parameters()).totalMetadataBlocks();
  }
}
