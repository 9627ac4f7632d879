package io.convoy.cli.faults;

import io.convoy.cli.lab.S3Server;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * This machine: volumes that are directories, backups in a directory and at an S3 server. State and
 * volumes are on small file systems of their own.
 */
final class HostSite implements Site {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final long DATA_BYTES = 512L << 20;
  private static final long STATE_BYTES = 32L << 20;

  private final CommandRunner commands = new ProcessCommandRunner();
  private final List<Path> mounted = new ArrayList<>();
  private final Path directory;
  private final S3Server server;
  private final FlakyProxy proxy;
  private final DaemonProcess daemon;

  /**
   * Makes it, in a mount namespace where what it mounts is nobody else's.
   *
   * @param directory an empty one
   */
  HostSite(Path directory, long seed) throws IOException, InterruptedException {
    this.directory = directory;
    Path data = mount("data", DATA_BYTES);
    Path state = mount("state", STATE_BYTES);
    Files.createDirectories(data.resolve("backups"));
    Files.createDirectories(data.resolve("vfs"));
    server = S3Server.start(Files.createDirectories(directory.resolve("s3")), Duration.ZERO);
    proxy = new FlakyProxy(server.port(), seed);
    daemon =
        new DaemonProcess(
            directory,
            List.of(
                "--root",
                state.resolve("root").toString(),
                "--drivers",
                "vfs",
                "--driver-opts",
                "vfs.path=" + data.resolve("vfs")),
            S3Server.credentials(),
            List.of());
    commands.run(List.of("mkdir", "-p", "/run/docker"), LIMIT);
    Path runDocker = Files.createDirectories(directory.resolve("run-docker"));
    commands.run(List.of("mount", "--bind", runDocker.toString(), "/run/docker"), LIMIT);
  }

  private Path mount(String name, long bytes) throws IOException {
    Path image = directory.resolve(name + ".img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
    commands.run(List.of("mkfs.ext4", "-q", "-F", image.toString()), LIMIT);
    Path place = Files.createDirectories(directory.resolve(name));
    commands.run(List.of("mount", "-o", "loop", image.toString(), place.toString()), LIMIT);
    mounted.add(place);
    return place;
  }

  @Override
  public DaemonProcess daemon() {
    return daemon;
  }

  @Override
  public List<Model.Store> stores() {
    return List.of(
        new Model.Store("vfs://" + directory.resolve("data/backups"), ""),
        new Model.Store(
            server.destination("faults/").toString(), "http://127.0.0.1:" + proxy.port()));
  }

  @Override
  public int largestFile() {
    return 256 << 10;
  }

  @Override
  public List<Fault> faults() {
    Path data = directory.resolve("data");
    List<Fault> faults = new ArrayList<>();
    faults.add(Faults.kill(daemon));
    faults.add(Faults.kill(daemon));
    faults.add(Faults.restart(daemon));
    faults.add(Faults.freeze(daemon));
    faults.add(Faults.fullDisk("volumes", data));
    faults.add(Faults.fullDisk("state", directory.resolve("state")));
    faults.add(Faults.readOnly("volumes", data));
    for (FlakyProxy.Mood mood : FlakyProxy.Mood.values()) {
      if (mood != FlakyProxy.Mood.WELL) {
        faults.add(Faults.flaky(proxy, mood));
      }
    }
    return faults;
  }

  @Override
  public List<Path> storeDirectories() {
    return List.of(directory.resolve("data/backups"), directory.resolve("s3/buckets"));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    daemon.close();
    proxy.close();
    server.close();
    for (Path place : mounted) {
      commands.run(List.of("umount", "--lazy", place.toString()), LIMIT);
    }
  }
}
