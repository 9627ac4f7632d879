package io.convoy.devmapper;

import static java.nio.file.StandardOpenOption.READ;

import io.convoy.core.BlockContent;
import io.convoy.core.Extent;
import io.convoy.devmapper.ThinMetadata.Comparison;
import io.convoy.devmapper.ThinPool.HeldMetadata;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A snapshot, read through a device of its own. */
final class ThinContent implements BlockContent {
  private final ThinSnapshot snapshot;
  private final FileChannel channel;
  private final ThinPool pool;
  private final Siblings siblings;
  private final Release release;
  private Optional<List<Extent>> mapped = Optional.empty();
  private boolean closed;

  private ThinContent(
      ThinSnapshot snapshot,
      FileChannel channel,
      ThinPool pool,
      Siblings siblings,
      Release release) {
    this.snapshot = snapshot;
    this.channel = channel;
    this.pool = pool;
    this.siblings = siblings;
    this.release = release;
  }

  /** Knows the snapshots of the same volume. */
  interface Siblings {
    List<ThinSnapshot> list() throws IOException;
  }

  /** Gives up the device. */
  interface Release {
    void release() throws IOException;
  }

  static ThinContent open(
      ThinSnapshot snapshot, Path node, ThinPool pool, Siblings siblings, Release release)
      throws IOException {
    return new ThinContent(snapshot, FileChannel.open(node, READ), pool, siblings, release);
  }

  @Override
  public long sizeBytes() {
    return snapshot.sizeBytes();
  }

  @Override
  public List<Extent> allocated() throws IOException {
    if (mapped.isEmpty()) {
      try (HeldMetadata held = pool.holdMetadata()) {
        mapped = Optional.of(held.metadata().mapped(snapshot.thinId(), snapshot.sizeBytes()));
      }
    }
    return mapped.get();
  }

  @Override
  public Optional<List<Extent>> changedSince(UUID base) throws IOException {
    try (HeldMetadata held = pool.holdMetadata()) {
      // Looked up while the metadata is held: what is listed now is in it.
      Optional<ThinSnapshot> other =
          siblings.list().stream()
              .filter(sibling -> sibling.uuid().equals(base) && sibling.step() == Step.READY)
              .findFirst();
      if (other.isEmpty()) {
        return Optional.empty();
      }
      Comparison comparison =
          held.metadata().compare(snapshot.thinId(), other.get().thinId(), snapshot.sizeBytes());
      // Told by the way; a snapshot does not change.
      mapped = Optional.of(comparison.mapped());
      return Optional.of(comparison.differences());
    }
  }

  @Override
  public void read(long offsetBytes, ByteBuffer buffer) throws IOException {
    long offset = offsetBytes;
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, offset);
      if (read < 0) {
        throw new EOFException(
            "Snapshot '%s' ends at %s, expected %s bytes more"
                .formatted(snapshot.name(), offset, buffer.remaining()));
      }
      offset += read;
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        channel.close();
      } finally {
        release.release();
      }
    }
  }
}
