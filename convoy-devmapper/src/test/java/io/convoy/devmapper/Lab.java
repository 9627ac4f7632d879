package io.convoy.devmapper;

import io.convoy.core.testing.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts Java in the kernel lab. */
final class Lab {
  private static final Path SCRIPT = Path.of("src/test/lab/lab");
  private static final List<String> PROGRAMS =
      List.of("linux.uml", "modprobe", "losetup", "mkfs.ext4", "mkfs.xfs", "thin_delta");
  private static final String PACKAGES =
      "needs programs: apt-get install user-mode-linux kmod mount util-linux e2fsprogs xfsprogs thin-provisioning-tools libdevmapper1.02.1";
  private static final List<String> DIRECTORIES =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private Lab() {}

  /** Returns normally if the lab can be used on this machine. */
  static void require() {
    for (String program : PROGRAMS) {
      Environment.require(
          DIRECTORIES.stream()
              .anyMatch(directory -> Files.isExecutable(Path.of(directory, program))),
          PACKAGES);
    }
  }

  /**
   * Starts a class's main method in a new lab with this JVM's class path. Its output is the
   * process's; to kill the process is to cut the power, and it ends when this JVM does.
   *
   * @param job where the lab leaves what is written to LAB_JOB
   * @param disks the images of its disks
   */
  static Process start(
      Path job, Duration limit, List<Path> disks, String mainClass, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(SCRIPT.toAbsolutePath().toString());
    command.addAll(List.of("-w", "-j", job.toString(), "-t", limit.toSeconds() + ""));
    for (Path disk : disks) {
      command.addAll(List.of("-d", disk.toAbsolutePath().toString()));
    }
    command.add("--");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Only /run can be written in the lab; one processor makes the plainest of everything best.
    command.addAll(List.of("-Djava.io.tmpdir=/run/tmp", "-XX:-UsePerfData", "-XX:+UseSerialGC"));
    command.addAll(List.of("-ea", "-Xmx512m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
