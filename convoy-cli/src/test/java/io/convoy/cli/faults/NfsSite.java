package io.convoy.cli.faults;

import io.convoy.cli.lab.NfsServer;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A machine in the kernel lab: volumes on a share of a real NFS server, backups in a directory. */
final class NfsSite implements Site {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String ADDRESS = "10.99.1.1";
  private static final Path STATE = Path.of("/run/state");
  private static final Path BACKUPS = Path.of("/run/backups");
  private static final Path SHARE = Path.of("/run/share");

  private final CommandRunner commands = new ProcessCommandRunner();
  private final NfsServer server;
  private final DaemonProcess daemon;

  NfsSite() throws IOException {
    for (Map.Entry<String, Path> disk :
        Map.of("/dev/ubda", STATE, "/dev/ubdb", BACKUPS).entrySet()) {
      Files.createDirectories(disk.getValue());
      run("mkfs.ext4", "-q", "-F", disk.getKey());
      run("mount", disk.getKey(), disk.getValue().toString());
    }
    run("ip", "link", "set", "lo", "up");
    run("ip", "address", "add", ADDRESS + "/24", "dev", "lo");
    server = NfsServer.start(Files.createDirectories(Path.of("/run/nfs-server")));
    Files.createDirectories(SHARE);
    run(
        "mount",
        "-t",
        "nfs4",
        "-o",
        "vers=4.2,hard,timeo=20,retrans=2",
        ADDRESS + ":/",
        SHARE.toString());
    daemon =
        new DaemonProcess(
            Files.createDirectories(Path.of("/run/faults")),
            List.of(
                "--root",
                STATE.resolve("root").toString(),
                "--drivers",
                "vfs",
                "--driver-opts",
                "vfs.path=" + SHARE,
                "--driver-opts",
                "vfs.shared=true"),
            Map.of(),
            List.of());
  }

  private void run(String... argv) throws IOException {
    commands.run(List.of(argv), LIMIT);
  }

  @Override
  public DaemonProcess daemon() {
    return daemon;
  }

  @Override
  public List<Model.Store> stores() {
    return List.of(new Model.Store("vfs://" + BACKUPS, ""));
  }

  @Override
  public int largestFile() {
    return 64 << 10;
  }

  @Override
  public List<Fault> faults() {
    return List.of(
        Faults.kill(daemon),
        Faults.kill(daemon),
        Faults.restart(daemon),
        Faults.freeze(daemon),
        Faults.nfsRestart(server, SHARE),
        Faults.nfsRestart(server, SHARE),
        Faults.fullDisk("share", server.export()),
        Faults.fullDisk("state", STATE));
  }

  @Override
  public List<Path> storeDirectories() {
    return List.of(BACKUPS);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    daemon.close();
    run("umount", "--force", "--lazy", SHARE.toString());
    server.close();
  }
}
