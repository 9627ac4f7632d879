package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupUrl;
import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.objectstore.testing.InMemoryObjectStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A process that says {@code ready} when it is warm, does one thing that its input names with a
 * device whose content follows from its version, and ends.
 */
final class BlockWriterProcess {
  static final String VOLUME = "vol1";
  static final int SIZE_BYTES = 1024 * 1024 + 300;

  private BlockWriterProcess() {}

  static ObjectStoreBackups backups(Duration lease, String hostId, Clock clock) {
    ProcessCommandRunner commands = new ProcessCommandRunner();
    return new ObjectStoreBackups(
        new SchemeStores(
            Map.of(
                DirectoryStores.SCHEME,
                new DirectoryStores(commands),
                S3Stores.SCHEME,
                new S3Stores())),
        commands,
        BackupOptions.DEFAULT,
        Device.BLOCK_BYTES,
        new StoreLock.Timing(lease, lease.multipliedBy(10)),
        hostId,
        clock);
  }

  static BackupDestination destination(String url, String endpoint) {
    return BackupDestination.parse(url)
        .withEndpoint(Optional.of(endpoint).filter(text -> !text.isEmpty()));
  }

  /** Arguments: destination, endpoint or nothing, lease in ms, how far the clock is off in s. */
  public static void main(String[] args) throws IOException {
    BackupDestination destination = destination(args[0], args[1]);
    Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(Long.parseLong(args[3])));
    warmUp();
    try (ObjectStoreBackups backups =
        backups(Duration.ofMillis(Long.parseLong(args[2])), "writer" + args[3], clock)) {
      System.out.println("ready");
      List<String> words =
          Splitter.on(' ')
              .splitToList(new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine());
      switch (words.get(0)) {
        case "create" -> create(backups, destination, words.get(1), Integer.parseInt(words.get(2)));
        case "delete" ->
            backups.delete(BackupUrl.parse(words.get(1)).withEndpoint(destination.endpoint()));
        case "gc" -> backups.collectGarbage(destination, false, Progress.NONE);
        default -> throw new IllegalArgumentException(words.get(0));
      }
      System.out.println("done");
    } catch (IOException e) {
      // A lock that was lost, or somebody else's: what is there must be whole all the same.
      System.out.println("refused: " + e);
    }
  }

  static void create(
      ObjectStoreBackups backups, BackupDestination destination, String name, int version)
      throws IOException {
    Device device = Device.ofVersion(VOLUME, SIZE_BYTES, version);
    UUID snapshot = Device.snapshotOf(VOLUME, version);
    backups.create(
        device.request(name, snapshot, BackupOptions.DEFAULT, destination),
        device.open(snapshot),
        Progress.NONE);
  }

  private static void warmUp() throws IOException {
    InMemoryObjectStore store = new InMemoryObjectStore();
    create(Device.backups(store), Trees.DESTINATION, "warm", 1);
    Device.backups(store).delete(Trees.url(VOLUME, "warm"));
  }
}
