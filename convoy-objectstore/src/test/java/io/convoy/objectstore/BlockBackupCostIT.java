package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.nio.file.Files;
import java.nio.file.Path;
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

/**
 * Counts what an incremental backup of 1 GiB that changed on a large sparse volume takes, in a
 * process of its own whose memory is looked at, and prints it.
 */
@Timeout(600)
final class BlockBackupCostIT {
  private static final long GIB = 1L << 30;
  private static final long BLOCK = BlockBackup.BLOCK_BYTES;
  private static final long CHANGED_BLOCKS = GIB / BLOCK;

  /** One block of so many is allocated, unless the volume is too small for that. */
  private static final long MAX_STRIDE = 128;

  private static final long MAX_PROCESS_BYTES = 512L << 20;

  private static final UUID VOLUME = UUID.randomUUID();

  @Test
  void create_littleChanged_costsWhatChangedAndNotWhatThereIs() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                BlockBackupCostIT.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    System.out.println(printed);
    assertThat(process.waitFor()).as(printed).isZero();
  }

  /** Measures, and ends with another status than 0 if something costs too much. */
  public static void main(String[] args) throws IOException {
    System.out.println(
        "size      changed   full: requests  incremental: requests  stored  read MiB");
    for (long sizeBytes : new long[] {10 * GIB, 100 * GIB, 1024 * GIB}) {
      measure(sizeBytes);
    }
    long peak = peakBytes();
    System.out.printf("largest size of the process: %d MiB%n", peak >> 20);
    assertThat(peak).isLessThan(MAX_PROCESS_BYTES);
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
    BackupResult result = create(requests, "b2", second, after);

    System.out.printf(
        "%4d GiB  %4d MiB  %14d  %21d  %2d MiB  %8d%n",
        sizeBytes / GIB,
        result.newBytes() >> 20,
        fullRequests.operations(),
        requests.operations(),
        result.storedBytes() >> 20,
        after.readBytes.get() >> 20);
    long allocatedBlocks = sizeBytes / BLOCK / stride(sizeBytes);
    assertThat(result.newBlocks()).isEqualTo(CHANGED_BLOCKS);
    // What is stored, and a few dozens for the lock, its beats, the base, the map and the header.
    assertThat(requests.operations()).isLessThan(CHANGED_BLOCKS + 300);
    assertThat(after.readBytes.get())
        .isLessThan((CHANGED_BLOCKS + allocatedBlocks / 50 + 64) * BLOCK);
  }

  /** Returns how much memory this process had at most, of whatever kind. */
  private static long peakBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .findFirst()
        .orElseThrow();
  }

  private static long stride(long sizeBytes) {
    return Math.min(MAX_STRIDE, sizeBytes / BLOCK / (2 * CHANGED_BLOCKS));
  }

  private static FailingObjectStore counting(ObjectStore store) {
    return new FailingObjectStore(store, -1, FailingObjectStore.Mode.BEFORE);
  }

  private static List<Extent> changes(long sizeBytes) {
    List<Extent> changes = new ArrayList<>();
    for (long i = 0; i < CHANGED_BLOCKS; i++) {
      changes.add(new Extent(i * stride(sizeBytes) * BLOCK, BLOCK));
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
    return Device.backups(store, BlockBackup.BLOCK_BYTES, StoreLock.Timing.DEFAULT)
        .create(request, content, Progress.NONE);
  }

  /** A volume whose allocated blocks hold their own numbers and a generation. */
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
      for (long offset = 0; offset < sizeBytes; offset += stride(sizeBytes) * BLOCK) {
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
}
