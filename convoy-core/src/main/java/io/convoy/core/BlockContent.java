package io.convoy.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** A snapshot that is a device or an image file. */
public non-sealed interface BlockContent extends SnapshotContent {
  /** Returns the size in bytes. */
  long sizeBytes();

  /** Returns the extents that may hold something, in order, apart. All else reads as zeros. */
  List<Extent> allocated() throws IOException;

  /**
   * Returns the extents that may differ from those of another snapshot of the same volume, in
   * order, apart; those not allocated any more among them. Empty means unknown: that snapshot is
   * gone, or the storage can't tell.
   */
  Optional<List<Extent>> changedSince(UUID snapshot) throws IOException;

  /**
   * Returns the length in bytes, a power of two, of the pieces in which it costs least to read it,
   * because it is got, and told to have changed, by them; empty if any length will do. Backups are
   * cut no coarser.
   */
  default OptionalInt unitBytes() {
    return OptionalInt.empty();
  }

  /**
   * Fills the buffer's remaining bytes from an offset. Safe for several threads at a time.
   *
   * @throws java.io.EOFException if the content ends first
   */
  void read(long offsetBytes, ByteBuffer buffer) throws IOException;
}
