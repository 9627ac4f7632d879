package io.convoy.devmapper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.convoy.core.testing.KernelLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a lab ends, nothing of it goes on running. */
class LabProcessesIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final List<String> FOREVER = List.of("sh", "-c", "echo up; sleep 1000");

  @TempDir Path job;

  /** Starts a lab and waits for what will not come: to be killed from outside. */
  static final class Caller {
    public static void main(String[] arguments) throws Exception {
      System.exit(KernelLab.start(Path.of(arguments[0]), LIMIT, List.of(), FOREVER).waitFor());
    }
  }

  @Test
  void lab_terminated_leavesNoProcess() throws Exception {
    KernelLab.require();
    Process lab = KernelLab.start(job, LIMIT, List.of(), FOREVER);
    awaitUp(lab);

    lab.destroy();

    assertThat(lab.waitFor()).isEqualTo(128 + 15);
    awaitNoProcesses();
  }

  @Test
  void lab_killed_leavesNoProcess() throws Exception {
    KernelLab.require();
    Process lab = KernelLab.start(job, LIMIT, List.of(), FOREVER);
    awaitUp(lab);

    lab.destroyForcibly().waitFor();

    awaitNoProcesses();
  }

  @Test
  void lab_jvmThatStartedItIsKilled_leavesNoProcess() throws Exception {
    KernelLab.require();
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Caller.class.getName(),
                job.toString())
            .redirectErrorStream(true)
            .redirectOutput(job.resolve("caller").toFile())
            .start();
    awaitUp(jvm);

    jvm.destroyForcibly().waitFor();

    awaitNoProcesses();
  }

  @Test
  void lab_timeLimit_endsIt() throws Exception {
    KernelLab.require();
    Process lab = KernelLab.start(job, Duration.ofSeconds(1), List.of(), FOREVER);

    assertThat(lab.waitFor()).isEqualTo(124);

    awaitNoProcesses();
  }

  private void awaitUp(Process starter) throws Exception {
    Path output = job.resolve("output");
    while (!Files.exists(output) || !Files.readString(output).contains("up")) {
      assertThat(starter.isAlive()).as("the lab starts").isTrue();
      Thread.sleep(100);
    }
    assertThat(processes()).isNotEmpty();
  }

  private void awaitNoProcesses() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!processes().isEmpty()) {
      if (System.nanoTime() > deadline) {
        fail("still running: " + processes());
      }
      Thread.sleep(100);
    }
  }

  /** Returns the command lines of all processes that name this lab's directory. */
  private List<String> processes() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(process -> process.getFileName().toString().matches("\\d+"))
          .map(LabProcessesIT::commandLine)
          .filter(line -> line.contains(job.toString()))
          .toList();
    }
  }

  private static String commandLine(Path process) {
    try {
      return new String(Files.readAllBytes(process.resolve("cmdline")), UTF_8).replace('\0', ' ');
    } catch (IOException e) {
      // It has ended meanwhile.
      return "";
    }
  }
}
