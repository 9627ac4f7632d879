package io.convoy.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.convoy.cli.host.Engine;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A host of its own in the lab, with a network, a name and mounts of its own, and a wire to the NFS
 * server: a Convoy daemon runs on it, and a Docker Engine if it is wanted.
 */
final class NfsHost implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final CommandRunner COMMANDS = new ProcessCommandRunner();

  private final int number;
  private final Path directory;
  private final Path share;
  private final Process holder;
  private Process daemon;
  private Process engine;

  private NfsHost(int number, Path directory, Path share, Process holder) {
    this.number = number;
    this.directory = directory;
    this.share = share;
    this.holder = holder;
  }

  /**
   * Makes a host, and mounts the share there.
   *
   * @param number its own, from 1
   * @param share where the share is to be mounted, an empty directory
   */
  static NfsHost create(String name, int number, Path directory, Path share) throws IOException {
    Files.createDirectories(directory.resolve("run-docker/plugins"));
    Process holder =
        new ProcessBuilder(
                List.of(
                    "unshare",
                    "--net",
                    "--mount",
                    "--uts",
                    "--propagation",
                    "private",
                    "sh",
                    "-euc",
                    """
                    echo "$0" >/proc/sys/kernel/hostname
                    ip link set lo up
                    mkdir -p /run/docker
                    mount --bind "$1" /run/docker
                    echo ready
                    exec sleep 100000
                    """,
                    name,
                    directory.resolve("run-docker").toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectInput(new File("/dev/null"))
            .start();
    NfsHost host = new NfsHost(number, directory, share, holder);
    assertThat(holder.inputReader().readLine()).isEqualTo("ready");
    run(
        "ip",
        "link",
        "add",
        host.wire(),
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        pid(holder));
    run("ip", "addr", "add", host.address(1) + "/24", "dev", host.wire());
    run("ip", "link", "set", host.wire(), "up");
    host.runThere("ip", "addr", "add", host.address(2) + "/24", "dev", "eth0");
    host.runThere("ip", "link", "set", "eth0", "up");
    host.mountShare();
    return host;
  }

  private static String pid(Process process) {
    return Long.toString(process.pid());
  }

  static String run(String... argv) throws IOException {
    return COMMANDS.run(List.of(argv), LIMIT);
  }

  private List<String> there(String... argv) {
    List<String> all =
        new ArrayList<>(
            List.of("nsenter", "--net", "--mount", "--uts", "--target", pid(holder), "--"));
    all.addAll(List.of(argv));
    return all;
  }

  String runThere(String... argv) throws IOException {
    return COMMANDS.run(there(argv), LIMIT);
  }

  private String wire() {
    return "wire" + number;
  }

  private String address(int end) {
    return "10.99.%s.%s".formatted(number, end);
  }

  /** Returns a process whose network, name and mounts are this host's. */
  String pid() {
    return pid(holder);
  }

  Path share() {
    return share;
  }

  /** Returns a path of this host as the test can reach it. */
  Path seenFromOutside(Path path) {
    return Path.of("/proc", pid(holder), "root").resolve(Path.of("/").relativize(path));
  }

  void mountShare() throws IOException {
    runThere(
        "mount",
        "-t",
        "nfs4",
        "-o",
        "vers=4.2,hard,timeo=20,retrans=2",
        address(1) + ":/",
        share.toString());
  }

  /** Mounts the share so that locks of its files hold on this host alone. */
  void mountShareWithoutLocks(Path export) throws IOException {
    runThere(
        "mount",
        "-t",
        "nfs",
        "-o",
        "vers=3,nolock,hard,timeo=20,retrans=2,mountproto=tcp",
        address(1) + ":" + export,
        share.toString());
  }

  void unmountShare() throws IOException {
    runThere("umount", share.toString());
  }

  /** Cuts the wire to the server: to this host it is as if the server was gone. */
  void cutWire() throws IOException {
    run("ip", "link", "set", wire(), "down");
  }

  void mendWire() throws IOException {
    run("ip", "link", "set", wire(), "up");
  }

  Path socket() {
    return directory.resolve("convoy.sock");
  }

  Path root() {
    return directory.resolve("root");
  }

  /** Starts the Convoy daemon. */
  void startDaemon(String... options) throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xmx192m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.convoy.cli.ConvoyCli",
                "--socket",
                socket().toString(),
                "daemon",
                "--root",
                root().toString()));
    argv.addAll(List.of(options));
    daemon = start("daemon.log", there(argv.toArray(String[]::new)));
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              assertThat(daemon.isAlive()).as(daemonLog()).isTrue();
              return Files.exists(socket()) && answers();
            });
  }

  private boolean answers() {
    try {
      return UnixHttp.ask(socket(), "GET", "/v1/info", "").status() == 200;
    } catch (IOException e) {
      return false; // what a daemon that was killed has left
    }
  }

  private Process start(String log, List<String> argv) throws IOException {
    return new ProcessBuilder(argv)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve(log).toFile()))
        .redirectInput(new File("/dev/null"))
        .start();
  }

  String daemonLog() throws IOException {
    return Files.readString(directory.resolve("daemon.log"));
  }

  void killDaemon() throws InterruptedException {
    daemon.destroyForcibly().waitFor();
  }

  void stopDaemon() throws InterruptedException {
    daemon.destroy();
    daemon.waitFor();
  }

  /** Returns how many threads the daemon has. */
  int daemonThreads() throws IOException {
    return Files.readAllLines(Path.of("/proc", pid(daemon), "status")).stream()
        .filter(line -> line.startsWith("Threads:"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** Asks the daemon as Docker does. */
  UnixHttp.Answer plugin(String call, String body) throws IOException {
    return UnixHttp.ask(socket(), "POST", "/" + call, body);
  }

  /** Asks the daemon as the commands do. */
  UnixHttp.Answer convoy(String method, String path, String body) throws IOException {
    return UnixHttp.ask(socket(), method, path, body);
  }

  /** Starts a Docker Engine. */
  void startEngine() throws IOException {
    engine = start("engine.log", there(Engine.argv(directory).toArray(String[]::new)));
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              assertThat(engine.isAlive())
                  .as(Files.readString(directory.resolve("engine.log")))
                  .isTrue();
              return Files.exists(engineSocket()) && engine("GET", "/_ping", "").status() == 200;
            });
  }

  private Path engineSocket() {
    return Engine.socket(directory);
  }

  /** Asks the engine as the docker command does. */
  UnixHttp.Answer engine(String method, String path, String body) throws IOException {
    return UnixHttp.ask(engineSocket(), method, path, body);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (engine != null) {
      engine.destroy();
      engine.waitFor();
    }
    if (daemon != null) {
      killDaemon();
    }
    try {
      runThere("umount", "--force", "--lazy", share.toString());
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }
}
