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
          new Tool("dockerd", Severity.NOTE, "Docker", "docker.io", "moby-engine"),
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

  /**
   * Makes one.
   *
   * @param root of the machine's file system
   */
  HostExamination(Path root) {
    this.root = root;
  }

  static HostExamination ofThisMachine() {
    return new HostExamination(Path.of("/"));
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
    if (!Integer.valueOf(0).equals(Files.getAttribute(root.resolve("proc/self"), "unix:uid"))) {
      findings.add(
          new Finding(
              Severity.NOTE,
              "This is not root: drivers devicemapper and ebs, and mounting, need root",
              "sudo convoy doctor"));
    }
    Path misc = root.resolve("proc/misc");
    if (!Files.isReadable(misc) || !Files.readString(misc).contains("device-mapper")) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "The running kernel has no device-mapper: driver devicemapper can't be used",
              "modprobe dm-thin-pool"));
    }
    for (Tool tool : TOOLS) {
      if (PROGRAM_DIRECTORIES.stream()
          .noneMatch(place -> Files.isExecutable(root.resolve(place).resolve(tool.program())))) {
        findings.add(
            new Finding(
                tool.severity(),
                "There is no program '%s', for %s".formatted(tool.program(), tool.user()),
                install(tool.debian(), tool.fedora())));
      }
    }
    if (!hasLibrary()) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "There is no library libdevmapper.so.1.02, for devicemapper",
              install("libdevmapper1.02.1", "device-mapper-libs")));
    }
    return findings;
  }

  private static String install(String debian, String fedora) {
    return "apt-get install %s (Debian, Ubuntu), dnf install %s (Fedora)".formatted(debian, fedora);
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
