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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostExaminationTest {
  @TempDir Path root;

  @Test
  void examine_bareMachine_saysWhatToInstallFromWhichPackage() throws IOException {
    Files.createDirectories(root.resolve("proc/self"));

    List<Finding> findings = HostExamination.of(root).examine();

    assertThat(findings)
        .filteredOn(finding -> finding.what().contains("thin_delta"))
        .singleElement()
        .extracting(Finding::remedy)
        .isEqualTo(
            sudo("apt-get install -y thin-provisioning-tools")
                + " (Debian, Ubuntu), "
                + sudo("dnf install -y device-mapper-persistent-data")
                + " (Fedora)");
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
    Files.createFile(Files.createDirectories(root.resolve("run")).resolve("docker.sock"));
    Path programs = Files.createDirectories(root.resolve("usr/sbin"));
    for (String program :
        List.of("dockerd", "mount", "blkid", "thin_delta", "mkfs.ext4", "mkfs.xfs", "tar")) {
      Files.createFile(
          programs.resolve(program),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    assertThat(HostExamination.of(root).examine())
        .filteredOn(finding -> !finding.what().contains("not root"))
        .isEmpty();
  }

  private String sudo(String command) throws IOException {
    boolean isRoot = Files.getAttribute(root.resolve("proc/self"), "unix:uid").equals(0);
    return isRoot ? command : "sudo " + command;
  }

  private Finding find(String words) throws IOException {
    List<Finding> found =
        HostExamination.of(root).examine().stream()
            .filter(finding -> finding.what().contains(words))
            .toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  @ParameterizedTest
  @CsvSource({
    "ID=debian, apt-get install -y libdevmapper1.02.1",
    "'ID=linuxmint\nID_LIKE=\"ubuntu debian\"', apt-get install -y libdevmapper1.02.1",
    "ID=fedora, dnf install -y device-mapper-libs",
    "'ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"', dnf install -y device-mapper-libs"
  })
  void examine_knownDistribution_givesItsCommandAlone(String release, String command)
      throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    write("etc/os-release", release.replace("\\n", "\n") + "\n");

    assertThat(find("libdevmapper").remedy()).isEqualTo(sudo(command));
  }

  @Test
  void examine_noDeviceMapper_tellsAMissingModuleFromOneThatIsNotLoaded() throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    write("etc/os-release", "ID=debian\n");
    write("proc/sys/kernel/osrelease", "6.1.0-9\n");

    assertThat(find("no device-mapper").remedy())
        .startsWith(sudo("apt-get install -y linux-image-"))
        .contains("reboot", "--drivers vfs");

    write("etc/os-release", "ID=ubuntu\n");
    assertThat(find("no device-mapper").remedy())
        .startsWith(sudo("apt-get install -y linux-modules-extra-6.1.0-9,"));

    write("lib/modules/6.1.0-9/modules.dep", "kernel/drivers/md/dm-thin-pool.ko.xz: a b\n");
    assertThat(find("no device-mapper").remedy()).isEqualTo(sudo("modprobe dm-thin-pool"));
  }

  @Test
  void examine_dockerThatDoesNotRun_saysHowToStartIt() throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    Files.createFile(
        Files.createDirectories(root.resolve("usr/bin")).resolve("dockerd"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

    assertThat(find("docker.sock").remedy()).isEqualTo(sudo("systemctl start docker"));
  }
}
