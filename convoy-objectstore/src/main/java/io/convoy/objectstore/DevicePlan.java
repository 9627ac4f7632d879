package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import io.convoy.core.Extent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Which blocks of a device are read, and which are as they were in an earlier backup. All others
 * are zeros.
 *
 * @param read in order, apart, on the grid
 * @param kept in order, apart, on the grid, apart from {@code read}
 */
record DevicePlan(BlockGrid grid, List<Extent> read, List<Extent> kept) {
  DevicePlan {
    read = List.copyOf(read);
    kept = List.copyOf(kept);
  }

  /** Returns the plan of a backup that is made upon no other. */
  static DevicePlan full(BlockGrid grid, List<Extent> allocated) {
    return new DevicePlan(grid, grid.roundOut(allocated), List.of());
  }

  /**
   * Returns the plan of a backup that is made upon an earlier one.
   *
   * @param changed what may differ from the earlier one, all that the device has grown by included
   */
  static DevicePlan delta(BlockGrid grid, List<Extent> allocated, List<Extent> changed) {
    List<Extent> there = grid.roundOut(allocated);
    List<Extent> touched = grid.roundOut(changed);
    return new DevicePlan(
        grid, BlockGrid.intersect(there, touched), BlockGrid.subtract(there, touched));
  }

  /** Hears of the blocks in order. */
  interface Visitor {
    /** Some blocks are to be read, no more than are read at a time. */
    void read(long offsetBytes, int lengthBytes) throws IOException;

    /**
     * A block is as it was.
     *
     * @param block what the earlier backup has there; empty if it was all zeros
     */
    void kept(long offsetBytes, Optional<BlockRef> block) throws IOException;
  }

  /** Walks a plan that keeps nothing. */
  void walk(Visitor visitor) throws IOException {
    for (Extent extent : read) {
      walkRead(extent, visitor);
    }
  }

  /** Walks the plan beside the map of the earlier backup, in little memory. */
  void walk(BlockList earlier, Visitor visitor) throws IOException {
    Cursor cursor = new Cursor(earlier, grid.blockBytes());
    int next = 0;
    for (Extent extent : kept) {
      while (next < read.size() && read.get(next).offsetBytes() < extent.offsetBytes()) {
        walkRead(read.get(next++), visitor);
      }
      for (long at = extent.offsetBytes(); at < extent.endBytes(); at += grid.blockBytes()) {
        visitor.kept(at, cursor.blockAt(at));
      }
    }
    while (next < read.size()) {
      walkRead(read.get(next++), visitor);
    }
    cursor.end();
  }

  private void walkRead(Extent extent, Visitor visitor) throws IOException {
    int run = BlockUploader.runBytes(grid.blockBytes());
    for (long at = extent.offsetBytes(); at < extent.endBytes(); at += run) {
      visitor.read(at, (int) Math.min(run, extent.endBytes() - at));
    }
  }

  /** Finds blocks at offsets that only rise. */
  private static final class Cursor {
    private final BlockList map;
    private final int blockBytes;
    private Optional<BlockRef> next;

    Cursor(BlockList map, int blockBytes) throws IOException {
      this.map = map;
      this.blockBytes = blockBytes;
      advance();
    }

    private void advance() throws IOException {
      next = map.next();
      if (next.isPresent() && next.get().offsetBytes() % blockBytes != 0) {
        throw new CorruptDataException(
            "the map has a block at %s, expected multiples of %s"
                .formatted(next.get().offsetBytes(), blockBytes));
      }
    }

    /** Reads the rest: only then the map has proved whole. */
    void end() throws IOException {
      while (next.isPresent()) {
        advance();
      }
    }

    Optional<BlockRef> blockAt(long offset) throws IOException {
      while (next.isPresent() && next.get().offsetBytes() < offset) {
        advance();
      }
      return next.filter(block -> block.offsetBytes() == offset);
    }
  }
}
