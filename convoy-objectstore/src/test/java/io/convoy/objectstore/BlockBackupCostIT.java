package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupName;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BlockContent;
import io.convoy.core.Extent;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.objectstore.testing.FailingObjectStore;
import io.convoy.objectstore.testing.InMemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counts what an incremental backup of a large sparse volume takes, and prints it. */
@Timeout(600)
final class BlockBackupCostIT {
  private static final long GIB = 1L << 30;
  private static final long BLOCK = BlockBackup.BLOCK_BYTES;

  /** One block of so many is allocated. */
  private static final long STRIDE = 128;

  private static final UUID VOLUME = UUID.randomUUID();

  @Test
  void create_littleChanged_costsWhatChangedAndNotWhatThereIs() throws IOException {
    System.out.println(
        "size      changed   full: requests  incremental: requests  read MiB  heap MiB");
    for (long sizeBytes : new long[] {10 * GIB, 100 * GIB, 1024 * GIB}) {
      measure(sizeBytes);
    }
  }

  private static void measure(long sizeBytes) throws IOException {
    InMemoryObjectStore objects = new InMemoryObjectStore();
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    Simulated before = new Simulated(sizeBytes, 0, Map.of());
    FailingObjectStore fullRequests = counting(objects);
    create(fullRequests, "b1", first, before);
    Simulated after = new Simulated(sizeBytes, 1, Map.of(first, changes(sizeBytes)));
    FailingObjectStore requests = counting(objects);
    Heap heap = new Heap();
    BackupResult result;
    try (heap) {
      result = create(requests, "b2", second, after);
    }

    System.out.printf(
        "%4d GiB  %4d MiB  %14d  %21d  %8d  %8d%n",
        sizeBytes / GIB,
        result.newBytes() >> 20,
        fullRequests.operations(),
        requests.operations(),
        after.readBytes.get() >> 20,
        heap.peakBytes() >> 20);
    long allocatedBlocks = sizeBytes / BLOCK / STRIDE;
    assertThat(result.newBlocks()).isEqualTo(changes(sizeBytes).size());
    assertThat(requests.operations()).isLessThan(sizeBytes / BLOCK / 100 + 200);
    assertThat(after.readBytes.get())
        .isLessThan((result.newBlocks() + allocatedBlocks / 50 + 64) * BLOCK);
    assertThat(heap.peakBytes()).isLessThan(512L << 20);
  }

  private static FailingObjectStore counting(ObjectStore store) {
    return new FailingObjectStore(store, -1, FailingObjectStore.Mode.BEFORE);
  }

  private static List<Extent> changes(long sizeBytes) {
    List<Extent> changes = new ArrayList<>();
    long blocks = Math.min(GIB / BLOCK, sizeBytes / BLOCK / STRIDE / 2);
    for (long i = 0; i < blocks; i++) {
      changes.add(new Extent(i * STRIDE * BLOCK, BLOCK));
    }
    return changes;
  }

  private static BackupResult create(
      ObjectStore store, String name, UUID snapshot, BlockContent content) throws IOException {
    Volume volume =
        new Volume(
            new VolumeName("vol1"),
            VOLUME,
            Instant.EPOCH,
            OptionalLong.of(content.sizeBytes()),
            Map.of(),
            List.of());
    BackupRequest request =
        new BackupRequest(
            new BackupName(name),
            volume,
            "devicemapper",
            new Snapshot(
                new SnapshotName("snap-" + name),
                snapshot,
                volume.name(),
                Instant.EPOCH,
                OptionalLong.empty(),
                Map.of()),
            Trees.DESTINATION);
    return Device.backups(store, BlockBackup.BLOCK_BYTES).create(request, content, Progress.NONE);
  }

  /** A volume of which one block in sixteen holds its own number and a generation. */
  private static final class Simulated implements BlockContent {
    private final long sizeBytes;
    private final int generation;
    private final Map<UUID, List<Extent>> changes;
    private final Set<Long> changedOffsets = new HashSet<>();
    private final AtomicLong readBytes = new AtomicLong();

    Simulated(long sizeBytes, int generation, Map<UUID, List<Extent>> changes) {
      this.sizeBytes = sizeBytes;
      this.generation = generation;
      this.changes = changes;
      changes.values().forEach(list -> list.forEach(e -> changedOffsets.add(e.offsetBytes())));
    }

    @Override
    public long sizeBytes() {
      return sizeBytes;
    }

    @Override
    public List<Extent> allocated() {
      List<Extent> extents = new ArrayList<>();
      for (long offset = 0; offset < sizeBytes; offset += STRIDE * BLOCK) {
        extents.add(new Extent(offset, BLOCK));
      }
      return extents;
    }

    @Override
    public Optional<List<Extent>> changedSince(UUID snapshot) {
      return Optional.ofNullable(changes.get(snapshot));
    }

    @Override
    public void read(long offsetBytes, ByteBuffer buffer) {
      readBytes.addAndGet(buffer.remaining());
      while (buffer.hasRemaining()) {
        long offset = offsetBytes + buffer.position();
        boolean changed = changedOffsets.contains(offset);
        ByteBuffer block = buffer.slice(buffer.position(), (int) BLOCK);
        block.put(new byte[(int) BLOCK]);
        for (int i = 0; i < BLOCK; i += 4096) {
          block.putLong(i, offset / BLOCK + 1).putInt(i + 8, changed ? generation : 0);
        }
        buffer.position(buffer.position() + (int) BLOCK);
      }
    }

    @Override
    public void close() {}
  }

  /** Watches how much of the heap is in use after collections, above what it was before. */
  private static final class Heap implements AutoCloseable {
    private final long before;
    private final Thread watch;
    private volatile long peak;
    private volatile boolean ended;

    Heap() {
      System.gc();
      before = used();
      watch =
          new Thread(
              () -> {
                while (!ended) {
                  System.gc();
                  peak = Math.max(peak, used() - before);
                  try {
                    Thread.sleep(300);
                  } catch (InterruptedException e) {
                    return;
                  }
                }
              });
      watch.start();
    }

    private static long used() {
      Runtime runtime = Runtime.getRuntime();
      return runtime.totalMemory() - runtime.freeMemory();
    }

    long peakBytes() {
      return peak;
    }

    @Override
    public void close() {
      ended = true;
      try {
        watch.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
