package io.convoy.cli.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.convoy.cli.lab.UnixHttp.Answer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hosts that share a {@code vfs.path} over a real NFS server; the first has a thin pool and a
 * Docker Engine besides.
 */
@Tag("kernel-lab")
final class SharedStorageLabTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** What a call may take whose storage is gone; engines give up after 120 s. */
  private static final Duration BOUND = Duration.ofSeconds(30);

  private static final String LEASE_OPTION = "vfs.lease=8s";

  @TempDir static Path directory;
  private static NfsServer server;
  private static NfsHost web1;
  private static NfsHost web2;
  private static final List<String> LOOPS = new ArrayList<>();

  @BeforeAll
  static void setUp() throws Exception {
    long start = System.nanoTime();
    server = NfsServer.start(directory);
    Path share = Files.createDirectories(directory.resolve("share"));
    web1 = NfsHost.create("web1", 1, directory.resolve("web1"), share);
    web2 = NfsHost.create("web2", 2, directory.resolve("web2"), share);
    startFirst();
    startSecond();
    web1.startEngine();
    System.out.printf("server, 2 hosts, engine: %s ms%n", millisSince(start));
  }

  private static void startFirst() throws IOException {
    web1.startDaemon(
        "--drivers",
        "vfs",
        "--drivers",
        "devicemapper",
        "--driver-opts",
        "vfs.path=" + web1.share(),
        "--driver-opts",
        LEASE_OPTION,
        "--driver-opts",
        "dm.datadev=" + loop("data", 128L << 20),
        "--driver-opts",
        "dm.metadatadev=" + loop("metadata", 16L << 20));
  }

  private static void startSecond() throws IOException {
    web2.startDaemon(
        "--drivers",
        "vfs",
        "--driver-opts",
        "vfs.path=" + web2.share(),
        "--driver-opts",
        "vfs.shared=true",
        "--driver-opts",
        LEASE_OPTION);
  }

  private static String loop(String name, long bytes) throws IOException {
    Path file = directory.resolve(name);
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(bytes);
    }
    String device = NfsHost.run("losetup", "--find", "--show", file.toString()).strip();
    LOOPS.add(device);
    return device;
  }

  @AfterAll
  static void tearDown() throws Exception {
    if (web1 != null) {
      web1.close();
    }
    if (web2 != null) {
      web2.close();
    }
    for (String name : NfsHost.run("dmsetup", "ls").split("\n", -1)) {
      if (name.contains("\t") && !name.startsWith("convoy-pool")) {
        NfsHost.run("dmsetup", "remove", "--retry", name.split("\t", 2)[0]);
      }
    }
    if (!LOOPS.isEmpty()) {
      NfsHost.run("dmsetup", "remove", "--retry", "convoy-pool");
    }
    for (String device : LOOPS) {
      NfsHost.run("losetup", "--detach", device);
    }
    if (server != null) {
      server.close();
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private static String name(String volume) {
    return "{\"Name\":\"%s\"}".formatted(volume);
  }

  private static String id(String volume, String id) {
    return "{\"Name\":\"%s\",\"ID\":\"%s\"}".formatted(volume, id);
  }

  private static Answer ok(Answer answer) throws IOException {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static Answer done(Answer answer) throws IOException {
    assertThat(ok(answer).error()).isEmpty();
    return answer;
  }

  private static void create(NfsHost host, String volume) throws IOException {
    done(host.plugin("VolumeDriver.Create", name(volume)));
  }

  private static void mount(NfsHost host, String volume, String id) throws IOException {
    Answer answer = done(host.plugin("VolumeDriver.Mount", id(volume, id)));
    assertThat(answer.json().path("Mountpoint").asText())
        .isEqualTo(host.share().resolve(volume).toString());
  }

  private static Answer delete(NfsHost host, String volume, boolean force) throws IOException {
    return host.convoy(
        "DELETE", "/v1/volumes/", "{\"VolumeName\":\"%s\",\"Force\":%s}".formatted(volume, force));
  }

  private static Path in(NfsHost host, String volume, String file) {
    return host.seenFromOutside(host.share().resolve(volume).resolve(file));
  }

  @Test
  void volume_madeOnOneHost_isThereAtOnceForAllPurposesOnTheOther() throws Exception {
    // Both remember that there is no such volume.
    assertThat(web1.plugin("VolumeDriver.Get", name("shared")).error()).contains("no volume");
    assertThat(web2.plugin("VolumeDriver.Get", name("shared")).error()).contains("no volume");
    create(web1, "shared");
    create(web2, "shared");
    done(web2.plugin("VolumeDriver.Get", name("shared")));
    assertThat(web2.plugin("VolumeDriver.List", "").body()).contains("\"shared\"");
    assertThat(web1.plugin("VolumeDriver.Capabilities", "").body()).contains("local");
    assertThat(web2.plugin("VolumeDriver.Capabilities", "").body()).contains("global");

    mount(web1, "shared", "c1");
    mount(web2, "shared", "c2");
    Files.writeString(in(web1, "shared", "text"), "from web1");
    assertThat(Files.readString(in(web2, "shared", "text"))).isEqualTo("from web1");

    ok(
        web2.convoy(
            "POST", "/v1/snapshots/create", "{\"VolumeName\":\"shared\",\"Name\":\"snap2\"}"));
    Files.writeString(in(web1, "shared", "text"), "later");
    String backups = "vfs://" + Files.createDirectories(directory.resolve("backups"));
    Answer backup =
        ok(
            web1.convoy(
                "POST",
                "/v1/backups/create",
                "{\"SnapshotName\":\"snap2\",\"URL\":\"%s\"}".formatted(backups)));
    ok(
        web2.convoy(
            "POST",
            "/v1/volumes/create",
            "{\"Name\":\"restored\",\"BackupURL\":\"%s\"}".formatted(backup.body().strip())));
    mount(web1, "restored", "c3");
    assertThat(Files.readString(in(web1, "restored", "text"))).isEqualTo("from web1");

    done(web1.plugin("VolumeDriver.Unmount", id("restored", "c3")));
    done(web1.plugin("VolumeDriver.Unmount", id("shared", "c1")));
    done(web2.plugin("VolumeDriver.Unmount", id("shared", "c2")));
    ok(delete(web1, "restored", false));
    ok(delete(web2, "shared", false));
    assertThat(web1.plugin("VolumeDriver.List", "").body()).doesNotContain("shared", "restored");
  }

  @Test
  void delete_mountedOnAnotherHost_isRefusedUntilThatIsOver() throws Exception {
    for (String volume : List.of("used", "forced", "lost")) {
      create(web1, volume);
      mount(web2, volume, "c-" + volume);
    }

    Answer refused = delete(web1, "used", false);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).containsPattern("host 'web2' \\(.*\\) has it mounted since 20..-");
    assertThat(web1.plugin("VolumeDriver.Remove", name("used")).error()).contains("host 'web2'");

    ok(delete(web1, "forced", true));
    assertThat(web1.plugin("VolumeDriver.List", "").body()).doesNotContain("forced");

    web2.killDaemon();
    long killed = System.nanoTime();
    assertThat(delete(web1, "lost", false).body()).contains("host 'web2'");
    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> delete(web1, "lost", false).status() == 200);
    long expired = millisSince(killed);
    System.out.printf("mount of a killed daemon (%s) expired after %s ms%n", LEASE_OPTION, expired);
    assertThat(expired).isGreaterThan(4000);

    startSecond();
    // It lives again, and so does what it has mounted.
    assertThat(delete(web1, "used", false).body()).contains("host 'web2'");
    done(web2.plugin("VolumeDriver.Unmount", id("used", "c-used")));
    ok(delete(web1, "used", false));
  }

  @Test
  void lock_holderOnAnotherHost_isWaitedForAndGoesWithItsHolder() throws Exception {
    Path lock = web2.share().resolve(".convoy/records.lock");
    Process holder =
        new ProcessBuilder(
                "nsenter",
                "--net",
                "--mount",
                "--target",
                web2.pid(),
                "--",
                "python3",
                "-c",
                "import fcntl,sys,time; f=open(sys.argv[1],'r+'); fcntl.lockf(f,fcntl.LOCK_EX);"
                    + " print('locked',flush=True); time.sleep(1000)",
                lock.toString())
            .redirectErrorStream(true)
            .start();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      assertThat(holder.inputReader(UTF_8).readLine()).isEqualTo("locked");
      Future<?> creation =
          threads.submit(
              () -> {
                create(web1, "waiting");
                return null;
              });
      Thread.sleep(2000);
      assertThat(creation.isDone()).isFalse();
      done(web1.plugin("VolumeDriver.List", ""));

      holder.destroyForcibly().waitFor();

      long start = System.nanoTime();
      creation.get();
      System.out.printf("lock of a killed holder passed on after %s ms%n", millisSince(start));
    } finally {
      holder.destroyForcibly();
      threads.shutdownNow();
    }
    ok(delete(web2, "waiting", false));
  }

  private static Duration longest(String what, List<Answer> answers) {
    Duration longest =
        answers.stream().map(Answer::time).max(Duration::compareTo).orElse(Duration.ZERO);
    System.out.printf("%s: %s calls, longest %s ms%n", what, answers.size(), longest.toMillis());
    return longest;
  }

  private static List<Answer> engineCalls() throws IOException {
    return List.of(
        ok(web1.engine("GET", "/containers/json?all=1", "")),
        ok(web1.engine("GET", "/volumes", "")));
  }

  private static List<Answer> pluginCalls(String volume) throws IOException {
    return List.of(
        done(web1.plugin("VolumeDriver.List", "")),
        done(web1.plugin("VolumeDriver.Get", name(volume))),
        done(web1.plugin("VolumeDriver.Path", name(volume))),
        ok(web1.plugin("VolumeDriver.Capabilities", "")));
  }

  @Test
  void server_gone_callsEndInTimeAndOthersGoOn() throws Exception {
    create(web1, "hanging");
    Answer made =
        web1.engine("POST", "/volumes/create", "{\"Name\":\"known\",\"Driver\":\"convoy\"}");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(web1.engine("GET", "/volumes", "").body()).contains("hanging", "known");
    longest("before", engineCalls());

    web1.cutWire();
    try {
      List<Answer> answers = new ArrayList<>();
      // From the first moment on, when nobody knows yet, until it is known.
      for (int i = 0; i < 12; i++) {
        List<Answer> engine = engineCalls();
        assertThat(engine.get(1).body()).contains("hanging", "known");
        answers.addAll(engine);
        answers.addAll(pluginCalls("hanging"));
        Thread.sleep(300);
      }
      assertThat(longest("while the server is gone", answers)).isLessThan(SECOND);
      callsFailInTime();
      otherDriverGoesOn();
      manyCallsAtOnce();
      assertThat(ok(web1.convoy("GET", "/v1/info", "")).body())
          .contains("has not answered for", "\"Problems\"");
    } finally {
      web1.mendWire();
    }
    long mended = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> web1.plugin("VolumeDriver.Mount", id("hanging", "c1")).error().isEmpty());
    System.out.printf("usable %s ms after the server was back%n", millisSince(mended));
    assertThat(ok(web1.convoy("GET", "/v1/info", "")).body()).doesNotContain("has not answered");
    done(web1.plugin("VolumeDriver.Unmount", id("hanging", "c1")));
    for (String volume : List.of("hanging", "known")) {
      ok(delete(web1, volume, false));
    }
  }

  private static void callsFailInTime() throws IOException {
    List<Answer> answers = new ArrayList<>();
    answers.add(web1.plugin("VolumeDriver.Mount", id("hanging", "c9")));
    answers.add(web1.plugin("VolumeDriver.Create", name("never")));
    answers.add(web1.plugin("VolumeDriver.Remove", name("hanging")));
    for (Answer answer : answers) {
      assertThat(answer.error()).contains("has not answered for");
    }
    Answer snapshot =
        web1.convoy(
            "POST", "/v1/snapshots/create", "{\"VolumeName\":\"hanging\",\"Name\":\"snap1\"}");
    assertThat(snapshot.status()).isEqualTo(500);
    answers.add(snapshot);
    assertThat(longest("changes while the server is gone", answers)).isLessThan(BOUND);
  }

  private static void otherDriverGoesOn() throws IOException {
    long start = System.nanoTime();
    done(
        web1.plugin(
            "VolumeDriver.Create",
            "{\"Name\":\"thin\",\"Opts\":{\"driver\":\"devicemapper\",\"size\":\"32M\"}}"));
    done(web1.plugin("VolumeDriver.Mount", id("thin", "c1")));
    ok(
        web1.convoy(
            "POST", "/v1/snapshots/create", "{\"VolumeName\":\"thin\",\"Name\":\"snapthin\"}"));
    ok(web1.convoy("DELETE", "/v1/snapshots/", "{\"SnapshotName\":\"snapthin\"}"));
    done(web1.plugin("VolumeDriver.Unmount", id("thin", "c1")));
    ok(delete(web1, "thin", false));
    System.out.printf("a thin volume's life beside it: %s ms%n", millisSince(start));
  }

  @Test
  void pool_full_engineAndPluginAnswerInTime() throws Exception {
    done(
        web1.plugin(
            "VolumeDriver.Create",
            "{\"Name\":\"large\",\"Opts\":{\"driver\":\"devicemapper\",\"size\":\"256M\"}}"));
    String place =
        done(web1.plugin("VolumeDriver.Mount", id("large", "c1")))
            .json()
            .path("Mountpoint")
            .asText();
    Process writer =
        new ProcessBuilder(
                "nsenter",
                "--mount",
                "--target",
                web1.pid(),
                "--",
                "dd",
                "if=/dev/zero",
                "of=" + place + "/file",
                "bs=1M",
                "count=200",
                "conv=fsync")
            .redirectErrorStream(true)
            .start();
    List<Answer> answers = new ArrayList<>();
    do {
      answers.addAll(engineCalls());
      answers.addAll(pluginCalls("large"));
    } while (writer.isAlive());
    for (int i = 0; i < 5; i++) {
      answers.addAll(engineCalls());
      answers.addAll(pluginCalls("large"));
    }
    assertThat(writer.exitValue()).as("200 MiB do not fit in a pool of 128 MiB").isNotZero();
    assertThat(longest("while the pool fills and is full", answers)).isLessThan(SECOND);
    done(web1.plugin("VolumeDriver.Unmount", id("large", "c1")));
    ok(delete(web1, "large", false));
  }

  private static void manyCallsAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(40);
    try {
      List<Future<List<Answer>>> calls = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        calls.add(threads.submit(() -> pluginCalls("hanging")));
      }
      List<Answer> answers = new ArrayList<>();
      for (Future<List<Answer>> call : calls) {
        answers.addAll(call.get());
      }
      longest("40 clients at once", answers);
    } finally {
      threads.shutdownNow();
    }
    int count = web1.daemonThreads();
    System.out.printf("%s threads in the daemon%n", count);
    assertThat(count).isLessThan(200);
  }

  @Test
  void start_shareNotMounted_waitsForItAndWritesNothing() throws Exception {
    create(web2, "behind");
    web2.stopDaemon();
    web2.unmountShare();

    startSecond();

    assertThat(ok(web2.convoy("GET", "/v1/info", "")).body()).contains("is the share mounted?");
    assertThat(web2.plugin("VolumeDriver.Create", name("never")).error())
        .contains("is the share mounted?");
    assertThat(web2.plugin("VolumeDriver.Mount", id("behind", "c1")).error())
        .contains("is the share mounted?");
    assertThat(web2.plugin("VolumeDriver.Capabilities", "").body()).contains("global");
    assertThat(web2.seenFromOutside(web2.share())).isEmptyDirectory();

    web2.mountShare();

    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> web2.plugin("VolumeDriver.Mount", id("behind", "c1")).error().isEmpty());
    assertThat(ok(web2.convoy("GET", "/v1/info", "")).body()).doesNotContain("Problems");
    done(web2.plugin("VolumeDriver.Unmount", id("behind", "c1")));
    ok(delete(web2, "behind", false));
  }

  @Test
  void start_locksOfThisHostAlone_waitsForAnotherMountAndWritesNothing() throws Exception {
    create(web1, "unlocked");
    web2.stopDaemon();
    web2.unmountShare();
    web2.mountShareWithoutLocks(server.export());

    startSecond();

    assertThat(ok(web2.convoy("GET", "/v1/info", "")).body())
        .contains("can't be shared: " + web2.share() + " is mounted with 'nolock'");
    assertThat(web2.plugin("VolumeDriver.Mount", id("unlocked", "c1")).error())
        .contains("so locks hold on this host alone");
    assertThat(ok(web2.convoy("GET", "/v2/doctor", "")).json().path("Findings").toString())
        .contains("\"error\"", "so locks hold on this host alone");
    web2.unmountShare();
    web2.mountShare();
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> web2.plugin("VolumeDriver.Mount", id("unlocked", "c1")).error().isEmpty());
    assertThat(ok(web2.convoy("GET", "/v1/info", "")).body()).doesNotContain("Problems");
    done(web2.plugin("VolumeDriver.Unmount", id("unlocked", "c1")));
    ok(delete(web2, "unlocked", false));
  }

  @Test
  void server_restarted_isWaitedForByBoth() throws Exception {
    create(web1, "through");
    mount(web1, "through", "c1");

    server.stop();
    Thread.sleep(5000);
    assertThat(web2.plugin("VolumeDriver.List", "").time()).isLessThan(SECOND);
    server.resume();

    await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> web2.plugin("VolumeDriver.Mount", id("through", "c2")).error().isEmpty());
    assertThat(delete(web2, "through", false).body()).contains("container");
    done(web2.plugin("VolumeDriver.Unmount", id("through", "c2")));
    assertThat(delete(web2, "through", false).body()).contains("host 'web1'");
    done(web1.plugin("VolumeDriver.Unmount", id("through", "c1")));
    ok(delete(web2, "through", false));
  }
}
