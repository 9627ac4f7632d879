package io.convoy.cli.faults;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A machine in the kernel lab: volumes in a thin pool, backups in a directory. */
final class LabSite implements Site {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Path STATE = Path.of("/run/state");
  private static final Path BACKUPS = Path.of("/run/backups");

  private final DaemonProcess daemon;

  LabSite() throws IOException {
    CommandRunner commands = new ProcessCommandRunner();
    for (Map.Entry<String, Path> disk :
        Map.of("/dev/ubdc", STATE, "/dev/ubdd", BACKUPS).entrySet()) {
      Files.createDirectories(disk.getValue());
      commands.run(List.of("mkfs.ext4", "-q", "-F", disk.getKey()), LIMIT);
      commands.run(List.of("mount", disk.getKey(), disk.getValue().toString()), LIMIT);
    }
    daemon =
        new DaemonProcess(
            Files.createDirectories(Path.of("/run/faults")),
            List.of(
                "--root",
                STATE.resolve("root").toString(),
                "--drivers",
                "devicemapper",
                "--driver-opts",
                "dm.datadev=/dev/ubda",
                "--driver-opts",
                "dm.metadatadev=/dev/ubdb",
                "--driver-opts",
                "dm.defaultvolumesize=16M"),
            Map.of(),
            List.of());
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
        Faults.fullDisk("state", STATE),
        Faults.fullDisk("backups", BACKUPS),
        Faults.readOnly("backups", BACKUPS),
        Faults.clockJump());
  }

  @Override
  public List<Path> storeDirectories() {
    return List.of(BACKUPS);
  }

  @Override
  public void close() throws InterruptedException {
    daemon.close();
  }
}
