package io.convoy.devmapper;

import com.google.common.collect.ImmutableList;
import io.convoy.core.ByteSize;
import java.util.List;
import java.util.Optional;

/** What is wrong with a thin pool, the worst first, and what mends it. */
final class PoolHealth {
  /** With less free, in percent, there is a warning although nothing is refused yet. */
  static final int EARLY_WARNING_PERCENT = 10;

  /** The kernel keeps a few blocks of metadata back for deletions: with fewer free it is full. */
  private static final long FULL_METADATA_BLOCKS = 128;

  private final ImmutableList<Trouble> troubles;

  private PoolHealth(List<Trouble> troubles) {
    this.troubles = ImmutableList.copyOf(troubles);
  }

  /**
   * One thing that is wrong.
   *
   * @param key the same as long as it lasts, whatever the numbers
   * @param refuses whether nothing new is made while it lasts
   * @param what how the pool is, to stand behind its name
   * @param remedy what to do
   */
  record Trouble(String key, boolean refuses, String what, String remedy) {
    @Override
    public String toString() {
      return what + ": " + remedy;
    }
  }

  static PoolHealth of(ThinPoolStatus status, ThinPoolConfig config) {
    ImmutableList.Builder<Trouble> troubles = ImmutableList.builder();
    mode(status, config).ifPresent(troubles::add);
    space(
            "data",
            status.freeDataPercent(),
            status.freeDataBlocks() * config.blockBytes(),
            status.totalDataBlocks() * config.blockBytes(),
            ThinPoolConfig.MIN_FREE_DATA,
            config.minFreeDataPercent(),
            "delete volumes or snapshots, or extend '%s'".formatted(config.dataDevice()))
        .ifPresent(troubles::add);
    space(
            "metadata",
            status.freeMetadataPercent(),
            status.freeMetadataBlocks() * ThinPoolStatus.METADATA_BLOCK_BYTES,
            status.totalMetadataBlocks() * ThinPoolStatus.METADATA_BLOCK_BYTES,
            ThinPoolConfig.MIN_FREE_METADATA,
            config.minFreeMetadataPercent(),
            "delete volumes or snapshots, or extend '%s'".formatted(config.metadataDevice()))
        .ifPresent(troubles::add);
    return new PoolHealth(troubles.build());
  }

  private static Optional<Trouble> mode(ThinPoolStatus status, ThinPoolConfig config) {
    if (status.needsCheck()) {
      return Optional.of(
          new Trouble(
              "needs-check",
              true,
              "can't be written to, its metadata needs a check after an error",
              "stop Convoy, 'dmsetup remove' its volumes and then '%1$s', run 'thin_check --clear-needs-check-flag %2$s' and start Convoy; if that finds errors, run 'thin_repair -i %2$s -o OTHER' and start Convoy with the other device and --driver-opts %3$s=true"
                  .formatted(config.poolName(), config.metadataDevice(), ThinPoolConfig.ADOPT)));
    }
    return switch (status.mode()) {
      case READ_WRITE -> Optional.empty();
      case READ_ONLY ->
          Optional.of(
              status.freeMetadataBlocks() < FULL_METADATA_BLOCKS
                  ? new Trouble(
                      "metadata-full",
                      true,
                      "is read-only, its metadata is full (%s of %s blocks used)"
                          .formatted(status.usedMetadataBlocks(), status.totalMetadataBlocks()),
                      "extend '%s'; the new size is taken within seconds"
                          .formatted(config.metadataDevice()))
                  : new Trouble(
                      "read-only",
                      true,
                      "is read-only after an error",
                      "the kernel's log (dmesg) says which; when '%s' and '%s' are well, stop Convoy, 'dmsetup remove' the volumes and '%s', and start Convoy"
                          .formatted(
                              config.dataDevice(), config.metadataDevice(), config.poolName())));
      case OUT_OF_DATA_SPACE ->
          Optional.of(
              new Trouble(
                  "data-full",
                  true,
                  "can't be written to, it is full (%s blocks)".formatted(status.totalDataBlocks()),
                  "delete volumes or snapshots, or extend '%s', whose new size is taken within seconds"
                      .formatted(config.dataDevice())));
    };
  }

  private static Optional<Trouble> space(
      String what,
      long freePercent,
      long freeBytes,
      long totalBytes,
      String option,
      int reservePercent,
      String remedy) {
    String facts =
        "has %s %% of its %s free (%s of %s)"
            .formatted(freePercent, what, new ByteSize(freeBytes), new ByteSize(totalBytes));
    if (freePercent < reservePercent) {
      return Optional.of(
          new Trouble(
              what + "-reserve",
              true,
              "%s, the reserve %s is %s %%".formatted(facts, option, reservePercent),
              remedy));
    }
    return freePercent < EARLY_WARNING_PERCENT
        ? Optional.of(new Trouble(what + "-low", false, facts, remedy))
        : Optional.empty();
  }

  ImmutableList<Trouble> troubles() {
    return troubles;
  }

  /** Returns what nothing new is made for, if there is such a thing. */
  Optional<Trouble> refusal() {
    return troubles.stream().filter(Trouble::refuses).findFirst();
  }
}
