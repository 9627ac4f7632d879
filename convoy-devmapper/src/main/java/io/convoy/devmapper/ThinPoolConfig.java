package io.convoy.devmapper;

import io.convoy.core.Age;
import io.convoy.core.ByteSize;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The driver's options.
 *
 * @param poolName the pool's device is /dev/mapper/NAME
 * @param blockSectors what the pool gives out at a time, in sectors of 512 bytes
 * @param zeroNewBlocks whether a block is cleared before a volume gets it; without that a volume's
 *     device shows what was deleted from others
 * @param minFreeDataPercent how much of the pool's data must be free for something new to be made
 * @param minFreeMetadataPercent the same of its metadata
 * @param trashKeep how long the data of volumes that Docker deletes is kept
 */
record ThinPoolConfig(
    Path dataDevice,
    Path metadataDevice,
    String poolName,
    long blockSectors,
    long defaultVolumeSizeBytes,
    Filesystem filesystem,
    boolean zeroNewBlocks,
    int minFreeDataPercent,
    int minFreeMetadataPercent,
    Age trashKeep) {
  static final String DATA_DEVICE = "dm.datadev";
  static final String DATA_DEVICE_SHORT = "dm.data";
  static final String METADATA_DEVICE = "dm.metadatadev";
  static final String POOL_NAME = "dm.thinpoolname";
  static final String BLOCK_SIZE = "dm.thinpoolblocksize";
  static final String DEFAULT_VOLUME_SIZE = "dm.defaultvolumesize";
  static final String FILESYSTEM = "dm.fs";
  static final String SKIP_BLOCK_ZEROING = "dm.skipblockzeroing";

  static final String MIN_FREE_DATA = "dm.minfreedata";
  static final String MIN_FREE_METADATA = "dm.minfreemetadata";

  static final String TRASH_KEEP = "trash.keep";

  /** Whether to go on with a device that holds something, which is lost by that. */
  static final String WIPE = "dm.wipe";

  /** Whether to take the pool that is there, whatever the records say of it. */
  static final String ADOPT = "dm.adopt";

  static final Set<String> OPTIONS =
      Set.of(
          DATA_DEVICE,
          DATA_DEVICE_SHORT,
          METADATA_DEVICE,
          POOL_NAME,
          BLOCK_SIZE,
          DEFAULT_VOLUME_SIZE,
          FILESYSTEM,
          SKIP_BLOCK_ZEROING,
          MIN_FREE_DATA,
          MIN_FREE_METADATA,
          TRASH_KEEP,
          WIPE,
          ADOPT);

  static final int SECTOR_BYTES = 512;

  private static final String DEFAULT_POOL_NAME = "convoy-pool";
  private static final long DEFAULT_BLOCK_SECTORS = 4096;
  static final int DEFAULT_MIN_FREE_DATA_PERCENT = 2;
  static final int DEFAULT_MIN_FREE_METADATA_PERCENT = 5;
  static final Age DEFAULT_TRASH_KEEP = Age.parse("7d");
  private static final int MAX_PERCENT = 90;
  private static final long DEFAULT_SIZE_BYTES = 100L << 30;

  // dm-thin.c: DATA_DEV_BLOCK_SIZE_MIN_SECTORS and _MAX_SECTORS; a size is a multiple of the least
  private static final long MIN_BLOCK_SECTORS = 128;
  private static final long MAX_BLOCK_SECTORS = 2097152;

  private static final Pattern DEVICE_NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,126}");

  ThinPoolConfig {
    if (!dataDevice.isAbsolute() || !metadataDevice.isAbsolute()) {
      throw new IllegalArgumentException(
          "Invalid devices '%s' and '%s': expected absolute paths"
              .formatted(dataDevice, metadataDevice));
    }
    if (dataDevice.equals(metadataDevice)) {
      throw new IllegalArgumentException(
          "Device '%s' can't be both %s and %s"
              .formatted(dataDevice, DATA_DEVICE, METADATA_DEVICE));
    }
    if (!DEVICE_NAME.matcher(poolName).matches()) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': expected 1 to 127 of the characters a-z A-Z 0-9 _ . -"
              .formatted(POOL_NAME, poolName));
    }
    if (blockSectors < MIN_BLOCK_SECTORS
        || blockSectors > MAX_BLOCK_SECTORS
        || blockSectors % MIN_BLOCK_SECTORS != 0) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': expected a multiple of %s from %s to %s (sectors of 512 bytes)"
              .formatted(
                  BLOCK_SIZE,
                  blockSectors,
                  MIN_BLOCK_SECTORS,
                  MIN_BLOCK_SECTORS,
                  MAX_BLOCK_SECTORS));
    }
    if (defaultVolumeSizeBytes <= 0) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': expected more than 0 bytes"
              .formatted(DEFAULT_VOLUME_SIZE, defaultVolumeSizeBytes));
    }
    checkPercent(MIN_FREE_DATA, minFreeDataPercent);
    checkPercent(MIN_FREE_METADATA, minFreeMetadataPercent);
  }

  private static void checkPercent(String option, int percent) {
    if (percent < 0 || percent > MAX_PERCENT) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': expected 0 to %s (percent)".formatted(option, percent, MAX_PERCENT));
    }
  }

  /**
   * Returns what the options say, and for those that are not given what is recorded, and else the
   * default.
   *
   * @throws IllegalArgumentException if an option is unknown, missing or makes no sense
   */
  static ThinPoolConfig of(Map<String, String> options, Optional<ThinPoolConfig> recorded) {
    for (String option : options.keySet()) {
      if (!OPTIONS.contains(option)) {
        throw new IllegalArgumentException(
            "Unknown option '%s': expected one of %s".formatted(option, new TreeSet<>(OPTIONS)));
      }
    }
    return new ThinPoolConfig(
        Path.of(dataDevice(options, recorded)),
        Path.of(
            value(options, METADATA_DEVICE)
                .or(() -> recorded.map(config -> config.metadataDevice().toString()))
                .orElseThrow(() -> missing(METADATA_DEVICE))),
        value(options, POOL_NAME)
            .or(() -> recorded.map(ThinPoolConfig::poolName))
            .orElse(DEFAULT_POOL_NAME),
        value(options, BLOCK_SIZE)
            .map(text -> sectors(BLOCK_SIZE, text))
            .or(() -> recorded.map(ThinPoolConfig::blockSectors))
            .orElse(DEFAULT_BLOCK_SECTORS),
        value(options, DEFAULT_VOLUME_SIZE)
            .map(text -> ByteSize.parse(text).bytes())
            .or(() -> recorded.map(ThinPoolConfig::defaultVolumeSizeBytes))
            .orElse(DEFAULT_SIZE_BYTES),
        value(options, FILESYSTEM)
            .map(Filesystem::parse)
            .or(() -> recorded.map(ThinPoolConfig::filesystem))
            .orElse(Filesystem.EXT4),
        value(options, SKIP_BLOCK_ZEROING)
            .map(text -> !isTrue(SKIP_BLOCK_ZEROING, text))
            .or(() -> recorded.map(ThinPoolConfig::zeroNewBlocks))
            .orElse(true),
        value(options, MIN_FREE_DATA)
            .map(text -> percent(MIN_FREE_DATA, text))
            .or(() -> recorded.map(ThinPoolConfig::minFreeDataPercent))
            .orElse(DEFAULT_MIN_FREE_DATA_PERCENT),
        value(options, MIN_FREE_METADATA)
            .map(text -> percent(MIN_FREE_METADATA, text))
            .or(() -> recorded.map(ThinPoolConfig::minFreeMetadataPercent))
            .orElse(DEFAULT_MIN_FREE_METADATA_PERCENT),
        value(options, TRASH_KEEP)
            .map(Age::parse)
            .or(() -> recorded.map(ThinPoolConfig::trashKeep))
            .orElse(DEFAULT_TRASH_KEEP));
  }

  private static String dataDevice(Map<String, String> options, Optional<ThinPoolConfig> recorded) {
    Optional<String> full = value(options, DATA_DEVICE);
    Optional<String> brief = value(options, DATA_DEVICE_SHORT);
    if (full.isPresent() && brief.isPresent() && !full.equals(brief)) {
      throw new IllegalArgumentException(
          "Options %s='%s' and %s='%s' mean the same: expected one of them"
              .formatted(DATA_DEVICE, full.get(), DATA_DEVICE_SHORT, brief.get()));
    }
    return full.or(() -> brief)
        .or(() -> recorded.map(config -> config.dataDevice().toString()))
        .orElseThrow(() -> missing(DATA_DEVICE));
  }

  private static Optional<String> value(Map<String, String> options, String name) {
    return Optional.ofNullable(options.get(name)).filter(text -> !text.isEmpty());
  }

  private static IllegalArgumentException missing(String option) {
    return new IllegalArgumentException(
        "Option %s is missing: expected a block device, for example --driver-opts %s=/dev/loop5"
            .formatted(option, option));
  }

  private static long sectors(String option, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': expected a number of sectors of 512 bytes".formatted(option, text), e);
    }
  }

  private static int percent(String option, String text) {
    try {
      return Integer.parseInt(text.endsWith("%") ? text.substring(0, text.length() - 1) : text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': expected a number (percent)".formatted(option, text), e);
    }
  }

  /** Returns whether an option that is true or false is given as true. */
  static boolean isTrue(Map<String, String> options, String name) {
    return value(options, name).map(text -> isTrue(name, text)).orElse(false);
  }

  private static boolean isTrue(String option, String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException(
              "Invalid %s '%s': expected true or false".formatted(option, text));
    };
  }

  long blockBytes() {
    return blockSectors * SECTOR_BYTES;
  }

  /** Returns a size rounded up to whole blocks of the pool. */
  long roundUp(long bytes) {
    long blocks = (bytes - 1) / blockBytes() + 1;
    return Math.multiplyExact(blocks, blockBytes());
  }
}
