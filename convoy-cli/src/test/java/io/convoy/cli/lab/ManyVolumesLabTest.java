package io.convoy.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.Convoy;
import io.convoy.core.DeleteMode;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many volumes come and go at once. */
@Tag("kernel-lab")
final class ManyVolumesLabTest {
  private static final int VOLUMES = 100;
  private static final long BYTES = 6L << 20;

  @TempDir Path directory;

  @Test
  void createSnapshotDelete_hundredAtOnceThenInSequence_leaveNothing() throws Exception {
    try (ThinHost host = ThinHost.create(directory.resolve("host"), 2L << 30, Map.of())) {
      Convoy convoy = host.open();
      long start = System.nanoTime();
      ExecutorService threads = Executors.newFixedThreadPool(VOLUMES);
      try {
        List<Callable<Void>> lives = new ArrayList<>();
        for (int i = 0; i < VOLUMES; i++) {
          int number = i;
          lives.add(() -> live(host, number));
        }
        for (Future<Void> life : threads.invokeAll(lives)) {
          life.get();
        }
      } finally {
        threads.shutdownNow();
      }
      assertNothingLeft(convoy);
      long between = System.nanoTime();
      for (int i = 0; i < VOLUMES; i++) {
        live(host, i);
      }
      long end = System.nanoTime();
      assertNothingLeft(convoy);
      System.out.printf(
          "%d volumes of 6 MiB created, snapshotted, deleted: %d s by %d threads at once, %d s one"
              + " after the other%n",
          VOLUMES,
          Duration.ofNanos(between - start).toSeconds(),
          VOLUMES,
          Duration.ofNanos(end - between).toSeconds());
      host.checkPool();
    }
  }

  private static Void live(ThinHost host, int number) throws IOException {
    VolumeName name = new VolumeName("life-" + number);
    SnapshotName snapshot = new SnapshotName("snapshot-" + number);
    host.create(name, BYTES);
    host.convoy().createSnapshot(name, Optional.of(snapshot));
    host.convoy().deleteSnapshot(snapshot);
    host.convoy().delete(name, DeleteMode.DATA);
    return null;
  }

  private static void assertNothingLeft(Convoy convoy) throws IOException {
    assertThat(convoy.list()).isEmpty();
    assertThat(convoy.info().problems()).isEmpty();
    assertThat(convoy.info().drivers().get("devicemapper"))
        .containsEntry("ThinpoolUsed", "0")
        .doesNotContainKeys("UnknownThinDevices", "Problem");
  }
}
