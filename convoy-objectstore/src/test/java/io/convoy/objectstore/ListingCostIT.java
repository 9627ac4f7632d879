package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BlockContent;
import io.convoy.core.Extent;
import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.objectstore.FaultyProxy.Fault;
import io.convoy.objectstore.S3TestServer.Authorization;
import io.convoy.objectstore.testing.InMemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lists a thousand backups of one volume, counts the requests and prints how long it took. */
@Timeout(300)
final class ListingCostIT {
  private static final int BACKUPS = 1000;
  private static final int MAX_REQUESTS = 1100;
  private static final long SIZE_BYTES = 100L << 30;

  @TempDir private Path temp;
  private final InMemoryObjectStore made = new InMemoryObjectStore();

  @Test
  void list_thousandBackups_readsEachHeaderOnceAndLittleElse() throws Exception {
    Device device = new Device("vol1", 1);
    for (int i = 0; i < BACKUPS; i++) {
      Device.backups(made)
          .create(
              device.request("b%04d".formatted(i), UUID.randomUUID()), new Empty(), Progress.NONE);
    }

    BackupDestination directory = BackupDestination.parse("vfs://" + temp);
    copyTo(new DirectoryObjectStore(temp, new ProcessCommandRunner()));
    print("a directory", 0, list(directory));

    try (FaultyProxy proxy = new FaultyProxy(S3TestServer.shared(Authorization.SIGNED).port());
        S3Stores stores = new S3Stores()) {
      BackupDestination bucket = S3TestServer.destination(S3TestServer.newPath(), proxy.port());
      copyTo(stores.open(bucket));
      proxy.play(request -> Fault.NONE);
      long nanos = list(bucket);
      int requests = proxy.requests().size();
      print("S3", requests, nanos);
      assertThat(requests).isBetween(BACKUPS, MAX_REQUESTS);
      proxy.delay(20);
      print("S3, 20 ms a request", requests, list(bucket));
    }
  }

  private static long list(BackupDestination destination) throws IOException {
    try (ObjectStoreBackups backups =
        BlockWriterProcess.backups(StoreLock.Timing.DEFAULT.lease(), "host1", Clock.systemUTC())) {
      long start = System.nanoTime();
      List<Backup> listed =
          backups.list(
              destination,
              Optional.empty(),
              (key, problem) -> {
                throw new AssertionError(key + ": " + problem);
              });
      long nanos = System.nanoTime() - start;
      assertThat(listed).hasSize(BACKUPS);
      assertThat(listed).allMatch(backup -> backup.volumeSizeBytes() == SIZE_BYTES);
      return nanos;
    }
  }

  private static void print(String where, int requests, long nanos) {
    System.out.printf(
        "%s backups listed from %s in %.2f s, %s requests%n",
        BACKUPS, where, nanos / 1e9, requests);
  }

  private void copyTo(ObjectStore store) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Void>> copies =
          made.keys().stream()
              .<Callable<Void>>map(
                  key ->
                      () -> {
                        store.putUnsynced(
                            key, ByteBuffer.wrap(made.get(key, 1 << 20).orElseThrow()));
                        return null;
                      })
              .toList();
      for (Future<Void> copy : threads.invokeAll(copies)) {
        copy.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** A volume that nobody has written to. */
  private static final class Empty implements BlockContent {
    @Override
    public long sizeBytes() {
      return SIZE_BYTES;
    }

    @Override
    public List<Extent> allocated() {
      return List.of();
    }

    @Override
    public Optional<List<Extent>> changedSince(UUID snapshot) {
      return Optional.empty();
    }

    @Override
    public void read(long offsetBytes, ByteBuffer buffer) {
      buffer.position(buffer.limit());
    }

    @Override
    public void close() {}
  }
}
