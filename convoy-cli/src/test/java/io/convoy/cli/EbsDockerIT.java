package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.convoy.cli.host.Finished;
import io.convoy.cli.host.TestHost;
import io.convoy.ebs.testing.Delays;
import io.convoy.ebs.testing.Fault;
import io.convoy.ebs.testing.Faults;
import io.convoy.ebs.testing.TestAccount;
import io.convoy.ebs.testing.TestAccount.TestInstance;
import io.convoy.ebs.testing.TestAccount.VolumeFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Volumes in EBS under a real Docker Engine, by commands alone, on one instance and on two. */
final class EbsDockerIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir(cleanup = CleanupMode.NEVER)
  private Path directory;

  private final List<TestHost> hosts = new ArrayList<>();
  private TestAccount account;

  @BeforeEach
  void openAccount() throws IOException {
    TestHost.requireDocker();
    account = TestAccount.inMemory();
    account.setDelays(Delays.all(Duration.ofMillis(300)));
  }

  @AfterEach
  void closeAll() throws Exception {
    for (TestHost host : hosts) {
      host.close();
    }
    if (account != null) {
      account.close();
    }
    new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
  }

  /** Starts a Docker Engine and a daemon on an instance of the account. */
  private TestHost start(String instanceId, String... moreOptions) throws IOException {
    TestInstance instance = account.startInstance(instanceId, TestAccount.ZONE, true);
    List<String> options = new ArrayList<>(List.of("--drivers", "ebs"));
    instance
        .driverOptions()
        .forEach((key, value) -> options.addAll(List.of("--driver-opts", key + "=" + value)));
    options.addAll(List.of(moreOptions));
    TestHost host = new TestHost(directory.resolve(instanceId), options.toArray(String[]::new));
    hosts.add(host);
    host.environment().put("AWS_ENDPOINT_URL", account.uri().toString());
    host.environment().put("AWS_EC2_METADATA_SERVICE_ENDPOINT", instance.metadata().toString());
    host.environment().put("AWS_ACCESS_KEY_ID", TestAccount.ACCESS_KEY);
    host.environment().put("AWS_SECRET_ACCESS_KEY", TestAccount.SECRET_KEY);
    host.startEngine();
    host.startDaemonBesideEngine();
    return host;
  }

  private static void createByDocker(TestHost host, String name, String... options)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "volume", "create", "--driver", "convoy", "--name", name, "--opt", "driver=ebs"));
    command.addAll(List.of(options));
    assertThat(host.docker(command.toArray(String[]::new)).ok()).isEqualTo(name);
  }

  /** Starts a container that holds a volume, and returns its ID. */
  private static String startContainer(TestHost host, String volume) throws IOException {
    return host.docker(
            "run",
            "-d",
            "--network",
            "none",
            "-v",
            volume + ":/data",
            "--volume-driver=convoy",
            TestHost.IMAGE,
            "sleep",
            "600")
        .ok();
  }

  @Test
  void volume_writtenBackedUpDeletedRestored_isReadByAContainer() throws Exception {
    TestHost host = start("i-00000000000000001");
    createByDocker(host, "db", "--opt", "size=2G", "--opt", "type=gp2");
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
    createByDocker(host, "restored", "--opt", "backup=" + url);
    assertThat(host.container("restored", "cat", "/data/file").ok()).isEqualTo("hello");
    host.convoy("backup", "delete", url).ok();
    assertThat(account.snapshots()).isEmpty();

    // What Docker removes stays at Amazon, is told of, and can be taken over again.
    host.docker("volume", "rm", "restored").ok();
    VolumeFacts kept = account.volumes().get(0);
    assertThat(kept.attachedTo()).isEmpty();
    assertThat(host.convoy("list").ok()).doesNotContain("restored");
    assertThat(host.convoy("doctor").output()).contains(kept.id());
    assertThat(host.convoy("create", "again", "--driver", "ebs", "--id", kept.id()).ok())
        .isEqualTo("again");
    assertThat(host.container("again", "cat", "/data/file").ok()).isEqualTo("hello");
  }

  @Test
  void volume_twoInstances_followsTheContainer() throws Exception {
    TestHost first = start("i-00000000000000001");
    TestHost second = start("i-00000000000000002");
    createByDocker(first, "db");
    first.container("db", "sh", "-c", "echo one > /data/file && sync").ok();
    String running = startContainer(first, "db");

    String refused = second.container("db", "cat", "/data/file").failed();

    assertThat(refused).contains("i-00000000000000001").contains("running");
    assertThat(second.convoy("mount", "db", "--force").failed()).contains("running");
    first.docker("rm", "-f", running).ok();
    await().atMost(LIMIT).until(() -> account.volumes().get(0).attachedTo().isEmpty());
    assertThat(second.container("db", "sh", "-c", "cat /data/file; echo two > /data/file").ok())
        .isEqualTo("one");
    assertThat(first.container("db", "cat", "/data/file").ok()).isEqualTo("two");
    assertThat(account.volumes()).hasSize(1);
  }

  @Test
  void daemon_killedWhileAFileSystemStandsStill_leavesNothingFrozen() throws Exception {
    TestHost host = start("i-00000000000000001", "--driver-opts", "ebs.fsfreeze=true");
    createByDocker(host, "db");
    String running = startContainer(host, "db");
    account.setLateness(Duration.ofSeconds(30));
    account.setFaults(
        (action, nth) -> action.equals("CreateSnapshot") ? Fault.UNANSWERED : Fault.NONE);
    CompletableFuture<Finished> snapshot =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return host.convoy("snapshot", "create", "db", "--name", "snapdb");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    await().atMost(LIMIT).until(() -> account.calls("CreateSnapshot") > 0);
    Path frozen = host.root().resolve("ebs/frozen");
    assertThat(frozen).isNotEmptyDirectory();

    host.killDaemon();

    assertThat(snapshot.get().status()).isNotZero();
    assertThat(
            host.docker("exec", running, "sh", "-c", "echo on > /data/file; cat /data/file").ok())
        .isEqualTo("on");
    account.setFaults(Faults.NONE);
    host.startDaemonBesideEngine();
    assertThat(frozen).isEmptyDirectory();
    assertThat(account.snapshots()).isEmpty();
    assertThat(host.docker("exec", running, "cat", "/data/file").ok()).isEqualTo("on");
  }
}
