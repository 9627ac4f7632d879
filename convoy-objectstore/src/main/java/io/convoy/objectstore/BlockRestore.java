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

  /** Of how many blocks the target hears at a time: a GiB of small ones, several of others. */
  private static final int MAX_PREPARED = 4096;

  private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

  private final BlockDownload download;
  private final BlockGrid grid;
  private final BlockTarget target;
  private final Progress progress;
  private final Flusher flusher;
  private final Deque<Writing> writings = new ArrayDeque<>();
  private long endBytes;

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

  /** Returns when everything is on the target's stable storage. */
  void run(Blocks blocks) throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            threads(grid),
            task -> new Thread(task, "convoy-restore-" + THREAD_NUMBER.incrementAndGet()));
    try {
      for (List<BlockRef> next = take(blocks); !next.isEmpty(); next = take(blocks)) {
        target.prepare(extents(next));
        for (BlockRef block : next) {
          progress.checkCancelled();
          writings.add(new Writing(threads.submit(() -> restore(block)), block.endBytes()));
          if (writings.size() >= MAX_PENDING) {
            takeOne();
          }
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

  private List<BlockRef> take(Blocks blocks) throws IOException {
    List<BlockRef> taken = new ArrayList<>();
    while (taken.size() < MAX_PREPARED) {
      Optional<BlockRef> block = blocks.next();
      if (block.isEmpty()) {
        break;
      }
      taken.add(checked(block.get()));
    }
    return taken;
  }

  private static List<Extent> extents(List<BlockRef> blocks) {
    List<Extent> extents = new ArrayList<>();
    long start = blocks.get(0).offsetBytes();
    long end = start;
    for (BlockRef block : blocks) {
      if (block.offsetBytes() > end) {
        extents.add(new Extent(start, end - start));
        start = block.offsetBytes();
      }
      end = block.endBytes();
    }
    extents.add(new Extent(start, end - start));
    return extents;
  }

  private BlockRef checked(BlockRef block) throws CorruptDataException {
    if (!grid.fits(block) || block.offsetBytes() < endBytes) {
      throw new CorruptDataException(
          "The backup has a block of %s bytes at %s, expected whole blocks of %s, in order, of a device of %s"
              .formatted(
                  block.lengthBytes(), block.offsetBytes(), grid.blockBytes(), grid.sizeBytes()));
    }
    endBytes = block.endBytes();
    return block;
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
