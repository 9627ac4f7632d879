package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.convoy.core.testing.Environment;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Ceph RADOS Gateway on loopback with a monitor and one storage daemon behind it, which holds
 * objects in memory: processes of this JVM, in a directory of their own.
 */
final class CephCluster implements S3TestServer.Server {
  private static final int COMMAND_SECONDS = 60;
  private static final List<String> PROGRAMS =
      List.of("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool");

  /** Any: nobody is asked for it, as all is open on loopback but the gateway. */
  private static final String KEY = "AQBTcmVwZWFsAAAQAAAAAAAAAAAAAAAAAAAAAA==";

  private final Path directory;
  private final int monitorPort;
  private final int port;
  private final List<Process> running = new ArrayList<>();

  private CephCluster(Path directory, int monitorPort, int port) {
    this.directory = directory;
    this.monitorPort = monitorPort;
    this.port = port;
  }

  /** Starts one whose gateway has a user of these keys and listens on a port. */
  static CephCluster start(int port, String accessKey, String secretKey) throws IOException {
    requirePrograms();
    CephCluster cluster =
        new CephCluster(Files.createTempDirectory("convoy-ceph"), S3TestServer.freePort(), port);
    try {
      cluster.configure();
      cluster.startDaemons(accessKey, secretKey);
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  static void requirePrograms() {
    List<Path> path =
        Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of).toList();
    for (String program : PROGRAMS) {
      Environment.require(
          path.stream().anyMatch(bin -> Files.isExecutable(bin.resolve(program))),
          "needs "
              + program
              + ": run bin/verify, or install ceph-mon ceph-osd radosgw ceph-common");
    }
  }

  private void configure() throws IOException {
    Path run = Files.createDirectory(directory.resolve("run"));
    Files.createDirectory(directory.resolve("mon"));
    Files.createDirectory(directory.resolve("osd"));
    List<String> keys = new ArrayList<>();
    for (String name : List.of("mon.", "client.admin", "client.rgw.a", "osd.0")) {
      keys.add("[" + name + "]");
      keys.add("key = " + KEY);
      keys.add("caps mon = \"allow *\"");
      keys.add("caps osd = \"allow *\"");
    }
    Files.write(keyring(), keys);
    Files.write(
        configuration(),
        List.of(
            "[global]",
            "fsid = " + UUID.randomUUID(),
            "mon_initial_members = a",
            "mon_host = v2:127.0.0.1:" + monitorPort + "/0",
            "public_addr = 127.0.0.1",
            "cluster_addr = 127.0.0.1",
            "auth_cluster_required = none",
            "auth_service_required = none",
            "auth_client_required = none",
            "ms_mon_client_mode = crc",
            "keyring = " + keyring(),
            "run_dir = " + run,
            "admin_socket = " + run + "/$name.asok",
            "pid_file =",
            "log_file = " + directory + "/$name.log",
            "mon_cluster_log_file = default=" + directory + "/cluster.log",
            "mon_data = " + directory + "/mon",
            "osd_data = " + directory + "/osd",
            "osd_objectstore = memstore",
            "memstore_device_bytes = 4294967296",
            // One daemon, one copy, few groups.
            "mon_allow_pool_size_one = true",
            "osd_pool_default_size = 1",
            "osd_pool_default_min_size = 1",
            "osd_pool_default_pg_num = 1",
            "osd_pool_default_pgp_num = 1",
            "osd_pool_default_pg_autoscale_mode = off",
            "osd_crush_chooseleaf_type = 0",
            "mon_max_pg_per_osd = 2000",
            // The gateway makes its pools one after another, and each waits for the monitor.
            "paxos_propose_interval = 0.02",
            "paxos_min_wait = 0.01",
            "rgw_crypt_require_ssl = false",
            "rgw_frontends = beast endpoint=127.0.0.1:" + port,
            "rgw_data = " + directory + "/rgw",
            "rgw_dynamic_resharding = false",
            "rgw_enable_lc_threads = false"));
  }

  private Path configuration() {
    return directory.resolve("ceph.conf");
  }

  private Path keyring() {
    return directory.resolve("keyring");
  }

  private void startDaemons(String accessKey, String secretKey) throws IOException {
    String fsid = configured("fsid");
    String map = directory.resolve("monmap").toString();
    String monitor = "[v2:127.0.0.1:" + monitorPort + "]";
    run("monmaptool", "--create", "--addv", "a", monitor, "--fsid", fsid, map);
    run("ceph-mon", "--mkfs", "-i", "a", "--monmap", map, "--keyring", keyring().toString());
    startDaemon("ceph-mon", "-f", "-i", "a");
    String osd = UUID.randomUUID().toString();
    run("ceph", "-n", "client.admin", "osd", "new", osd);
    run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd);
    startDaemon("ceph-osd", "-f", "-i", "0");
    startDaemon("radosgw", "-f", "-n", "client.rgw.a");
    run(
        "radosgw-admin",
        "-n",
        "client.admin",
        "user",
        "create",
        "--uid=test",
        "--display-name=test",
        "--access-key=" + accessKey,
        "--secret=" + secretKey);
  }

  private String configured(String key) throws IOException {
    return Files.readAllLines(configuration()).stream()
        .filter(line -> line.startsWith(key + " = "))
        .map(line -> line.substring(key.length() + 3))
        .findFirst()
        .orElseThrow();
  }

  private void run(String... argv) throws IOException {
    Process process = launch(argv);
    try {
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("%s did not end: %s".formatted(argv[0], log(argv[0])));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(() -> log(argv[0])).isZero();
  }

  private void startDaemon(String... argv) throws IOException {
    running.add(launch(argv));
  }

  private Process launch(String... argv) throws IOException {
    List<String> all = new ArrayList<>(List.of(argv));
    if (!argv[0].equals("monmaptool")) {
      all.addAll(1, List.of("-c", configuration().toString()));
    }
    return new ProcessBuilder(all)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output(argv[0]).toFile()))
        .start();
  }

  private Path output(String program) {
    return directory.resolve(program + ".out");
  }

  private String log(String program) {
    try {
      return Files.readString(output(program));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public boolean isAlive() {
    return running.stream().allMatch(Process::isAlive);
  }

  @Override
  public String log() {
    return log("radosgw");
  }

  @Override
  public void close() {
    try {
      for (Process process : running) {
        process.destroyForcibly().waitFor();
      }
      MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
