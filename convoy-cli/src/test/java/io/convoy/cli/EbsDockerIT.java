package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.host.TestHost;
import io.convoy.ebs.testing.Delays;
import io.convoy.ebs.testing.TestAccount;
import io.convoy.ebs.testing.TestAccount.TestInstance;
import io.convoy.ebs.testing.TestAccount.VolumeFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The life of a volume in EBS under a real Docker Engine, by commands alone. */
final class EbsDockerIT {
  private static final String INSTANCE = "i-0123456789abcdef0";

  @TempDir(cleanup = CleanupMode.NEVER)
  private Path directory;

  private TestAccount account;
  private TestHost host;

  @BeforeEach
  void startHost() throws IOException {
    TestHost.requireDocker();
    account = TestAccount.inMemory();
    account.setDelays(Delays.all(Duration.ofMillis(300)));
    TestInstance instance = account.startInstance(INSTANCE, TestAccount.ZONE, true);
    host =
        new TestHost(
            directory,
            "--drivers",
            "ebs",
            "--driver-opts",
            "ebs.defaultvolumesize=1G",
            "--driver-opts",
            "ebs.devpath=" + instance.machine().devices(),
            "--driver-opts",
            "ebs.syspath=" + instance.machine().system());
    host.environment().put("AWS_ENDPOINT_URL", account.uri().toString());
    host.environment().put("AWS_EC2_METADATA_SERVICE_ENDPOINT", instance.metadata().toString());
    host.environment().put("AWS_ACCESS_KEY_ID", TestAccount.ACCESS_KEY);
    host.environment().put("AWS_SECRET_ACCESS_KEY", "secret");
    host.startEngine();
    host.startDaemonBesideEngine();
  }

  @AfterEach
  void stopHost() throws Exception {
    if (host != null) {
      host.close();
    }
    if (account != null) {
      account.close();
    }
    new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
  }

  private void createByDocker(String name, String... options) throws IOException {
    String[] command = {"volume", "create", "--driver", "convoy", "--name", name, "--opt", "driver=ebs"};
    String[] all = Arrays.copyOf(command, command.length + options.length);
    System.arraycopy(options, 0, all, command.length, options.length);
    assertThat(host.docker(all).ok()).isEqualTo(name);
  }

  @Test
  void volume_writtenBackedUpDeletedRestored_isReadByAContainer() throws Exception {
    createByDocker("db", "--opt", "size=2G", "--opt", "type=gp2");
    host.container("db", "sh", "-c", "echo hello > /data/file && sync").ok();
    assertThat(account.volumes())
        .singleElement()
        .satisfies(volume -> assertThat(volume.attachedTo()).isEmpty());
    assertThat(host.convoy("inspect", "db").ok())
        .contains("\"AvailablityZone\": \"us-east-1a\"")
        .contains("\"Size\": \"2147483648\"")
        .contains("\"State\": \"available\"")
        .contains("\"Type\": \"gp2\"");
    assertThat(host.convoy("snapshot", "create", "db", "--name", "snapdb").ok())
        .isEqualTo("snapdb");
    assertThat(host.convoy("snapshot", "inspect", "snapdb").ok()).contains("EBSSnapshotID");

    String url = host.convoy("backup", "create", "snapdb").ok();

    assertThat(url).startsWith("ebs://us-east-1/snap-");
    assertThat(host.convoy("backup", "inspect", url).ok()).contains("\"State\": \"completed\"");
    host.convoy("snapshot", "delete", "snapdb").ok();
    host.convoy("delete", "db").ok();
    assertThat(account.volumes()).isEmpty();
    createByDocker("restored", "--opt", "backup=" + url);
    assertThat(host.container("restored", "cat", "/data/file").ok()).isEqualTo("hello");
    host.convoy("backup", "delete", url).ok();
    assertThat(account.snapshots()).isEmpty();
  }

  @Test
  void dockerVolumeRm_keepsTheVolume_whichIdTakesOver() throws Exception {
    assertThat(host.convoy("create", "db", "--driver", "ebs").ok()).isEqualTo("db");
    host.container("db", "sh", "-c", "echo kept > /data/file && sync").ok();
    host.docker("volume", "rm", "db").ok();
    VolumeFacts kept = account.volumes().get(0);
    assertThat(kept.attachedTo()).isEmpty();
    assertThat(host.convoy("list").ok()).doesNotContain("db");

    assertThat(host.convoy("create", "again", "--driver", "ebs", "--id", kept.id()).ok())
        .isEqualTo("again");

    assertThat(host.container("again", "cat", "/data/file").ok()).isEqualTo("kept");
  }
}
