package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import io.convoy.core.Backup;
import io.convoy.core.BackupCare.GarbageReport;
import io.convoy.core.BackupDestination;
import io.convoy.core.InUseException;
import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.objectstore.S3TestServer.Authorization;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills processes that back up a device, delete backups or collect garbage, at random moments, or
 * pauses them for longer than their lease. After each, every backup that is listed is whole and
 * restores to what was backed up; and after a collection nothing is left that no backup needs.
 *
 * <p>{@code -Dconvoy.crash.rounds=200} is the long form; {@code -Dconvoy.crash.seed} repeats one as
 * far as timing lets it.
 */
final class BlockCrashIT {
  private static final int LANES = 5;
  private static final Duration LEASE = Duration.ofSeconds(2);

  /** How often a disk that stalls may cost the one that tidies up its lock. */
  private static final int ATTEMPTS = 5;

  @TempDir private Path temp;
  private final int rounds = Integer.getInteger("convoy.crash.rounds", 25);
  private final long seed = Long.getLong("convoy.crash.seed", System.nanoTime());
  private final Map<String, Integer> seen = new ConcurrentHashMap<>();

  @Test
  void directory_writersKilledAtAnyMoment_leaveEveryListedBackupWhole() throws Exception {
    List<BackupDestination> destinations = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      Path directory = Files.createDirectory(temp.resolve("destination" + i));
      destinations.add(BackupDestination.parse("vfs://" + directory));
    }
    run(destinations, rounds);
  }

  @Test
  void s3_writersKilledAtAnyMoment_leaveEveryListedBackupWhole() throws Exception {
    S3TestServer server = S3TestServer.shared(Authorization.SIGNED);
    List<BackupDestination> destinations = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      destinations.add(server.destination(S3TestServer.newPath()));
    }
    run(destinations, Math.max(LANES, rounds / 4));
  }

  private void run(List<BackupDestination> destinations, int total) throws Exception {
    System.out.printf("convoy.crash.rounds=%s convoy.crash.seed=%s%n", total, seed);
    List<Callable<Void>> lanes = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      Lane lane = new Lane(destinations.get(i), new Random(seed + i));
      int share = total / LANES + (i < total % LANES ? 1 : 0);
      lanes.add(
          () -> {
            lane.prepare();
            for (int round = 0; round < share; round++) {
              lane.round();
            }
            return null;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(LANES);
    try {
      for (Future<Void> lane : threads.invokeAll(lanes)) {
        lane.get();
      }
    } finally {
      threads.shutdownNow();
      System.out.println(new TreeMap<>(seen));
    }
    // Else nothing was killed in the middle of anything.
    assertThat(seen.keySet()).anyMatch(what -> what.contains("killed") || what.contains("paused"));
  }

  private void count(String what) {
    seen.merge(what, 1, Integer::sum);
  }

  /** One destination, and what happens there. */
  private final class Lane {
    private final BackupDestination destination;
    private final Random random;
    private final ObjectStoreBackups backups =
        BlockWriterProcess.backups(LEASE, "tidy", Clock.systemUTC());
    private final Map<String, Long> typicalMillis = new TreeMap<>();
    private final Map<Integer, String> hashes = new TreeMap<>();
    private int version;
    private int name;

    Lane(BackupDestination destination, Random random) {
      this.destination = destination;
      this.random = random;
    }

    /** Makes what there is to delete. */
    void prepare() throws IOException {
      int attempts = 0;
      while (version < 2) {
        try {
          BlockWriterProcess.create(
              backups, destination, "v%s-%s".formatted(version + 1, name++), version + 1);
          version++;
        } catch (InUseException e) {
          // A lease this short runs out by itself on a machine that has much to do.
          assertThat(++attempts).as(e.getMessage()).isLessThan(ATTEMPTS);
        }
      }
    }

    void round() throws Exception {
      List<Backup> listed = checked();
      String command = command(listed);
      String verb = command.substring(0, command.indexOf(' '));
      Process writer = start();
      try (BufferedReader answers =
          new BufferedReader(new InputStreamReader(writer.getInputStream(), UTF_8))) {
        awaitLine(answers, "ready");
        long typical = typicalMillis.computeIfAbsent(verb, none -> 250L);
        long start = System.nanoTime();
        try (OutputStream commands = writer.getOutputStream()) {
          commands.write((command + "\n").getBytes(UTF_8));
        }
        boolean pause = random.nextInt(5) == 0;
        boolean ended =
            writer.waitFor(random.nextInt((int) (typical * 5 / 4)), TimeUnit.MILLISECONDS);
        if (ended) {
          long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
          typicalMillis.put(verb, Math.max(40, (typical + millis) / 2));
          count(verb + " " + outcome(answers));
        } else if (pause) {
          signal(writer, "STOP");
          collect();
          checked();
          signal(writer, "CONT");
          assertThat(writer.waitFor(2, TimeUnit.MINUTES)).isTrue();
          count(verb + " paused, then " + outcome(answers));
        } else {
          writer.destroyForcibly().waitFor();
          typicalMillis.put(verb, typical * 5 / 4);
          count(verb + " killed");
        }
      } finally {
        writer.destroyForcibly();
      }
      checked();
      collect();
      checked();
    }

    private String command(List<Backup> listed) {
      int choice = random.nextInt(10);
      if (listed.size() < 2 || (choice < 5 && listed.size() < 8)) {
        version++;
        return "create v%s-%s %s".formatted(version, name++, version);
      }
      return choice < 8 || listed.size() >= 8
          ? "delete " + listed.get(random.nextInt(listed.size())).url()
          : "gc ";
    }

    private Process start() throws IOException {
      // A writer's clock means nothing to the others.
      int offSeconds = List.of(0, 3600, -3600).get(random.nextInt(3));
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx96m",
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Djava.io.tmpdir=" + temp,
              "-Daws.accessKeyId=" + S3TestServer.ACCESS_KEY,
              "-Daws.secretAccessKey=" + S3TestServer.SECRET_KEY,
              "-cp",
              System.getProperty("java.class.path"),
              BlockWriterProcess.class.getName(),
              destination.toString(),
              destination.endpoint().orElse(""),
              Long.toString(LEASE.toMillis()),
              Integer.toString(offSeconds))
          .redirectErrorStream(true)
          .start();
    }

    private void awaitLine(BufferedReader answers, String expected) throws IOException {
      StringBuilder before = new StringBuilder();
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.equals(expected)) {
          return;
        }
        before.append(line).append('\n');
      }
      throw new AssertionError("a writer ended before it was " + expected + ": " + before);
    }

    /** Returns how a writer that was left alone ended; a mistake of the program's is a failure. */
    private String outcome(BufferedReader answers) throws IOException {
      String all = String.join("\n", answers.lines().toList());
      String last = all.substring(all.lastIndexOf('\n') + 1);
      assertThat(last).as(all).matches("done|refused: .*");
      return last.equals("done") ? "done" : last.replaceAll("refused: [a-z.]*\\.(\\w+):.*", "$1");
    }

    private void signal(Process process, String signal) throws Exception {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    }

    private void collect() throws IOException {
      for (int attempt = 1; ; attempt++) {
        GarbageReport report = backups.collectGarbage(destination, false, Progress.NONE);
        if (report.skippedVolumes().isEmpty()) {
          break;
        }
        assertThat(attempt).as(report.toString()).isLessThan(ATTEMPTS);
        count("collection tried again");
      }
      try (ObjectStore store = open()) {
        assertThat(BackupConsistency.leftovers(store)).isEmpty();
      }
    }

    private ObjectStore open() throws IOException {
      return destination.scheme().equals(S3Stores.SCHEME)
          ? new S3Stores().open(destination)
          : new DirectoryObjectStore(Path.of(destination.location()), new ProcessCommandRunner());
    }

    /** Returns what is listed, all of which is whole. */
    private List<Backup> checked() throws IOException {
      try (ObjectStore store = open()) {
        assertThat(BackupConsistency.broken(store)).isEmpty();
      }
      List<String> problems = new ArrayList<>();
      List<Backup> listed =
          backups.list(destination, Optional.empty(), (key, problem) -> problems.add(problem));
      assertThat(problems).isEmpty();
      for (Backup backup : listed) {
        Device.Target target = new Device.Target(BlockWriterProcess.SIZE_BYTES);
        backups.restore(backup.url(), target, Progress.NONE);
        String text = backup.url().backupName().orElseThrow().value();
        int of = Integer.parseInt(text.substring(1, text.indexOf('-')));
        assertThat(sha512(target.bytes)).as(text).isEqualTo(expected(of));
      }
      return listed;
    }

    private String expected(int of) {
      return hashes.computeIfAbsent(
          of,
          missing ->
              sha512(
                  Device.ofVersion(BlockWriterProcess.VOLUME, BlockWriterProcess.SIZE_BYTES, of)
                      .bytes()));
    }

    private static String sha512(byte[] bytes) {
      return Hashing.sha512().hashBytes(bytes).toString();
    }
  }
}
