package io.convoy.cli.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.convoy.core.testing.Environment;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A "host" of its own on this machine: a Docker Engine, a Convoy daemon, a root and a {@code
 * vfs.path}, in a mount namespace where {@code /run/docker} belongs to it alone. All of it is real;
 * what it started, {@link #close} stops.
 */
public final class TestHost implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long COMMAND_LIMIT_SECONDS = 180;

  /** The image that containers are made from: busybox and nothing else. */
  public static final String IMAGE = "convoy-test:1";

  private final Path directory;
  private final List<String> daemonOptions = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private Process engine;
  private Process daemon;

  /** Lays out a host in an empty directory; nothing runs yet. */
  public TestHost(Path directory, String... daemonOptions) throws IOException {
    this.directory = directory;
    this.daemonOptions.addAll(Arrays.asList(daemonOptions));
    for (String part : List.of("run-docker/plugins", "root", "vfs", "tmp")) {
      Files.createDirectories(directory.resolve(part));
    }
  }

  /** Skips or fails the test where no Docker Engine can be started. */
  public static void requireDocker() {
    Environment.requireRoot();
    Environment.require(
        Files.isExecutable(Path.of("/usr/sbin/dockerd"))
            || Files.isExecutable(Path.of("/usr/bin/dockerd")),
        "needs a Docker Engine: apt-get install docker.io");
    Environment.require(
        Files.isExecutable(Path.of("/bin/busybox"))
            || Files.isExecutable(Path.of("/usr/bin/busybox")),
        "needs busybox for an image: apt-get install busybox-static");
  }

  /** Returns where this host's volumes are. */
  public Path vfsPath() {
    return directory.resolve("vfs");
  }

  /** Returns where this host's Convoy keeps its state. */
  public Path root() {
    return directory.resolve("root");
  }

  private Path convoySocket() {
    return directory.resolve("convoy.sock");
  }

  private Path engineSocket() {
    return Engine.socket(directory);
  }

  /** Starts the Docker Engine, and gives it an image the first time. */
  public void startEngine() throws IOException {
    engine = start("engine.log", inNamespace(Engine.argv(directory).toArray(String[]::new)));
    await()
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> docker("version").status() == 0 || hasEnded(engine, "engine.log"));
    if (docker("image", "inspect", IMAGE).status() != 0) {
      importImage();
    }
  }

  private void importImage() throws IOException {
    Path rootfs = directory.resolve("rootfs");
    Files.createDirectories(rootfs.resolve("bin"));
    Path busybox = Path.of("/bin/busybox");
    Files.copy(
        Files.exists(busybox) ? busybox : Path.of("/usr/bin/busybox"),
        rootfs.resolve("bin/busybox"));
    for (String applet :
        List.of("sh", "touch", "ls", "cat", "sleep", "true", "test", "dd", "rm", "mkdir", "sync")) {
      Files.createSymbolicLink(rootfs.resolve("bin").resolve(applet), Path.of("busybox"));
    }
    Path archive = directory.resolve("image.tar");
    run(List.of("tar", "-C", rootfs.toString(), "-cf", archive.toString(), ".")).ok();
    docker("import", archive.toString(), IMAGE).ok();
  }

  /** Returns what the processes of this host find in their environment, to be added to. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Starts the Convoy daemon and waits until it answers. */
  public void startDaemon() throws IOException {
    startDaemon(this::inNamespace);
  }

  /**
   * Starts the Convoy daemon where the Docker Engine runs already: the engine sees what Convoy
   * mounts.
   */
  public void startDaemonBesideEngine() throws IOException {
    startDaemon(
        argv -> {
          List<String> all =
              new ArrayList<>(
                  List.of("nsenter", "--mount", "--target", Long.toString(engine.pid()), "--"));
          all.addAll(Arrays.asList(argv));
          return all;
        });
  }

  private void startDaemon(Function<String[], List<String>> place) throws IOException {
    List<String> argv = new ArrayList<>(convoyArgv());
    argv.addAll(
        List.of(
            "daemon",
            "--root",
            root().toString(),
            "--drivers",
            "vfs",
            "--driver-opts",
            "vfs.path=" + vfsPath()));
    argv.addAll(daemonOptions);
    daemon = start("daemon.log", place.apply(argv.toArray(String[]::new)));
    await()
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> convoy("info").status() == 0 || hasEnded(daemon, "daemon.log"));
  }

  private boolean hasEnded(Process process, String log) throws IOException {
    assertThat(process.isAlive())
        .as("ended too early: %s", Files.readString(directory.resolve(log)))
        .isTrue();
    return false;
  }

  /** Ends the Convoy daemon as the kernel's out-of-memory killer does. */
  public void killDaemon() throws InterruptedException {
    daemon.destroyForcibly().waitFor();
  }

  /** Ends the Convoy daemon as an operator does; returns its exit status. */
  public int stopDaemon() throws InterruptedException {
    daemon.destroy();
    assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).as("the daemon stops in time").isTrue();
    return daemon.exitValue();
  }

  /** Returns the process of the Convoy daemon. */
  public Process daemon() {
    return daemon;
  }

  /** Ends the Docker Engine. */
  public void stopEngine() throws InterruptedException {
    engine.destroy();
    assertThat(engine.waitFor(60, TimeUnit.SECONDS)).as("the engine stops in time").isTrue();
  }

  /** Returns what the daemon has logged. */
  public String daemonLog() throws IOException {
    return Files.readString(directory.resolve("daemon.log"));
  }

  /** Runs a {@code convoy} command on this host. */
  public Finished convoy(String... arguments) throws IOException {
    List<String> argv = new ArrayList<>(convoyArgv());
    argv.addAll(Arrays.asList(arguments));
    return run(argv);
  }

  private List<String> convoyArgv() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        "io.convoy.cli.ConvoyCli",
        "--socket",
        convoySocket().toString());
  }

  /** Runs a {@code docker} command on this host. */
  public Finished docker(String... arguments) throws IOException {
    List<String> argv = new ArrayList<>(List.of("docker", "-H", "unix://" + engineSocket()));
    argv.addAll(Arrays.asList(arguments));
    return run(argv);
  }

  /** Runs a command in a new container that has a volume at {@code /data}, and removes it. */
  public Finished container(String volume, String... command) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--rm",
                "--network",
                "none",
                "-v",
                volume + ":/data",
                "--volume-driver=convoy",
                IMAGE));
    arguments.addAll(Arrays.asList(command));
    return docker(arguments.toArray(String[]::new));
  }

  private List<String> inNamespace(String... argv) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                "mkdir -p /run/docker && mount --bind \"$0\" /run/docker && exec \"$@\"",
                directory.resolve("run-docker").toString()));
    all.addAll(Arrays.asList(argv));
    return all;
  }

  private Process start(String log, List<String> argv) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve(log).toFile()))
            .redirectInput(new File("/dev/null"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Finished run(List<String> argv) throws IOException {
    Process process = new ProcessBuilder(argv).redirectInput(new File("/dev/null")).start();
    CompletableFuture<String> output = read(process.getInputStream());
    CompletableFuture<String> errors = read(process.getErrorStream());
    try {
      if (!process.waitFor(COMMAND_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("did not end in time: " + argv);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return new Finished(argv, process.exitValue(), output.join(), errors.join());
  }

  private static CompletableFuture<String> read(InputStream in) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (in) {
            return new String(in.readAllBytes(), UTF_8);
          } catch (IOException e) {
            return "";
          }
        });
  }

  /** Stops the containers, the engine and the daemon. */
  @Override
  public void close() throws IOException, InterruptedException {
    if (engine != null && engine.isAlive()) {
      String containers = docker("ps", "-aq").output().strip();
      if (!containers.isEmpty()) {
        List<String> remove = new ArrayList<>(List.of("rm", "-f"));
        remove.addAll(List.of(containers.split("\\s+")));
        docker(remove.toArray(String[]::new));
      }
      stopEngine();
    }
    if (daemon != null && daemon.isAlive()) {
      killDaemon();
    }
  }
}
