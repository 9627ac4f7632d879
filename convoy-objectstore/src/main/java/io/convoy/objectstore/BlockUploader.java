package io.convoy.objectstore;

import io.convoy.core.BlockContent;
import io.convoy.core.Progress;
import io.convoy.core.TargetFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stores the blocks of one backup: hash → known? → compress → put, on several threads, with a
 * bounded number of bytes in flight. Hands the blocks' references on in the order in which their
 * content came.
 *
 * <p>There are more threads than processors, because most of them wait for the store; those that
 * read and compute share a few workbenches, so that a block is still in the processor's cache when
 * it comes to the next step.
 */
final class BlockUploader implements AutoCloseable {
  /** Takes references in order. */
  interface RefSink {
    /**
     * The next block of the backup; it is in the store, or on its way and then this backup fails.
     */
    void accept(BlockRef block) throws IOException;
  }

  private static final int RUN_BYTES = 2 * 1024 * 1024;
  private static final int MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;
  private static final int MAX_THREADS = 16;
  private static final int MAX_PENDING = 4096;
  private static final int WORKBENCHES = Runtime.getRuntime().availableProcessors() + 1;
  private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

  private final BlockNaming naming;
  private final KnownBlocks known;
  private final ObjectStore store;
  private final BackupLayout layout;
  private final RefSink sink;
  private final Progress progress;
  private final ExecutorService threads;
  private final Pool<Workbench> workbenches;
  private final Pool<Room> rooms;
  private final Flusher flusher;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final AtomicLong newBytes = new AtomicLong();
  private final AtomicLong storedBytes = new AtomicLong();
  private final AtomicLong newBlocks = new AtomicLong();
  private final AtomicLong reusedBlocks = new AtomicLong();
  private final long totalBytes;
  private long bytesInFlight;
  private long offsetBytes;

  private record Pending(Future<List<BlockRef>> blocks, int lengthBytes, long endBytes) {}

  /** Where one run of blocks is read, hashed and compressed. */
  private static final class Workbench {
    private final BlockEncoder encoder;
    private ByteBuffer content;

    Workbench(BlockEncoder encoder, ByteBuffer content) {
      this.encoder = encoder;
      this.content = content;
    }
  }

  /** What holds a run's blocks as they are stored, while that goes on. */
  private static final class Room {
    private ByteBuffer stored;

    Room(ByteBuffer stored) {
      this.stored = stored;
    }

    /** Takes what a workbench has read as what is stored, and leaves it other memory. */
    void swap(Workbench bench) {
      ByteBuffer content = bench.content;
      bench.content = stored;
      stored = content;
    }
  }

  /**
   * Prepares to store blocks.
   *
   * @param maxBlockBytes the longest there may be
   * @param totalBytes what there is to deal with, or -1 if that is not known
   */
  BlockUploader(
      ObjectStore store,
      BackupLayout layout,
      BlockNaming naming,
      Compression compression,
      KnownBlocks known,
      RefSink sink,
      Progress progress,
      int maxBlockBytes,
      long totalBytes) {
    this.store = store;
    this.layout = layout;
    this.naming = naming;
    this.known = known;
    this.sink = sink;
    this.progress = progress;
    this.totalBytes = totalBytes;
    int runBytes = runBytes(maxBlockBytes);
    int storedBytes = runBytes / maxBlockBytes * BlockEncoder.maxStoredBytes(maxBlockBytes);
    int atOnce = Math.max(2, Math.min(MAX_THREADS, MAX_BYTES_IN_FLIGHT / runBytes));
    this.threads =
        Executors.newFixedThreadPool(
            atOnce, task -> new Thread(task, "convoy-backup-" + THREAD_NUMBER.incrementAndGet()));
    this.workbenches =
        new Pool<>(
            WORKBENCHES,
            () -> new Workbench(new BlockEncoder(compression), TargetFile.allocate(storedBytes)));
    this.rooms = new Pool<>(atOnce, () -> new Room(TargetFile.allocate(storedBytes)));
    this.flusher = new Flusher(store::sync);
  }

  /** Takes the next content as one block; waits while too much is on its way. */
  void upload(ByteBuffer content) throws IOException {
    long offset = offsetBytes;
    int length = content.remaining();
    submit(
        () ->
            store(
                (bench, room) -> {
                  ByteBuffer block = bench.content.clear().put(content).flip();
                  return List.of(encode(offset, block, true, bench, room));
                }),
        offset,
        length);
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
    submit(
        () ->
            store(
                (bench, room) -> {
                  content.read(offsetBytes, bench.content.clear().limit(lengthBytes));
                  return encode(grid, offsetBytes, bench.content.flip(), bench, room);
                }),
        offsetBytes,
        lengthBytes);
  }

  /** Returns how much is read at a time. */
  static int runBytes(int blockBytes) {
    return Math.max(blockBytes, RUN_BYTES / blockBytes * blockBytes);
  }

  /** Takes a block as it is in an earlier backup. */
  void keep(BlockRef block) throws IOException {
    reusedBlocks.incrementAndGet();
    add(new Pending(CompletableFuture.completedFuture(List.of(block)), 0, block.endBytes()));
  }

  private interface Task {
    List<BlockRef> run() throws IOException;
  }

  private interface Work {
    List<Encoded> run(Workbench bench, Room room) throws IOException;
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
    flusher.finish();
    return new BackupHeader.Totals(
        totalBytes < 0 ? offsetBytes : totalBytes,
        newBytes.get(),
        storedBytes.get(),
        newBlocks.get(),
        reusedBlocks.get());
  }

  private void takeOne() throws IOException {
    Pending first = pending.remove();
    List<BlockRef> blocks = Tasks.get(first.blocks);
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
  private record Encoded(BlockRef ref, Optional<ByteBuffer> stored) {}

  private List<BlockRef> store(Work work) throws IOException {
    Room room = rooms.take();
    try {
      List<BlockRef> refs = new ArrayList<>();
      for (Encoded block : encode(work, room)) {
        put(block);
        refs.add(block.ref);
      }
      return refs;
    } finally {
      rooms.giveBack(room);
    }
  }

  private List<Encoded> encode(Work work, Room room) throws IOException {
    Workbench bench = workbenches.take();
    try {
      room.stored.clear();
      return work.run(bench, room);
    } finally {
      workbenches.giveBack(bench);
    }
  }

  private List<Encoded> encode(
      BlockGrid grid, long offset, ByteBuffer run, Workbench bench, Room room) throws IOException {
    List<Encoded> blocks = new ArrayList<>();
    boolean alone = run.limit() <= grid.blockBytes();
    for (int start = 0; start < run.limit(); start += grid.blockBytes()) {
      ByteBuffer block = run.slice(start, grid.lengthAt(offset + start));
      if (!Zeros.isAllZeros(block)) {
        blocks.add(encode(offset + start, block, alone, bench, room));
      }
    }
    return blocks;
  }

  private Encoded encode(long offset, ByteBuffer content, boolean alone, Workbench bench, Room room)
      throws IOException {
    BlockRef ref = new BlockRef(offset, content.remaining(), naming.name(content));
    if (!known.claim(ref.name(), ref.lengthBytes())) {
      return new Encoded(ref, Optional.empty());
    }
    Optional<ByteBuffer> compressed = bench.encoder.compress(content, room.stored);
    if (compressed.isPresent()) {
      return new Encoded(ref, compressed);
    }
    if (alone) {
      room.swap(bench);
      return new Encoded(ref, Optional.of(content));
    }
    return new Encoded(ref, Optional.of(BlockEncoder.copy(content, room.stored)));
  }

  private void put(Encoded block) throws IOException {
    if (block.stored.isEmpty()) {
      reusedBlocks.incrementAndGet();
      return;
    }
    ByteBuffer stored = block.stored.get();
    flusher.written(store.putUnsynced(layout.block(block.ref.name()), stored));
    newBlocks.incrementAndGet();
    newBytes.addAndGet(block.ref.lengthBytes());
    storedBytes.addAndGet(stored.remaining());
  }

  /** Stops whatever still runs; a store gets no more writes when this returns. */
  @Override
  public void close() {
    Tasks.stop(threads);
    flusher.close();
    workbenches.drain(bench -> bench.encoder.close());
  }
}
