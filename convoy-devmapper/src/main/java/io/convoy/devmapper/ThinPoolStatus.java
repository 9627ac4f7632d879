package io.convoy.devmapper;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a thin pool is, by the kernel's word. Data blocks are of the pool's size, metadata blocks of
 * 4 KiB.
 *
 * @param transactionId a number that whoever changes the pool counts up
 * @param heldMetadataBlock where the reserved picture of the metadata begins, if there is one
 */
record ThinPoolStatus(
    long transactionId,
    long usedMetadataBlocks,
    long totalMetadataBlocks,
    long usedDataBlocks,
    long totalDataBlocks,
    Optional<Long> heldMetadataBlock,
    Mode mode,
    boolean needsCheck) {
  static final int METADATA_BLOCK_BYTES = 4096;

  // Documentation/admin-guide/device-mapper/thin-provisioning.rst, "Status"
  private static final Pattern STATUS =
      Pattern.compile(
          "(\\d+) (\\d+)/(\\d+) (\\d+)/(\\d+) (-|\\d+) (rw|ro|out_of_data_space)(?: .*)?");

  /** What the pool lets its volumes do. */
  enum Mode {
    READ_WRITE("rw"),
    READ_ONLY("ro"),
    OUT_OF_DATA_SPACE("out_of_data_space");

    private final String text;

    Mode(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Parses a thin-pool target's status.
   *
   * @throws IOException if the pool has given up, or says something else
   */
  static ThinPoolStatus parse(String pool, String status) throws IOException {
    Matcher matcher = STATUS.matcher(status.strip());
    if (!matcher.matches()) {
      throw new IOException(
          "Thin pool '%s' says of itself '%s', expected its numbers: the pool can't be used; look at the kernel's log and check its metadata with thin_check"
              .formatted(pool, status.strip()));
    }
    String held = matcher.group(6);
    return new ThinPoolStatus(
        Long.parseLong(matcher.group(1)),
        Long.parseLong(matcher.group(2)),
        Long.parseLong(matcher.group(3)),
        Long.parseLong(matcher.group(4)),
        Long.parseLong(matcher.group(5)),
        held.equals("-") ? Optional.empty() : Optional.of(Long.parseLong(held)),
        mode(matcher.group(7)),
        List.of(status.split(" ", -1)).contains("needs_check"));
  }

  private static Mode mode(String text) {
    for (Mode mode : Mode.values()) {
      if (mode.text.equals(text)) {
        return mode;
      }
    }
    throw new IllegalStateException("mode " + text);
  }

  /** Returns whether the kernel takes no change of the pool, not even to look at its metadata. */
  boolean isReadOnly() {
    return mode == Mode.READ_ONLY;
  }

  long freeDataBlocks() {
    return totalDataBlocks - usedDataBlocks;
  }

  long freeMetadataBlocks() {
    return totalMetadataBlocks - usedMetadataBlocks;
  }

  /** Returns how much of the data is free, in percent, rounded down. */
  long freeDataPercent() {
    return freeDataBlocks() * 100 / totalDataBlocks;
  }

  /** Returns how much of the metadata is free, in percent, rounded down. */
  long freeMetadataPercent() {
    return freeMetadataBlocks() * 100 / totalMetadataBlocks;
  }
}
