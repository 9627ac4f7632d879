package io.convoy.cli.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.cli.faults.FaultReport.Wrong;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Several clients work while things go wrong, round by round; after each round all is set right,
 * and every answer and every byte is checked.
 */
final class FaultRun {
  /**
   * A call without an answer after this is stuck. A backup waits for a minute and a half until its
   * predecessor, which was killed, is taken for dead.
   */
  private static final Duration CALL_LIMIT = Duration.ofMinutes(4);

  private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(5);
  private static final Duration SHORT_ROUND = Duration.ofSeconds(15);
  private static final Duration LONG_ROUND = Duration.ofMinutes(1);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int BOTH_AT_ONCE = 4;

  private final Site site;
  private final long seed;
  private final Random random;
  private final FaultReport report = new FaultReport();
  private final FaultWindows windows = new FaultWindows();
  private final DaemonCall call;
  private final List<Client> clients;
  private final VolumeCheck volumes;
  private final StoreCheck stores;
  private volatile boolean roundEnds;
  private int probes;

  FaultRun(Site site, int clientCount, long seed) {
    this.site = site;
    this.seed = seed;
    this.random = new Random(seed);
    this.call = site.daemon().call(CALL_LIMIT);
    Asking asking = new Asking(call, windows, report);
    this.clients =
        IntStream.range(0, clientCount)
            .mapToObj(i -> new Client(i + 1, seed, site, asking, windows, report))
            .toList();
    this.volumes = new VolumeCheck(clients, report);
    this.stores = new StoreCheck(site, clients, asking, report);
  }

  /** Works for so long, and returns what came of it. */
  FaultReport run(Duration duration) throws Exception {
    Duration round = duration.compareTo(LONG) < 0 ? SHORT_ROUND : LONG_ROUND;
    site.daemon().start();
    // What a busy machine takes to start is not counted: else there might be no round at all.
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      round(Math.min(end, System.nanoTime() + round.toNanos()));
      report.round();
      System.out.printf(
          "%s: seed %s, %s operations, %s faults%n",
          Instant.now(), seed, report.operations(), report.faults());
    }
    stores.restoreAll();
    end();
    return report;
  }

  private void round(long end) throws Exception {
    roundEnds = false;
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Void>> work = new ArrayList<>();
      for (Client client : clients) {
        work.add(threads.submit(() -> use(client)));
      }
      try {
        while (System.nanoTime() < end) {
          Thread.sleep(500 + random.nextInt(2500));
          injectAndRecover(threads);
        }
      } finally {
        roundEnds = true;
      }
      await(work);
      awaitWell("the round", System.nanoTime());
      List<Future<Void>> checks = new ArrayList<>();
      for (Client client : clients) {
        checks.add(threads.submit(check(client)));
      }
      await(checks);
      volumes.check();
      stores.check();
      checkDoctor();
    } finally {
      threads.shutdownNow();
    }
  }

  private static Callable<Void> check(Client client) {
    return () -> {
      client.check();
      return null;
    };
  }

  private Void use(Client client) throws InterruptedException {
    while (!roundEnds) {
      client.step();
    }
    return null;
  }

  private static void await(List<Future<Void>> work) throws Exception {
    for (Future<Void> each : work) {
      try {
        each.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a client stopped", e.getCause());
      }
    }
  }

  private void injectAndRecover(ExecutorService threads) throws Exception {
    List<Site.Fault> all = site.faults();
    Site.Fault fault = all.get(random.nextInt(all.size()));
    Optional<Future<Long>> second = Optional.empty();
    FaultWindows.Window window = windows.open();
    long healed;
    try {
      // The daemon is killed while something else is wrong.
      if (random.nextInt(BOTH_AT_ONCE) == 0 && isSteady(fault)) {
        Random own = new Random(random.nextLong());
        second = Optional.of(threads.submit(() -> all.get(0).happen(own)));
        report.fault(all.get(0).name());
      }
      report.fault(fault.name());
      healed = fault.happen(random);
      if (second.isPresent()) {
        healed = Math.max(healed, second.get().get());
      }
    } finally {
      windows.close(window);
    }
    awaitWell(second.isPresent() ? fault.name() + " and kill -9" : fault.name(), healed);
  }

  /** Two that start and stop the daemon would be in each other's way. */
  private static boolean isSteady(Site.Fault fault) {
    return !Set.of("kill -9", "restart", "SIGSTOP").contains(fault.name());
  }

  /** Waits until a volume can be made and deleted, and notes how long that took since. */
  private void awaitWell(String after, long start) throws InterruptedException {
    String last = "";
    while (System.nanoTime() - start < RECOVERY_LIMIT.toNanos()) {
      String name = "probe" + probes++;
      try {
        last = call.docker("Create", DaemonCall.object().put("Name", name)).err();
        if (last.isEmpty()) {
          DaemonCall.Answer deleted =
              call.call("DELETE", "/v1/volumes/", DaemonCall.object().put("VolumeName", name));
          last = deleted.body();
          if (deleted.isDone()) {
            report.recovered(after, Duration.ofNanos(System.nanoTime() - start));
            return;
          }
        }
      } catch (IOException e) {
        last = e.toString();
      }
      Thread.sleep(100);
    }
    report.wrong(Wrong.STUCK, "no volume can be made after %s: %s".formatted(after, last));
  }

  private void checkDoctor() throws InterruptedException {
    Asking.Found found = clients.get(0).asking().find("doctor", "/v2/doctor", DaemonCall.object());
    for (JsonNode finding : found.value().orElseThrow().path("Findings")) {
      if (finding.path("Severity").asText().equals("error")) {
        report.wrong(Wrong.DOCTOR, finding.toString());
      }
    }
  }

  /** Deletes everything; nothing must be left. */
  private void end() throws InterruptedException, IOException {
    for (Client client : clients) {
      for (Model.Volume volume : List.copyOf(client.model().volumes.values())) {
        client.delete(volume);
      }
    }
    volumes.check();
    stores.empty();
  }
}
