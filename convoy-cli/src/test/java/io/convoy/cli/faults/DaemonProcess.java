package io.convoy.cli.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Convoy daemon in a process of its own, to be killed, stopped and started again. */
final class DaemonProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  private final Path directory;
  private final List<String> options;
  private final Map<String, String> environment;
  private final List<String> prefix;
  private volatile Process process;

  /**
   * Makes a daemon that does not run yet.
   *
   * @param directory for its socket and its log
   * @param options behind {@code convoy daemon}
   * @param environment beside this process's
   * @param prefix the words of a command that takes the daemon's as its arguments; often empty
   */
  DaemonProcess(
      Path directory, List<String> options, Map<String, String> environment, List<String> prefix) {
    this.directory = directory;
    this.options = List.copyOf(options);
    this.environment = Map.copyOf(environment);
    this.prefix = List.copyOf(prefix);
  }

  /** Prepares one with volumes in a directory; all that is its own is below {@code directory}. */
  static DaemonProcess onVfs(Path directory) throws IOException {
    return new DaemonProcess(
        directory,
        List.of(
            "--root",
            directory.resolve("root").toString(),
            "--drivers",
            "vfs",
            "--driver-opts",
            "vfs.path=" + Files.createDirectory(directory.resolve("vfs"))),
        Map.of(),
        apart(Files.createDirectory(directory.resolve("run-docker"))));
  }

  /**
   * Returns the words of a command that has the command behind it see a {@code /run/docker} of its
   * own, since a daemon listens there, too.
   */
  static List<String> apart(Path runDocker) {
    return List.of(
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        "mkdir -p /run/docker && mount --bind \"$0\" /run/docker && exec \"$@\"",
        runDocker.toString());
  }

  Path socket() {
    return directory.resolve("s");
  }

  Path log() {
    return directory.resolve("daemon.log");
  }

  DaemonCall call(Duration limit) {
    return new DaemonCall(socket(), limit);
  }

  /** Starts it, and returns once it answers. */
  void start() throws IOException, InterruptedException {
    List<String> argv = new ArrayList<>(prefix);
    argv.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
            "-cp",
            System.getProperty("java.class.path"),
            "io.convoy.cli.ConvoyCli",
            "--socket",
            socket().toString(),
            "daemon"));
    argv.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .redirectInput(new File("/dev/null"));
    builder.environment().putAll(environment);
    process = builder.start();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("The daemon did not start:\n" + lastOfLog());
      }
      Thread.sleep(20);
    }
  }

  private boolean answers() {
    try {
      return call(START_LIMIT).docker("Capabilities", DaemonCall.object()).isDone();
    } catch (IOException e) {
      // Not yet: its caller sees whether it ended.
      return false;
    }
  }

  String lastOfLog() throws IOException {
    List<String> lines = Files.readAllLines(log());
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Sends it a signal, such as {@code STOP}. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
  }

  /** Ends it as the kernel's out-of-memory killer does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends it as an operator does. */
  void stop() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      throw new IOException("The daemon does not stop:\n" + lastOfLog());
    }
  }

  long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
      return open.count();
    }
  }

  /** Returns a number from {@code /proc/PID/status}, such as {@code Threads}. */
  long status(String key) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
      if (line.startsWith(key + ":")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no " + key);
  }

  /** Returns the bytes of objects that are alive, after a collection. */
  long liveHeapBytes() throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String text = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    jcmd.waitFor();
    String[] words = text.substring(text.lastIndexOf("Total")).strip().split("\\s+", -1);
    return Long.parseLong(words[2]);
  }

  @Override
  public void close() throws InterruptedException {
    if (isAlive()) {
      kill();
    }
  }
}
