package io.convoy.cli.lines;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.host.TestHost;
import io.convoy.core.testing.Environment;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Docker's managed plugin, as {@code bin/package --plugin} makes it, under a real engine. */
final class DockerPluginIT {
  private static final long LIMIT_SECONDS = 120;

  /** The number of the capability that only the growing of mounted file systems needs. */
  private static final int CAP_SYS_RESOURCE = 24;

  @TempDir(cleanup = CleanupMode.NEVER)
  private Path directory;

  private OwnMachine machine;

  @BeforeEach
  void require() {
    TestHost.requireDocker();
    Environment.require(
        Files.isExecutable(Path.of("/usr/bin/jlink")),
        "needs jlink: apt-get install openjdk-17-jdk-headless");
  }

  @AfterEach
  void stop() throws Exception {
    if (machine != null) {
      machine.close();
    }
    new ProcessBuilder("rm", "-rf", "--one-file-system", directory.toString()).start().waitFor();
  }

  private String makePlugin() throws Exception {
    Path log = directory.resolve("package.log");
    Process process =
        new ProcessBuilder(
                "../bin/package",
                "--built",
                "--plugin",
                "--out",
                directory.resolve("packages").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    String said = Files.readString(log).strip();
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /** Has the plugin do without a capability that this machine itself has not, as in containers. */
  private void asThisMachineCan() throws IOException {
    String bounds =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapBnd:"))
            .findFirst()
            .orElseThrow()
            .split("\\s+", 2)[1];
    if (!new BigInteger(bounds, 16).testBit(CAP_SYS_RESOURCE)) {
      Path config = directory.resolve("packages/docker-plugin/config.json");
      String without = Files.readString(config).replace("\"CAP_SYS_RESOURCE\",", "");
      assertThat(without).isNotEqualTo(Files.readString(config));
      Files.writeString(config, without);
      System.out.println("Without CAP_SYS_RESOURCE, which this machine has not");
    }
  }

  private String run(String script) throws IOException {
    return machine.run(script).ok();
  }

  @Test
  void plugin_createdAndEnabled_keepsVolumesOnTheHost() throws Exception {
    String create = makePlugin();
    assertThat(create).startsWith("docker plugin create convoy ");
    asThisMachineCan();
    machine = OwnMachine.start(directory);
    machine.startEngine();
    run("mkdir -p /var/lib/convoy /run/convoy /srv/backups");
    run(create);

    run("docker plugin enable convoy");

    assertThat(run("docker plugin ls --format '{{.Name}} {{.Enabled}}'"))
        .isEqualTo("convoy:latest true");
    run(
        "docker run --rm -v vol1:/data --volume-driver=convoy busybox sh -c 'echo kept > /data/file'");
    assertThat(run("docker run --rm -v vol1:/data --volume-driver=convoy busybox cat /data/file"))
        .isEqualTo("kept");
    assertThat(run("cat /var/lib/convoy/volumes/vol1/file")).isEqualTo("kept");

    // The command of the host asks the daemon in the plugin.
    run("convoy snapshot create vol1 --name snap1");
    String url = run("convoy backup create snap1 --dest vfs:///srv/backups");
    assertThat(run("convoy create res1 --backup '%s'".formatted(url))).isEqualTo("res1");
    assertThat(run("docker run --rm -v res1:/data --volume-driver=convoy busybox cat /data/file"))
        .isEqualTo("kept");

    // Docker keeps a plugin as long as it knows volumes of it.
    run("docker volume rm vol1 res1");
    run("docker plugin disable convoy");
    run("docker plugin rm convoy");

    assertThat(run("cat /var/lib/convoy/volumes/vol1/file")).isEqualTo("kept");
    assertThat(run("ls /srv/backups")).isEqualTo("convoy-objectstore");
    assertThat(machine.run("grep propagated-mount /proc/mounts").output()).isEmpty();
  }
}
