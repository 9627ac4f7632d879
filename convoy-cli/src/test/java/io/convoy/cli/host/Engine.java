package io.convoy.cli.host;

import java.nio.file.Path;
import java.util.List;

/** How a Docker Engine is started that has all that is its own in one directory. */
public final class Engine {
  private Engine() {}

  /** Returns where the engine of a directory listens. */
  public static Path socket(Path directory) {
    return directory.resolve("docker.sock");
  }

  /** Returns the command that starts the engine of a directory, which needs no network. */
  public static List<String> argv(Path directory) {
    return List.of(
        "dockerd",
        "--data-root",
        directory.resolve("docker-data").toString(),
        "--exec-root",
        directory.resolve("docker-exec").toString(),
        "--pidfile",
        directory.resolve("docker.pid").toString(),
        "-H",
        "unix://" + socket(directory),
        "--iptables=false",
        "--ip6tables=false",
        "--bridge=none",
        "--storage-driver=vfs");
  }
}
