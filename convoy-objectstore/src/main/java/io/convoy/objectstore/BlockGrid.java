package io.convoy.objectstore;

import io.convoy.core.Extent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How a device is cut into blocks: all of one length, except that the last one may be shorter.
 *
 * @param blockBytes a power of two
 * @param sizeBytes the device's
 */
record BlockGrid(int blockBytes, long sizeBytes) {
  private static final int MIN_BLOCK_BYTES = 512;
  private static final int MAX_BLOCK_BYTES = 64 * 1024 * 1024;

  /** What a block's length has to be, for messages. */
  static final String BLOCK_SIZES =
      "a power of two from %s to %s".formatted(MIN_BLOCK_BYTES, MAX_BLOCK_BYTES);

  BlockGrid {
    if (!isBlockSize(blockBytes) || sizeBytes < 0) {
      throw new IllegalArgumentException(
          "%s bytes in blocks of %s".formatted(sizeBytes, blockBytes));
    }
  }

  static boolean isBlockSize(long bytes) {
    return bytes >= MIN_BLOCK_BYTES && bytes <= MAX_BLOCK_BYTES && Long.bitCount(bytes) == 1;
  }

  /** Returns the length of the block at an offset on the grid, 0 behind the end. */
  int lengthAt(long offsetBytes) {
    return (int) Math.max(0, Math.min(blockBytes, sizeBytes - offsetBytes));
  }

  /** Returns whether a block is one of this grid. */
  boolean fits(BlockRef block) {
    return block.offsetBytes() % blockBytes == 0
        && block.lengthBytes() == lengthAt(block.offsetBytes());
  }

  /** Returns the whole device as extents. */
  List<Extent> everything() {
    return sizeBytes == 0 ? List.of() : List.of(new Extent(0, sizeBytes));
  }

  /**
   * Returns extents of whole blocks that cover these, in order, apart, none behind the device's
   * end.
   */
  List<Extent> roundOut(List<Extent> extents) {
    List<Extent> sorted = new ArrayList<>(extents);
    sorted.sort(Comparator.comparingLong(Extent::offsetBytes));
    List<Extent> rounded = new ArrayList<>();
    long start = 0;
    long end = 0;
    for (Extent extent : sorted) {
      if (extent.offsetBytes() >= sizeBytes) {
        break;
      }
      long from = extent.offsetBytes() / blockBytes * blockBytes;
      long last = Math.min(extent.endBytes(), sizeBytes) - 1;
      long to =
          Math.min(
              last / blockBytes * blockBytes + lengthAt(last / blockBytes * blockBytes), sizeBytes);
      if (from > end) {
        add(rounded, start, end);
        start = from;
      }
      end = Math.max(end, to);
    }
    add(rounded, start, end);
    return rounded;
  }

  /** Returns what is in both; each of them is in order, and apart. */
  static List<Extent> intersect(List<Extent> first, List<Extent> second) {
    List<Extent> both = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < first.size() && j < second.size()) {
      Extent a = first.get(i);
      Extent b = second.get(j);
      add(both, Math.max(a.offsetBytes(), b.offsetBytes()), Math.min(a.endBytes(), b.endBytes()));
      if (a.endBytes() <= b.endBytes()) {
        i++;
      } else {
        j++;
      }
    }
    return both;
  }

  /** Returns what is in the first and not in the second; each of them is in order, and apart. */
  static List<Extent> subtract(List<Extent> first, List<Extent> second) {
    List<Extent> rest = new ArrayList<>();
    int j = 0;
    for (Extent extent : first) {
      long start = extent.offsetBytes();
      while (j < second.size() && second.get(j).endBytes() <= start) {
        j++;
      }
      int k = j; // one that reaches behind this extent may reach into the next
      while (k < second.size() && second.get(k).offsetBytes() < extent.endBytes()) {
        add(rest, start, second.get(k).offsetBytes());
        start = Math.max(start, second.get(k).endBytes());
        k++;
      }
      add(rest, start, extent.endBytes());
    }
    return rest;
  }

  private static void add(List<Extent> extents, long start, long end) {
    if (end > start) {
      extents.add(new Extent(start, end - start));
    }
  }
}
