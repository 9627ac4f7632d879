package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BackupOptions;
import io.convoy.plugin.DaemonConfig;
import io.convoy.plugin.DaemonConfig.Observation;
import io.convoy.plugin.DaemonConfig.Sockets;
import io.convoy.plugin.LogFormat;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DaemonCommandTest {
  private static DaemonConfig config(String line) throws MisuseException {
    CommandLine parsed = CommandLine.parse(Run.words(line));
    DaemonCommand command = (DaemonCommand) parsed.command().orElseThrow();
    return command.config(
        new Session(System.out, System.err, Terminal.NONE, Map.of(), parsed.global()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "daemon --drivers devicemapper --driver-opts dm.datadev=/dev/loop5 --driver-opts"
            + " dm.metadatadev=/dev/loop6",
        "daemon --driver devicemapper --driver-opts dm.datadev=/dev/loop5"
            + " --driver-opts=dm.metadatadev=/dev/loop6",
        "daemon -drivers devicemapper -driver-opts dm.datadev=/dev/loop5 --driver-opts"
            + " dm.metadatadev=/dev/loop6",
        "daemon -driver=devicemapper --driver-opts dm.datadev=/dev/loop5"
            + " -driver-opts=dm.metadatadev=/dev/loop6",
      })
  void config_everySpelling_isUnderstood(String line) throws Exception {
    assertThat(config(line))
        .isEqualTo(
            DaemonConfig.defaults()
                .withDrivers(
                    List.of("devicemapper"),
                    Map.of("dm.datadev", "/dev/loop5", "dm.metadatadev", "/dev/loop6")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "daemon --drivers=devicemapper --drivers=vfs",
        "daemon --drivers devicemapper,vfs",
        "daemon --driver devicemapper --drivers 'vfs, devicemapper'"
      })
  void config_severalDrivers_keepTheirOrder(String line) throws Exception {
    assertThat(config(line).drivers()).containsExactly("devicemapper", "vfs");
  }

  @Test
  void config_optionWithCommaAndEquals_staysWhole() throws Exception {
    assertThat(config("daemon --driver-opts 'vfs.path=/srv/a,b=c'").driverOptions())
        .isEqualTo(Map.of("vfs.path", "/srv/a,b=c"));
  }

  @Test
  void config_allFlags_areTaken() throws Exception {
    assertThat(
            config(
                "--debug -s /run/c.sock daemon --root /var/lib/convoy --log /var/log/convoy.log"
                    + " --mnt-ns /host/proc/1/ns/mnt --cmd-timeout 5m --create-on-docker-mount"
                    + " --ignore-docker-delete --ignore-config-file --socket-group docker --format"
                    + " v0.5.2 --compression gzip --log-format json --metrics-address"
                    + " 127.0.0.1:9475"))
        .isEqualTo(
            new DaemonConfig(
                Optional.of(Path.of("/var/lib/convoy")),
                new Sockets(
                    Path.of("/run/c.sock"),
                    Optional.of(DaemonConfig.DEFAULT_PLUGIN_SOCKET),
                    Optional.of("docker")),
                List.of(),
                Map.of(),
                Optional.of(Path.of("/host/proc/1/ns/mnt")),
                Optional.of(true),
                Optional.of(true),
                Optional.of("5m"),
                new BackupOptions(Optional.of("v0.5.2"), Optional.of("gzip")),
                true,
                new Observation(
                    Optional.of(Path.of("/var/log/convoy.log")),
                    true,
                    LogFormat.JSON,
                    Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9475)))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0:9475 | other hosts",
        "[::]:9475 | other hosts",
        "127.0.0.1 | a port",
        "127.0.0.1:99999 | a port"
      })
  void config_metricsAddressThatIsNone_isRefused(String given) {
    String[] parts = given.split(" \\| ", 2);

    assertThatThrownBy(() -> config("daemon --metrics-address " + parts[0]))
        .isInstanceOf(MisuseException.class)
        .hasMessageContaining(parts[0])
        .hasMessageContaining(parts[1]);
  }

  @Test
  void config_metricsAddressForAll_isTakenWhenThatIsSaid() throws Exception {
    assertThat(
            config("daemon --metrics-address 0.0.0.0:9475 --metrics-public")
                .observation()
                .metricsAddress())
        .contains(new InetSocketAddress(9475));
  }

  @Test
  void config_noFlags_leavesAllOpen() throws Exception {
    assertThat(config("daemon")).isEqualTo(DaemonConfig.defaults());
  }
}
