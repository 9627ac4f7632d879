package io.convoy.cli;

import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at a machine: has it what Convoy's drivers need? Nothing of it needs the daemon. */
final class HostExamination {
  private static final List<Path> PROGRAM_DIRECTORIES =
      List.of(
          Path.of("usr/local/sbin"),
          Path.of("usr/local/bin"),
          Path.of("usr/sbin"),
          Path.of("usr/bin"),
          Path.of("sbin"),
          Path.of("bin"));
  private static final List<Path> LIBRARY_DIRECTORIES =
      List.of(Path.of("lib"), Path.of("lib64"), Path.of("usr/lib"), Path.of("usr/lib64"));

  private static final List<Tool> TOOLS =
      List.of(
          new Tool("dockerd", Severity.NOTE, "Docker's containers", "docker.io", "moby-engine"),
          new Tool("tar", Severity.WARNING, "vfs", "tar", "tar"),
          new Tool("mount", Severity.WARNING, "every driver", "mount", "util-linux"),
          new Tool("blkid", Severity.WARNING, "devicemapper", "util-linux", "util-linux"),
          new Tool(
              "thin_delta",
              Severity.WARNING,
              "devicemapper",
              "thin-provisioning-tools",
              "device-mapper-persistent-data"),
          new Tool("mkfs.ext4", Severity.WARNING, "devicemapper and ebs", "e2fsprogs", "e2fsprogs"),
          new Tool("mkfs.xfs", Severity.NOTE, "dm.fs=xfs", "xfsprogs", "xfsprogs"));

  private final Path root;
  private final Distribution distribution;

  private HostExamination(Path root, Distribution distribution) {
    this.root = root;
    this.distribution = distribution;
  }

  /** Makes one for the machine whose file system has a root directory. */
  static HostExamination of(Path root) throws IOException {
    boolean isRoot =
        Integer.valueOf(0).equals(Files.getAttribute(root.resolve("proc/self"), "unix:uid"));
    return new HostExamination(root, Distribution.of(root, isRoot));
  }

  static HostExamination ofThisMachine() throws IOException {
    return of(Path.of("/"));
  }

  /**
   * A program and who needs it.
   *
   * @param debian the package in Debian and Ubuntu
   * @param fedora the same in Fedora
   */
  private record Tool(
      String program, Severity severity, String user, String debian, String fedora) {}

  List<Finding> examine() throws IOException {
    List<Finding> findings = new ArrayList<>();
    if (!distribution.isRoot()) {
      findings.add(
          new Finding(
              Severity.NOTE,
              "This is not root: drivers devicemapper and ebs, and mounting, need root",
              "sudo convoy doctor"));
    }
    Path misc = root.resolve("proc/misc");
    if (!Files.isReadable(misc) || !Files.readString(misc).contains("device-mapper")) {
      findings.add(noDeviceMapper());
    }
    for (Tool tool : TOOLS) {
      if (!has(tool.program())) {
        findings.add(
            new Finding(
                tool.severity(),
                "There is no program '%s', for %s".formatted(tool.program(), tool.user()),
                distribution.install(tool.debian(), tool.fedora())));
      }
    }
    if (has("dockerd") && !Files.exists(root.resolve("run/docker.sock"))) {
      findings.add(
          new Finding(
              Severity.NOTE,
              "Docker is installed, and nothing listens at /run/docker.sock",
              distribution.asRoot("systemctl start docker")));
    }
    if (!hasLibrary()) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "There is no library libdevmapper.so.1.02, for devicemapper",
              distribution.install("libdevmapper1.02.1", "device-mapper-libs")));
    }
    return findings;
  }

  private boolean has(String program) {
    return PROGRAM_DIRECTORIES.stream()
        .anyMatch(place -> Files.isExecutable(root.resolve(place).resolve(program)));
  }

  /** Tells a module that is not loaded from one that is not there, which modprobe can't mend. */
  private Finding noDeviceMapper() throws IOException {
    String what = "The running kernel has no device-mapper: driver devicemapper can't be used";
    Path release = root.resolve("proc/sys/kernel/osrelease");
    String kernel = Files.isReadable(release) ? Files.readString(release).strip() : "";
    Path list = root.resolve("lib/modules").resolve(kernel).resolve("modules.dep");
    if (!kernel.isEmpty() && Files.isReadable(list)) {
      if (Files.readString(list).contains("/dm-thin-pool.ko")) {
        return new Finding(Severity.WARNING, what, distribution.asRoot("modprobe dm-thin-pool"));
      }
    }
    String debian =
        distribution.isUbuntu()
            ? "linux-modules-extra-" + kernel
            : "linux-image-" + System.getProperty("os.arch").replace("aarch64", "arm64");
    return new Finding(
        Severity.WARNING,
        what + ", and kernel '%s' has no module dm-thin-pool".formatted(kernel),
        distribution.install(debian, "kernel-modules-" + kernel)
            + ", then reboot into that kernel; or use --drivers vfs, which needs none");
  }

  /** Returns the command that starts the daemon here. */
  String startCommand() {
    boolean installed =
        Files.exists(root.resolve("lib/systemd/system/convoy.service"))
            || Files.exists(root.resolve("usr/lib/systemd/system/convoy.service"));
    return distribution.asRoot(
        installed
            ? "systemctl start convoy"
            : "convoy daemon --drivers vfs --driver-opts vfs.path=/srv/volumes");
  }

  /** Debian has a directory for each kind of processor below these. */
  private boolean hasLibrary() throws IOException {
    for (Path place : LIBRARY_DIRECTORIES) {
      Path directory = root.resolve(place);
      if (Files.isDirectory(directory)
          && (matches(directory, "libdevmapper.so.1.02*") || isBelow(directory))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBelow(Path directory) throws IOException {
    try (DirectoryStream<Path> kinds = Files.newDirectoryStream(directory, "*-linux-gnu*")) {
      for (Path kind : kinds) {
        if (Files.isDirectory(kind) && matches(kind, "libdevmapper.so.1.02*")) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean matches(Path directory, String glob) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
      return files.iterator().hasNext();
    }
  }
}
