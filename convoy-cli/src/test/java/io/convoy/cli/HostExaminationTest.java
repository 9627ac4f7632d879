package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostExaminationTest {
  @TempDir Path root;

  @Test
  void examine_bareMachine_saysWhatToInstallFromWhichPackage() throws IOException {
    Files.createDirectories(root.resolve("proc/self"));

    List<Finding> findings = new HostExamination(root).examine();

    assertThat(findings)
        .filteredOn(finding -> finding.what().contains("thin_delta"))
        .singleElement()
        .extracting(Finding::remedy)
        .isEqualTo(
            "apt-get install thin-provisioning-tools (Debian, Ubuntu), dnf install"
                + " device-mapper-persistent-data (Fedora)");
    assertThat(findings)
        .extracting(Finding::what)
        .anyMatch(what -> what.contains("no device-mapper"))
        .anyMatch(what -> what.contains("libdevmapper.so.1.02"))
        .anyMatch(what -> what.contains("dockerd"));
  }

  @Test
  void examine_machineThatHasAll_findsNothing() throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(root.resolve("proc/misc"), "236 device-mapper\n");
    Path library = Files.createDirectories(root.resolve("usr/lib/x86_64-linux-gnu"));
    Files.createFile(library.resolve("libdevmapper.so.1.02.1"));
    Path programs = Files.createDirectories(root.resolve("usr/sbin"));
    for (String program :
        List.of("dockerd", "mount", "blkid", "thin_delta", "mkfs.ext4", "mkfs.xfs")) {
      Files.createFile(
          programs.resolve(program),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    assertThat(new HostExamination(root).examine())
        .filteredOn(finding -> !finding.what().contains("not root"))
        .isEmpty();
  }
}
