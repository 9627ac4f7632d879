package io.convoy.cli.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.KernelLab;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cuts the power of a machine at random moments, and has the next life of the machine look whether
 * everything that was reported as done is there.
 */
final class PowerCutIT {
  static final String LEDGER = "ledger";
  static final String VERIFIED = "verified";

  private static final int ROUNDS = Integer.getInteger("convoy.lab.powercuts", 3);
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int MOST_MILLIS = 8_000;
  private static final String NO_END = "1000000";

  @TempDir Path directory;

  @Test
  void powerCuts_atRandomMoments_loseNothingThatWasReported() throws Exception {
    KernelLab.require();
    long seed = Long.getLong("convoy.lab.seed", System.nanoTime());
    System.out.println("seed (convoy.lab.seed): " + seed);
    Random random = new Random(seed);
    Path state = disk("state", 256L << 20);
    new ProcessCommandRunner()
        .run(List.of("mkfs.ext4", "-q", "-F", state.toString()), Duration.ofMinutes(1));
    List<Path> disks = List.of(disk("data", 1L << 30), disk("metadata", 16L << 20), state);
    Path job = Files.createDirectory(directory.resolve("job"));
    Path ledger = job.resolve(LEDGER);

    for (int round = 0; round < ROUNDS; round++) {
      Process machine = start(job, disks, random.nextLong(), NO_END);
      awaitVerified(machine, job, ledger, round + 1);
      Thread.sleep(random.nextInt(MOST_MILLIS));
      assertThat(machine.isAlive()).as("life %s, seed %s:\n%s", round, seed, output(job)).isTrue();
      machine.destroyForcibly().waitFor();
    }

    Process last = start(job, disks, random.nextLong(), "10");
    try (InputStream output = last.getInputStream()) {
      String text = new String(output.readAllBytes(), UTF_8);
      assertThat(last.waitFor()).as("last life, seed %s:\n%s", seed, text).isZero();
    }
    assertThat(verified(ledger)).isEqualTo(ROUNDS + 1);
    System.out.println(
        "%s power cuts, %s lines in the ledger"
            .formatted(ROUNDS, Files.readAllLines(ledger).size()));
  }

  private Path disk(String name, long bytes) throws IOException {
    Path file = directory.resolve(name);
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(bytes);
    }
    return file;
  }

  private static Process start(Path job, List<Path> disks, long seed, String operations)
      throws IOException {
    return KernelLab.start(
        job,
        LIMIT,
        disks,
        KernelLab.java(List.of(), PowerCutWorker.class.getName(), List.of(seed + "", operations)));
  }

  private static String output(Path job) throws IOException {
    Path output = job.resolve("output");
    return Files.exists(output) ? Files.readString(output) : "";
  }

  private static int verified(Path ledger) throws IOException {
    if (!Files.exists(ledger)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(ledger)) {
      return (int) lines.filter(line -> line.equals(VERIFIED)).count();
    }
  }

  private static void awaitVerified(Process machine, Path job, Path ledger, int times)
      throws IOException, InterruptedException {
    while (verified(ledger) < times) {
      assertThat(machine.isAlive()).as("before its %s. check:\n%s", times, output(job)).isTrue();
      Thread.sleep(100);
    }
  }
}
