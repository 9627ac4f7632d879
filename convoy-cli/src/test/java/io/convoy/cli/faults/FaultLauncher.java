package io.convoy.cli.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.testing.KernelLab;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Starts runs in processes of their own. {@code -Dconvoy.faults.minutes} makes them long, {@code
 * -Dconvoy.faults.seed} repeats what was done.
 */
final class FaultLauncher {
  private static final Duration SHORT = Duration.ofSeconds(40);

  /** To start, to restore everything at the end, and for the last calls to be given up. */
  private static final Duration MARGIN = Duration.ofMinutes(10);

  private final Path directory;
  private final long seed = Long.getLong("convoy.faults.seed", System.nanoTime());
  private final Duration duration =
      Integer.getInteger("convoy.faults.minutes", 0) == 0
          ? SHORT
          : Duration.ofMinutes(Integer.getInteger("convoy.faults.minutes"));

  FaultLauncher(Path directory) {
    this.directory = directory;
  }

  /** Returns how long a run may take with all that belongs to it. */
  Duration limit() {
    return duration.plus(MARGIN);
  }

  /** Returns the command that runs at a site. */
  List<String> main(String site, Path results) {
    return KernelLab.java(
        site.equals("host") ? List.of("-Djava.io.tmpdir=" + results) : List.of(),
        FaultMain.class.getName(),
        List.of(site, seed + "", duration.toSeconds() + "", results.toString()));
  }

  Path disk(String name, long bytes) throws IOException {
    Path file = directory.resolve(name);
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(bytes);
    }
    return file;
  }

  /** Waits for a run; returns normally if nothing was wrong. */
  void assertClean(Process process) throws Exception {
    System.out.println("convoy.faults.seed=" + seed);
    StringBuilder text = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(line);
        text.append(line).append('\n');
      }
      assertThat(process.waitFor())
          .as("seed %s, what is left is at %s:%n%s", seed, directory, text)
          .isZero();
    } finally {
      process.destroyForcibly();
    }
    assertThat(text).contains("| data lost ").contains("faults injected");
  }
}
