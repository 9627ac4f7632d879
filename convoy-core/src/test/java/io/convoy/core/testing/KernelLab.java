package io.convoy.core.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts programs in the kernel lab: on a kernel of their own, which has device-mapper. */
public final class KernelLab {
  private static final Path SCRIPT = Path.of("convoy-devmapper/src/test/lab/lab");
  private static final List<String> PROGRAMS =
      List.of("linux.uml", "modprobe", "losetup", "mkfs.ext4", "mkfs.xfs", "thin_delta");
  private static final String PACKAGES =
      "needs programs: apt-get install user-mode-linux kmod mount util-linux e2fsprogs xfsprogs"
          + " thin-provisioning-tools libdevmapper1.02.1";
  private static final List<String> DIRECTORIES =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private KernelLab() {}

  /** Returns normally if the lab can be used on this machine. */
  public static void require() {
    for (String program : PROGRAMS) {
      Environment.require(
          DIRECTORIES.stream()
              .anyMatch(directory -> Files.isExecutable(Path.of(directory, program))),
          PACKAGES);
    }
  }

  /**
   * Starts a command in a new lab. Its output is the process's; to kill the process is to cut the
   * power, and it ends when this JVM does.
   *
   * @param job where the lab leaves what is written to LAB_JOB
   * @param disks the images of its disks
   */
  public static Process start(Path job, Duration limit, List<Path> disks, List<String> command)
      throws IOException {
    List<String> argv = new ArrayList<>();
    argv.add(script().toString());
    argv.addAll(List.of("-w", "-j", job.toString(), "-t", limit.toSeconds() + ""));
    for (Path disk : disks) {
      argv.addAll(List.of("-d", disk.toAbsolutePath().toString()));
    }
    argv.add("--");
    argv.addAll(command);
    return new ProcessBuilder(argv).redirectErrorStream(true).start();
  }

  /** Returns the script that boots the lab; its head says how it is used. */
  public static Path script() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve(SCRIPT))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("%s is not above %s".formatted(SCRIPT, Path.of("")));
      }
    }
    return directory.resolve(SCRIPT);
  }

  /**
   * Returns the command that runs a class's main method with this JVM's class path.
   *
   * @param options of the JVM, which win over those that it has in the lab anyway
   */
  public static List<String> java(List<String> options, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Only /run can be written in the lab; one processor makes the plainest of everything best.
    command.addAll(List.of("-Djava.io.tmpdir=/run/tmp", "-XX:-UsePerfData", "-XX:+UseSerialGC"));
    command.addAll(List.of("-ea", "-Xmx512m", "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    return command;
  }
}
