package io.convoy.objectstore;

import io.convoy.core.BlockContent;
import io.convoy.core.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stores the blocks of one backup: hash → known? → compress → put, on several threads, with a
 * bounded number of bytes in flight. Hands the blocks' references on in the order in which their
 * content came.
 *
 * <p>There are more threads than processors, because most of them wait for the store; those that
 * compute share as many buffers as there are processors.
 */
final class BlockUploader implements AutoCloseable {
  /** Takes references in order. */
  interface RefSink {
    /**
     * The next block of the backup; it is in the store, or on its way and then this backup fails.
     */
    void accept(BlockRef block) throws IOException;
  }

  /** Sequential reads are of so much, where the block's length allows it. */
  static final int RUN_BYTES = 4 * 1024 * 1024;

  private static final long MAX_BYTES_IN_FLIGHT = 64L * 1024 * 1024;
  private static final int MAX_PENDING = 4096;
  private static final int THREADS = (int) (MAX_BYTES_IN_FLIGHT / RUN_BYTES);
  private static final int BUFFERS =
      Math.min(THREADS, Runtime.getRuntime().availableProcessors() + 1);
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
  private final AtomicLong newBytes = new AtomicLong();
  private final AtomicLong storedBytes = new AtomicLong();
  private final AtomicLong newBlocks = new AtomicLong();
  private final AtomicLong reusedBlocks = new AtomicLong();
  private Optional<BufferPool> buffers = Optional.empty();
  private long totalBytes = -1;
  private long bytesInFlight;
  private long offsetBytes;

  private record Pending(Future<List<BlockRef>> blocks, int lengthBytes, long endBytes) {}

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

  /** Prepares for the blocks of a device. */
  void start(BlockGrid grid) {
    buffers = Optional.of(new BufferPool(BUFFERS, runBytes(grid.blockBytes())));
    totalBytes = grid.sizeBytes();
  }

  /** Takes the next content; waits while too much is on its way. */
  void upload(ByteBuffer content) throws IOException {
    long offset = offsetBytes;
    submit(
        () -> {
          Encoded block = encode(offset, content);
          put(block);
          return List.of(block.ref);
        },
        offset,
        content.remaining());
  }

  /**
   * Reads some blocks of a device, and takes those that are not all zeros; waits while too much is
   * on its way.
   *
   * @param grid how the device is cut
   * @param lengthBytes at most {@link #runBytes}
   */
  void upload(BlockContent content, BlockGrid grid, long offsetBytes, int lengthBytes)
      throws IOException {
    BufferPool pool = buffers.orElseThrow();
    submit(
        () -> {
          List<BlockRef> refs = new ArrayList<>();
          for (Encoded block : encode(content, grid, offsetBytes, lengthBytes, pool)) {
            put(block);
            refs.add(block.ref);
          }
          return refs;
        },
        offsetBytes,
        lengthBytes);
  }

  /** Returns how much is read at a time. */
  static int runBytes(int blockBytes) {
    return Math.max(blockBytes, RUN_BYTES);
  }

  /** Takes a block as it is in an earlier backup. */
  void keep(BlockRef block) throws IOException {
    reusedBlocks.incrementAndGet();
    add(new Pending(CompletableFuture.completedFuture(List.of(block)), 0, block.endBytes()));
  }

  private interface Task {
    List<BlockRef> run() throws IOException;
  }

  private void submit(Task task, long offset, int length) throws IOException {
    while (bytesInFlight > 0 && bytesInFlight + length > MAX_BYTES_IN_FLIGHT) {
      takeOne();
    }
    bytesInFlight += length;
    add(new Pending(threads.submit(task::run), length, offset + length));
  }

  private void add(Pending next) throws IOException {
    progress.checkCancelled();
    offsetBytes = next.endBytes;
    pending.add(next);
    while (!pending.isEmpty() && (pending.size() > MAX_PENDING || pending.peek().blocks.isDone())) {
      takeOne();
    }
  }

  /** Returns when all content is dealt with. */
  BackupHeader.Totals finish() throws IOException {
    while (!pending.isEmpty()) {
      takeOne();
    }
    return new BackupHeader.Totals(
        totalBytes < 0 ? offsetBytes : totalBytes,
        newBytes.get(),
        storedBytes.get(),
        newBlocks.get(),
        reusedBlocks.get());
  }

  private void takeOne() throws IOException {
    Pending first = pending.remove();
    List<BlockRef> blocks = get(first.blocks);
    bytesInFlight -= first.lengthBytes;
    for (BlockRef block : blocks) {
      sink.accept(block);
    }
    progress.report(first.endBytes, totalBytes);
  }

  /**
   * A block and what is to be stored of it.
   *
   * @param stored empty if the store has it
   */
  private record Encoded(BlockRef ref, Optional<byte[]> stored) {}

  private List<Encoded> encode(
      BlockContent content, BlockGrid grid, long offset, int length, BufferPool pool)
      throws IOException {
    ByteBuffer buffer = pool.take();
    try {
      content.read(offset, buffer.limit(length));
      buffer.flip();
      List<Encoded> blocks = new ArrayList<>();
      for (int start = 0; start < length; start += grid.blockBytes()) {
        ByteBuffer block = buffer.slice(start, grid.lengthAt(offset + start));
        if (!Zeros.isAllZeros(block)) {
          blocks.add(encode(offset + start, block));
        }
      }
      return blocks;
    } finally {
      pool.giveBack(buffer);
    }
  }

  private Encoded encode(long offset, ByteBuffer content) throws IOException {
    BlockRef ref = new BlockRef(offset, content.remaining(), naming.name(content));
    return new Encoded(
        ref,
        known.claim(ref.name(), ref.lengthBytes())
            ? Optional.of(codec.encode(compression, content))
            : Optional.empty());
  }

  private void put(Encoded block) throws IOException {
    if (block.stored.isEmpty()) {
      reusedBlocks.incrementAndGet();
      return;
    }
    store.putUnsynced(layout.block(block.ref.name()), block.stored.get());
    newBlocks.incrementAndGet();
    newBytes.addAndGet(block.ref.lengthBytes());
    storedBytes.addAndGet(block.stored.get().length);
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
  /** Stops threads, and waits for what they are doing: nothing is stored or written afterwards. */
  static void stop(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.HOURS)) {
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

  @Override
  public void close() {
    stop(threads);
  }
}
