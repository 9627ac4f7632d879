package io.convoy.ebs;

import io.convoy.core.BlockContent;
import io.convoy.core.Extent;
import io.convoy.core.Progress;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A snapshot, read block by block from Amazon. Nothing is asked before it is needed: a backup that
 * stays at Amazon reads no block.
 */
final class SnapshotBlocks implements BlockContent {
  /** Each block is fetched once, even when it is read in parts. */
  private static final int KEPT = 64;

  /** Each call takes as long as its way to Amazon: many at a time take no longer. */
  private static final int READERS = 8;

  private final DirectApi direct;
  private final String snapshotId;
  private final long sizeBytes;
  private final Completion completion;
  private final Siblings siblings;
  private final ExecutorService readers =
      Executors.newFixedThreadPool(
          READERS,
          task -> {
            Thread thread = new Thread(task, "convoy-ebs-blocks");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<Integer, ByteBuffer> kept = new LinkedHashMap<>();
  private Optional<NavigableMap<Integer, String>> tokens = Optional.empty();

  /** Waits until the snapshot can be read. */
  interface Completion {
    void await(Progress progress) throws IOException;
  }

  /** Knows the other snapshots of the volume. */
  interface Siblings {
    /** Returns Amazon's ID of a snapshot, empty if there is none of that UUID any more. */
    Optional<String> idOf(UUID uuid) throws IOException;
  }

  SnapshotBlocks(
      DirectApi direct,
      String snapshotId,
      long sizeBytes,
      Completion completion,
      Siblings siblings) {
    this.direct = direct;
    this.snapshotId = snapshotId;
    this.sizeBytes = sizeBytes;
    this.completion = completion;
    this.siblings = siblings;
  }

  @Override
  public OptionalInt unitBytes() {
    return OptionalInt.of(DirectApi.BLOCK_BYTES);
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public List<Extent> allocated() throws IOException {
    return extents(tokens().keySet());
  }

  @Override
  public Optional<List<Extent>> changedSince(UUID snapshot) throws IOException {
    Optional<String> before = siblings.idOf(snapshot);
    if (before.isEmpty()) {
      return Optional.empty();
    }
    tokens();
    return Optional.of(extents(direct.changedBlocks(before.get(), snapshotId)));
  }

  private List<Extent> extents(Iterable<Integer> indexes) {
    List<Extent> extents = new ArrayList<>();
    long start = 0;
    long end = 0;
    for (int index : indexes) {
      long offset = (long) index * DirectApi.BLOCK_BYTES;
      if (offset != end || end == 0) {
        if (end > start) {
          extents.add(new Extent(start, end - start));
        }
        start = offset;
      }
      end = Math.min(offset + DirectApi.BLOCK_BYTES, sizeBytes);
    }
    if (end > start) {
      extents.add(new Extent(start, end - start));
    }
    return extents;
  }

  private synchronized NavigableMap<Integer, String> tokens() throws IOException {
    if (tokens.isEmpty()) {
      completion.await(Progress.NONE);
      tokens = Optional.of(direct.blocks(snapshotId));
    }
    return tokens.get();
  }

  /** The tokens have expired, which they do after some days. */
  private synchronized void renewTokens() throws IOException {
    tokens = Optional.of(direct.blocks(snapshotId));
  }

  @Override
  public void read(long offsetBytes, ByteBuffer buffer) throws IOException {
    if (offsetBytes + buffer.remaining() > sizeBytes) {
      throw new EOFException(
          "Snapshot %s ends at %s, asked for were %s bytes at %s"
              .formatted(snapshotId, sizeBytes, buffer.remaining(), offsetBytes));
    }
    long end = offsetBytes + buffer.remaining();
    int first = index(offsetBytes);
    List<Future<Optional<ByteBuffer>>> blocks = new ArrayList<>();
    for (int index = first; (long) index * DirectApi.BLOCK_BYTES < end; index++) {
      int wanted = index;
      blocks.add(readers.submit(() -> block(wanted)));
    }
    long offset = offsetBytes;
    while (buffer.hasRemaining()) {
      int within = (int) (offset % DirectApi.BLOCK_BYTES);
      int count = Math.min(buffer.remaining(), DirectApi.BLOCK_BYTES - within);
      Optional<ByteBuffer> block = result(blocks.get(index(offset) - first));
      if (block.isPresent()) {
        buffer.put(block.get().slice(within, count));
      } else {
        buffer.put(new byte[count]);
      }
      offset += count;
    }
  }

  private static int index(long offset) {
    return Math.toIntExact(offset / DirectApi.BLOCK_BYTES);
  }

  private static <T> T result(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      // A new one, with the stack of whoever asked.
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      throw Describer.interrupted();
    }
  }

  /** Returns a block, empty if it holds nothing. */
  private Optional<ByteBuffer> block(int index) throws IOException {
    synchronized (kept) {
      ByteBuffer there = kept.get(index);
      if (there != null) {
        return Optional.of(there);
      }
    }
    String token = tokens().get(index);
    if (token == null) {
      return Optional.empty();
    }
    ByteBuffer block;
    try {
      block = direct.read(snapshotId, index, token);
    } catch (Ec2Exception e) {
      if (!e.code().equals("ValidationException")) {
        throw e;
      }
      renewTokens();
      block = direct.read(snapshotId, index, tokens().get(index));
    }
    synchronized (kept) {
      kept.put(index, block);
      if (kept.size() > KEPT) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
    return Optional.of(block);
  }

  @Override
  public void close() {
    readers.shutdownNow();
  }
}
