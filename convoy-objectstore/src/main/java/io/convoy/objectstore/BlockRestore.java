package io.convoy.objectstore;

import io.convoy.core.BlockTarget;
import io.convoy.core.CorruptDataException;
import io.convoy.core.Extent;
import io.convoy.core.Progress;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Puts a device back: its blocks are got, checked and written on several threads, with a bounded
 * number of bytes in flight. What no block is for is not written: a fresh target has zeros there.
 */
final class BlockRestore {
  private static final long MAX_BYTES_IN_FLIGHT = 64L * 1024 * 1024;
  private static final int MAX_THREADS = 16;

  /** More than there are threads: none waits for one block that takes longer than those behind. */
  private static final int MAX_PENDING = 4 * MAX_THREADS;

  /** Of how many extents a target hears; they are in memory all at once. */
  private static final int MAX_EXTENTS = 100_000;

  private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

  private final BlockDownload download;
  private final BlockGrid grid;
  private final BlockTarget target;
  private final Progress progress;
  private final Flusher flusher;
  private final Deque<Writing> writings = new ArrayDeque<>();

  private record Writing(Future<?> done, long endBytes) {}

  /** The blocks of a backup in order. */
  @FunctionalInterface
  interface Blocks {
    /** Returns the next one, or empty at the end. */
    Optional<BlockRef> next() throws IOException;
  }

  /**
   * Prepares to restore.
   *
   * @throws IllegalArgumentException if the target is too small
   */
  BlockRestore(BlockDownload download, BlockGrid grid, BlockTarget target, Progress progress) {
    if (target.sizeBytes() < grid.sizeBytes()) {
      throw new IllegalArgumentException(
          "The backup is of %s bytes, the target holds %s: restore to a larger volume"
              .formatted(grid.sizeBytes(), target.sizeBytes()));
    }
    this.download = download;
    this.grid = grid;
    this.target = target;
    this.progress = progress;
    this.flusher = new Flusher(target::flush);
  }

  /** Returns on how many threads a device is restored. */
  static int threads(BlockGrid grid) {
    return (int) Math.max(2, Math.min(MAX_THREADS, MAX_BYTES_IN_FLIGHT / grid.blockBytes()));
  }

  /**
   * Tells the target where blocks are to come. Before the first of them is got, so that a list that
   * is damaged is known then, and a target that is too small.
   */
  void prepare(Blocks blocks) throws IOException {
    List<Extent> extents = new ArrayList<>();
    long startBytes = 0;
    long endBytes = 0;
    for (Optional<BlockRef> next = blocks.next(); next.isPresent(); next = blocks.next()) {
      progress.checkCancelled();
      BlockRef block = next.get();
      long nextEnd = checkedEnd(block, endBytes);
      if (block.offsetBytes() > endBytes) {
        add(extents, startBytes, endBytes);
        startBytes = block.offsetBytes();
      }
      endBytes = nextEnd;
    }
    add(extents, startBytes, endBytes);
    target.prepare(extents);
  }

  private static void add(List<Extent> extents, long startBytes, long endBytes) {
    if (endBytes > startBytes && extents.size() < MAX_EXTENTS) {
      extents.add(new Extent(startBytes, endBytes - startBytes));
    }
  }

  /** Returns when everything is on the target's stable storage. */
  void run(Blocks blocks) throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            threads(grid),
            task -> new Thread(task, "convoy-restore-" + THREAD_NUMBER.incrementAndGet()));
    try {
      long endBytes = 0;
      for (Optional<BlockRef> next = blocks.next(); next.isPresent(); next = blocks.next()) {
        progress.checkCancelled();
        BlockRef block = next.get();
        endBytes = checkedEnd(block, endBytes);
        writings.add(new Writing(threads.submit(() -> restore(block)), block.endBytes()));
        if (writings.size() >= MAX_PENDING) {
          takeOne();
        }
      }
      while (!writings.isEmpty()) {
        takeOne();
      }
      flusher.finish();
    } finally {
      Tasks.stop(threads);
      flusher.close();
    }
    target.flush();
    progress.report(grid.sizeBytes(), grid.sizeBytes());
  }

  private long checkedEnd(BlockRef block, long endBytes) throws CorruptDataException {
    if (!grid.fits(block) || block.offsetBytes() < endBytes) {
      throw new CorruptDataException(
          "The backup has a block of %s bytes at %s, expected whole blocks of %s, in order, of a device of %s"
              .formatted(
                  block.lengthBytes(), block.offsetBytes(), grid.blockBytes(), grid.sizeBytes()));
    }
    return block.endBytes();
  }

  private Void restore(BlockRef block) throws IOException {
    int length = block.lengthBytes();
    download.get(
        block,
        content -> {
          target.write(block.offsetBytes(), content);
          return null;
        });
    flusher.written(length);
    return null;
  }

  private void takeOne() throws IOException {
    Writing first = writings.remove();
    Tasks.get(first.done);
    progress.report(first.endBytes, grid.sizeBytes());
  }
}
