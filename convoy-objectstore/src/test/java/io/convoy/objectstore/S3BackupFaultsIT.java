package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupUrl;
import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.objectstore.FaultyProxy.Fault;
import io.convoy.objectstore.FaultyProxy.Request;
import io.convoy.objectstore.S3TestServer.Authorization;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever a server does in the middle of whatever is done with backups: it succeeds, or fails and
 * says why, and what is listed afterwards is whole.
 */
@Timeout(400)
final class S3BackupFaultsIT {
  private static final String VOLUME = "vol1";
  private static final Duration SILENCE = Duration.ofSeconds(2);

  /** How many requests of each operation are the first to go wrong. */
  private static final int POINTS = Integer.getInteger("convoy.faults.points", 2);

  /** So many requests fail: one that is sent three times, and the one that would tidy up. */
  private static final int IN_A_ROW = 4;

  private interface Operation {
    void run() throws IOException;
  }

  @Test
  void everyOperation_serverThatFailsInAnyWay_succeedsOrSaysWhyAndHurtsNothing() throws Exception {
    Map<String, Function<Request, Fault>> faults =
        Map.of(
            "500", request -> Fault.error(500, "InternalError"),
            "503", request -> Fault.error(503, "SlowDown"),
            "reset", request -> Fault.reset(),
            "answer lost", request -> Fault.answerLost(),
            "cut", request -> Fault.cutAfter(10),
            "silence", request -> Fault.silence(),
            "wrong bytes", S3BackupFaultsIT::wrongBytes);
    List<Callable<Void>> lanes = new ArrayList<>();
    faults.forEach(
        (name, fault) ->
            lanes.add(
                () -> {
                  try (Lane lane = new Lane(name, fault, 100_000)) {
                    lane.run();
                  }
                  return null;
                }));
    ExecutorService threads = Executors.newFixedThreadPool(lanes.size());
    try {
      for (Future<Void> lane : threads.invokeAll(lanes)) {
        lane.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Fault wrongBytes(Request request) {
    return request.is("GET", "") && !request.is("GET", "list-type=2")
        ? Fault.spoil(
            body -> {
              if (body.length > 0) {
                body[body.length / 2] ^= 1;
              }
              return body;
            })
        : Fault.NONE;
  }

  @Test
  void collecting_anyPageOfAnyListingFailing_deletesNothing() throws IOException {
    int blocks = 4_000; // of which some two in five are written: more than one page of a listing
    try (Lane lane =
        new Lane("pages", request -> Fault.error(500, "x"), blocks * Device.BLOCK_BYTES)) {
      lane.createAll();
      lane.proxy.play(request -> Fault.NONE);
      try (ObjectStore store = lane.stores.open(lane.destination)) {
        // Something to collect, in each place.
        lane.makeGarbage(store);
        Set<String> before = Lane.objects(store);
        assertThat(before).hasSizeGreaterThan(1_100);

        int pages = 0;
        for (boolean failed = true; failed; pages++) {
          int page = pages;
          int[] seen = new int[1];
          lane.proxy.play(
              request ->
                  request.is("GET", "list-type=2") && seen[0]++ >= page
                      ? Fault.error(403, "AccessDenied")
                      : Fault.NONE);
          try {
            failed =
                !lane.backups
                    .collectGarbage(lane.destination, true, Progress.NONE)
                    .skippedVolumes()
                    .isEmpty();
          } catch (IOException e) {
            assertThat(e).hasMessageContaining("Can't list");
          }
          if (failed) {
            assertThatThrownBy(
                    () -> {
                      seen[0] = 0;
                      lane.backups.collectGarbage(lane.destination, false, Progress.NONE);
                    })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Can't list");
            lane.proxy.play(request -> Fault.NONE);
            assertThat(Lane.objects(store)).as("page %s", page).isEqualTo(before);
          }
        }
        assertThat(pages).isGreaterThan(6);
        lane.proxy.play(request -> Fault.NONE);
        lane.backups.collectGarbage(lane.destination, false, Progress.NONE);
        assertThat(Lane.objects(store)).hasSizeLessThan(before.size());
        assertThat(BackupConsistency.leftovers(store)).isEmpty();
        assertThat(BackupConsistency.broken(store)).isEmpty();
      }
    }
  }

  /** One place in the bucket, with a proxy of its own, where one thing goes wrong. */
  private static final class Lane implements AutoCloseable {
    private final String name;
    private final Function<Request, Fault> fault;
    private final int sizeBytes;
    private final FaultyProxy proxy;
    private final BackupDestination destination;
    private final S3Stores stores = new S3Stores(SILENCE);
    private final ObjectStoreBackups backups;
    private int version;

    Lane(String name, Function<Request, Fault> fault, int sizeBytes) throws IOException {
      this.name = name;
      this.fault = fault;
      this.sizeBytes = sizeBytes;
      this.proxy = new FaultyProxy(S3TestServer.shared(Authorization.SIGNED).port());
      this.destination = S3TestServer.destination(S3TestServer.newPath(), proxy.port());
      this.backups =
          new ObjectStoreBackups(
              stores,
              new ProcessCommandRunner(),
              BackupOptions.DEFAULT,
              Device.BLOCK_BYTES,
              new StoreLock.Timing(Duration.ofSeconds(4), Duration.ofSeconds(120)),
              "host1",
              Clock.systemUTC());
    }

    void createAll() throws IOException {
      create();
      create();
    }

    void run() throws IOException {
      createAll();
      attempt("create", this::create);
      attempt("restore", () -> assertRestores(listed().get(0)));
      attempt("list", this::listed);
      attempt("delete", () -> backups.delete(listed().get(0).url()));
      attempt("gc", () -> backups.collectGarbage(destination, false, Progress.NONE));
    }

    private void attempt(String operation, Operation body) throws IOException {
      proxy.play(request -> Fault.NONE);
      body.run();
      int requests = proxy.requests().size();
      for (int point = 0; point < POINTS; point++) {
        if (listed().size() < 2) {
          create();
        }
        int first = requests * point / POINTS + point;
        proxy.play(
            request ->
                request.number() >= first && request.number() < first + IN_A_ROW
                    ? fault.apply(request)
                    : Fault.NONE);
        String what = "%s, %s at request %s".formatted(name, operation, first);
        try {
          body.run();
        } catch (IOException e) {
          assertThat(e.getMessage()).as(what).isNotBlank().doesNotContain("\n");
        }
        proxy.play(request -> Fault.NONE);
        assertWhole(what);
      }
    }

    private void create() throws IOException {
      version++;
      Device device = Device.ofVersion(VOLUME, sizeBytes, version);
      UUID snapshot = Device.snapshotOf(VOLUME, version);
      backups.create(
          device.request("b" + version, snapshot, BackupOptions.DEFAULT, destination),
          device.open(snapshot),
          Progress.NONE);
    }

    /** Returns what is listed; a backup that can't be read is an error. */
    private List<Backup> listed() throws IOException {
      List<String> problems = new ArrayList<>();
      List<Backup> listed =
          backups.list(
              destination, Optional.empty(), (key, problem) -> problems.add(key + ": " + problem));
      if (!problems.isEmpty()) {
        throw new IOException("Can't read " + problems);
      }
      return listed;
    }

    private void assertRestores(Backup backup) throws IOException {
      BackupUrl url = backup.url();
      Device.Target target = new Device.Target(sizeBytes);
      backups.restore(url, target, Progress.NONE);
      int of = Integer.parseInt(url.backupName().orElseThrow().value().substring(1));
      assertThat(target.bytes)
          .as("%s: %s", name, url)
          .isEqualTo(Device.ofVersion(VOLUME, sizeBytes, of).bytes());
    }

    private void assertWhole(String what) throws IOException {
      try (ObjectStore store = stores.open(destination)) {
        assertThat(BackupConsistency.broken(store)).as(what).isEmpty();
      }
      for (Backup backup : listed()) {
        assertRestores(backup);
      }
    }

    /** Takes a backup's header away, as a deletion does that is killed then. */
    void makeGarbage(ObjectStore store) throws IOException {
      BackupLayout layout = new BackupLayout(VOLUME);
      store.delete(List.of(layout.header(listed().get(0).url().backupName().orElseThrow())));
    }

    /** Returns the keys of all objects but the locks. */
    static Set<String> objects(ObjectStore store) throws IOException {
      Set<String> keys = new TreeSet<>();
      store.list(
          "convoy-objectstore/",
          (key, size) -> {
            if (!key.value().contains("/locks/")) {
              keys.add(key.value());
            }
          });
      return keys;
    }

    @Override
    public void close() throws IOException {
      backups.close();
      proxy.close();
    }
  }
}
