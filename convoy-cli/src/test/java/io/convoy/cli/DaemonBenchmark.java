package io.convoy.cli;

import io.convoy.core.Convoy;
import io.convoy.core.ConvoyConfig;
import io.convoy.core.Progress;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Measures what many volumes cost; not a test. Run it with the class path of the tests and an empty
 * directory: it makes 1,000 volumes there and prints how long listing them takes inside the
 * process.
 */
final class DaemonBenchmark {
  private static final int VOLUMES = 1000;
  private static final int ROUNDS = 50;

  private DaemonBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    try (Convoy convoy = Convoy.open(ConvoyConfig.of(root, "vfs"))) {
      long start = System.nanoTime();
      for (int i = 0; i < VOLUMES; i++) {
        VolumeName name = new VolumeName("bench-%04d".formatted(i));
        if (convoy.find(name).isEmpty()) {
          convoy.create(VolumeSpec.of(name), Optional.empty(), Progress.NONE);
        }
      }
      System.out.printf("%d volumes made in %.1f s%n", VOLUMES, seconds(start));
      double[] millis = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        start = System.nanoTime();
        convoy.list();
        millis[i] = 1000 * seconds(start);
      }
      System.out.printf(
          "list: first %.1f ms, median %.1f ms, slowest of the last half %.1f ms%n",
          millis[0], median(millis), Arrays.stream(millis).skip(ROUNDS / 2).max().orElseThrow());
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS") || line.startsWith("VmHWM")) {
          System.out.println(line);
        }
      }
    }
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
