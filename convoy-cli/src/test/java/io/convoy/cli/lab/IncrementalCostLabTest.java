package io.convoy.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupDestination;
import io.convoy.core.BackupResult;
import io.convoy.core.Convoy;
import io.convoy.core.MountRequest;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an incremental backup of a large volume reads, stores and takes. */
@Tag("kernel-lab")
final class IncrementalCostLabTest {
  private static final VolumeName VOLUME = new VolumeName("large");
  private static final long VOLUME_BYTES = 10L << 30;

  /** A quarter of the volume: a full backup of it takes long enough to be compared with. */
  private static final long WRITTEN_BYTES = 5L << 29;

  private static final int CHANGED_BYTES = 10 << 20;
  private static final long BLOCK_BYTES = 2L << 20;

  /** The file system's journal, maps and tables lie in no more blocks of the pool than these. */
  private static final long FILESYSTEM_BLOCKS = 12;

  /** Of the blocks that are kept, as many are compared with the earlier backup. */
  private static final long PROOF_BLOCKS = 16;

  /** What the kernel reads ahead of its own accord, at each end of what is read. */
  private static final long READ_AHEAD_BYTES = 512 << 10;

  @TempDir Path directory;

  @Test
  void createBackup_tenMebibytesChangedInTenGibibytes_costsThoseBlocks() throws Exception {
    BackupDestination store =
        BackupDestination.parse("vfs://" + Files.createDirectory(directory.resolve("store")));
    try (ThinHost host =
        ThinHost.create(directory.resolve("host"), 12L << 30, Map.of("dm.fs", "ext4"))) {
      Convoy convoy = host.open();
      host.create(VOLUME, VOLUME_BYTES);
      Path mountPoint = convoy.mount(VOLUME, MountRequest.command(Optional.empty()));
      fill(mountPoint.resolve("old"));
      Snapshot first = convoy.createSnapshot(VOLUME, Optional.of(new SnapshotName("first")));
      long start = System.nanoTime();
      BackupResult full = convoy.createBackup(first.name(), store, Progress.NONE);
      long fullNanos = System.nanoTime() - start;

      byte[] change = new byte[CHANGED_BYTES];
      new Random(1).nextBytes(change);
      try (FileChannel file =
          FileChannel.open(
              mountPoint.resolve("new"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        // At once: small synchronous writes change as much of the journal as of the file.
        file.write(ByteBuffer.wrap(change));
        file.force(true);
      }
      Snapshot second = convoy.createSnapshot(VOLUME, Optional.of(new SnapshotName("second")));
      convoy.unmount(VOLUME, MountRequest.COMMAND);
      long changedBlocks = host.changedBlocks(first, second);
      long readBefore = host.readBytes();
      start = System.nanoTime();
      BackupResult incremental = convoy.createBackup(second.name(), store, Progress.NONE);
      long nanos = System.nanoTime() - start;
      long readBytes = host.readBytes() - readBefore;

      System.out.printf(
          "incremental after %d MiB in a volume of %d GiB with %d MiB allocated: %d blocks of 2 MiB"
              + " changed, %d KiB read, %d KiB new, %d KiB stored, %d ms; the full one %d KiB new,"
              + " %d KiB stored, %d ms: 1/%.1f of its time%n",
          CHANGED_BYTES >> 20,
          VOLUME_BYTES >> 30,
          host.mappedBytes(VOLUME) >> 20,
          changedBlocks,
          readBytes >> 10,
          incremental.newBytes() >> 10,
          incremental.storedBytes() >> 10,
          Duration.ofNanos(nanos).toMillis(),
          full.newBytes() >> 10,
          full.storedBytes() >> 10,
          Duration.ofNanos(fullNanos).toMillis(),
          (double) fullNanos / nanos);
      assertThat(changedBlocks)
          .isBetween(CHANGED_BYTES / BLOCK_BYTES, CHANGED_BYTES / BLOCK_BYTES + FILESYSTEM_BLOCKS);
      assertThat(full.newBytes()).isGreaterThanOrEqualTo(WRITTEN_BYTES);
      assertThat(incremental.newBytes())
          .isBetween((long) CHANGED_BYTES, changedBlocks * BLOCK_BYTES);
      // Random bytes do not compress.
      assertThat(incremental.storedBytes())
          .isBetween((long) CHANGED_BYTES, changedBlocks * BLOCK_BYTES);
      assertThat(readBytes)
          .isBetween(
              (long) CHANGED_BYTES,
              (changedBlocks + PROOF_BLOCKS) * (BLOCK_BYTES + READ_AHEAD_BYTES));
    }
  }

  /** Writes bytes that compress well, no two blocks of which are the same. */
  private static void fill(Path file) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(1 << 20);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long at = 0; at < WRITTEN_BYTES; at += block.capacity()) {
        for (int i = 0; i < block.capacity(); i += 64) {
          block.putLong(i, at + i);
        }
        out.write(block.array());
      }
    }
  }
}
