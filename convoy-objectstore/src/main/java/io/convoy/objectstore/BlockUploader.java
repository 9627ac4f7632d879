package io.convoy.objectstore;

import io.convoy.core.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stores the blocks of one backup: hash → known? → compress → put, on several threads, with a
 * bounded number of bytes in flight. Hands the blocks' references on in the order in which their
 * content came.
 */
final class BlockUploader implements AutoCloseable {
  /** Takes references in order. */
  interface RefSink {
    /**
     * The next block of the backup; it is in the store, or on its way and then this backup fails.
     */
    void accept(BlockRef block) throws IOException;
  }

  private static final long MAX_BYTES_IN_FLIGHT = 64L * 1024 * 1024;
  private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
  private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

  private final BlockNaming naming;
  private final KnownBlocks known;
  private final ObjectStore store;
  private final BackupLayout layout;
  private final Compression compression;
  private final BlockCodec codec = new BlockCodec();
  private final RefSink sink;
  private final Progress progress;
  private final ExecutorService threads;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final Set<String> claimed = ConcurrentHashMap.newKeySet();
  private final AtomicLong newBytes = new AtomicLong();
  private final AtomicLong storedBytes = new AtomicLong();
  private final AtomicLong newBlocks = new AtomicLong();
  private final AtomicLong reusedBlocks = new AtomicLong();
  private long bytesInFlight;
  private long offsetBytes;

  private record Pending(Future<BlockRef> block, int lengthBytes) {}

  BlockUploader(
      ObjectStore store,
      BackupLayout layout,
      BlockNaming naming,
      Compression compression,
      KnownBlocks known,
      RefSink sink,
      Progress progress) {
    this.store = store;
    this.layout = layout;
    this.naming = naming;
    this.compression = compression;
    this.known = known;
    this.sink = sink;
    this.progress = progress;
    this.threads =
        Executors.newFixedThreadPool(
            THREADS, task -> new Thread(task, "convoy-backup-" + THREAD_NUMBER.incrementAndGet()));
  }

  /** Takes the next content; waits while too much is on its way. */
  void upload(ByteBuffer content) throws IOException {
    progress.checkCancelled();
    int length = content.remaining();
    while (bytesInFlight > 0 && bytesInFlight + length > MAX_BYTES_IN_FLIGHT) {
      takeOne();
    }
    long offset = offsetBytes;
    pending.add(new Pending(threads.submit(() -> store(offset, content)), length));
    offsetBytes += length;
    bytesInFlight += length;
    while (!pending.isEmpty() && pending.peek().block.isDone()) {
      takeOne();
    }
  }

  /** Returns when all content is dealt with. */
  BackupHeader.Totals finish() throws IOException {
    while (!pending.isEmpty()) {
      takeOne();
    }
    return new BackupHeader.Totals(
        offsetBytes, newBytes.get(), storedBytes.get(), newBlocks.get(), reusedBlocks.get());
  }

  private void takeOne() throws IOException {
    Pending first = pending.remove();
    BlockRef block = get(first.block);
    bytesInFlight -= first.lengthBytes;
    sink.accept(block);
    progress.report(block.endBytes(), -1);
  }

  private BlockRef store(long offset, ByteBuffer content) throws IOException {
    int length = content.remaining();
    String name = naming.name(content);
    if (!claimed.add(name) || known.has(name, length)) {
      reusedBlocks.incrementAndGet();
    } else {
      byte[] stored = codec.encode(compression, content);
      store.putUnsynced(layout.block(name), stored);
      newBlocks.incrementAndGet();
      newBytes.addAndGet(length);
      storedBytes.addAndGet(stored.length);
    }
    return new BlockRef(offset, length, name);
  }

  /** Returns what a task came to; its failure is this thread's. */
  static <T> T get(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("cancelled");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IOException(e.getCause());
    }
  }

  /** Stops whatever still runs; a store gets no more writes when this returns. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, java.util.concurrent.TimeUnit.HOURS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
