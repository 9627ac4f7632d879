package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes write to one destination; some are killed, some are paused for longer than
 * their lease and wake up again. Afterwards every backup that is listed restores, and what is left
 * over can be collected.
 */
final class ConcurrentWritersIT {
  private static final Duration LEASE = Duration.ofSeconds(1);
  private static final int WRITERS = 4;

  @TempDir private Path temp;
  private Path destination;
  private Path stop;
  private int started;

  private Process start(long seed) throws IOException {
    Path work = Files.createDirectories(temp.resolve("writer" + started++));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            WriterProcess.class.getName(),
            destination.toString(),
            work.toString(),
            stop.toString(),
            Long.toString(seed),
            Long.toString(LEASE.toMillis()))
        .redirectErrorStream(true)
        .redirectOutput(work.resolve("output").toFile())
        .start();
  }

  private static void signal(Process process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  @Test
  void writers_killedAndPaused_leaveEveryListedBackupWhole() throws Exception {
    long seconds = Long.getLong("convoy.race.seconds", 60);
    long seed = Long.getLong("convoy.race.seed", System.nanoTime());
    System.out.printf("convoy.race.seconds=%s convoy.race.seed=%s%n", seconds, seed);
    destination = Files.createDirectory(temp.resolve("destination"));
    stop = temp.resolve("stop");
    Random random = new Random(seed);
    List<Process> writers = new ArrayList<>();
    try {
      for (int i = 0; i < WRITERS; i++) {
        writers.add(start(random.nextLong()));
      }
      int kills = 0;
      int pauses = 0;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (System.nanoTime() < end) {
        Thread.sleep(300 + random.nextInt(900));
        int victim = random.nextInt(WRITERS);
        if (random.nextInt(2) == 0) {
          signal(writers.get(victim), "KILL");
          writers.get(victim).waitFor();
          writers.set(victim, start(random.nextLong()));
          kills++;
        } else {
          signal(writers.get(victim), "STOP");
          Thread.sleep(LEASE.toMillis() * (random.nextInt(4) == 0 ? 3 : 2));
          signal(writers.get(victim), "CONT");
          pauses++;
        }
      }
      Files.createFile(stop);
      for (Process writer : writers) {
        assertThat(writer.waitFor(2, TimeUnit.MINUTES)).isTrue();
      }
      String outputs = outputs();
      System.out.printf("%s kills, %s pauses%n%s%n", kills, pauses, outputs);
      for (Process writer : writers) {
        assertThat(writer.exitValue()).as(outputs).isZero();
      }
    } finally {
      writers.forEach(Process::destroyForcibly);
    }
    checkDestination();
  }

  private String outputs() throws IOException {
    StringBuilder outputs = new StringBuilder();
    for (int i = 0; i < started; i++) {
      outputs.append(Files.readString(temp.resolve("writer" + i).resolve("output")));
    }
    return outputs.toString();
  }

  private void checkDestination() throws IOException {
    ObjectStore store = new DirectoryObjectStore(destination, new ProcessCommandRunner());
    assertThat(BackupConsistency.broken(store)).isEmpty();

    ObjectStoreBackups backups = WriterProcess.backups(LEASE, "checker");
    BackupDestination url = BackupDestination.parse("vfs://" + destination);
    assertThat(backups.collectGarbage(url, false, Progress.NONE).skippedVolumes()).isEmpty();

    assertThat(BackupConsistency.leftovers(store)).isEmpty();
    assertThat(BackupConsistency.broken(store)).isEmpty();
    List<String> problems = new ArrayList<>();
    List<Backup> listed =
        backups.list(url, Optional.empty(), (key, problem) -> problems.add(problem));
    assertThat(problems).isEmpty();
    assertThat(listed).isNotEmpty();
    for (Backup backup : listed) {
      Path target = Files.createTempDirectory(temp, "restored");
      backups.restore(backup.url(), new FileTreeTarget(target), Progress.NONE);
      RecurringTree.check(target);
    }
    System.out.printf("%s backups restore%n", listed.size());
  }
}
