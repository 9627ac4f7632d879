package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.convoy.cli.host.Finished;
import io.convoy.cli.host.TestHost;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The whole product, with a real Docker Engine on each of two hosts. */
final class DockerIT {
  private static final int RESTORED_MIB = 1000;

  @TempDir(cleanup = CleanupMode.NEVER)
  private Path directory;

  private TestHost host;

  @BeforeEach
  void startHost() throws IOException {
    TestHost.requireDocker();
    host = new TestHost(directory.resolve("a"));
    host.startDaemon();
    host.startEngine();
  }

  @AfterEach
  void stopHost() throws Exception {
    if (host != null) {
      host.close();
    }
    // Layers of images hold device nodes and odd modes, which rm handles best.
    new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor();
  }

  @Test
  void quickStart_twoHosts_containerReadsWhatAnotherWrote() throws Exception {
    Path backups = Files.createDirectories(directory.resolve("backups"));
    String destination = "vfs://" + backups;
    host.docker(
            "run",
            "--network",
            "none",
            "-v",
            "vol1:/vol1",
            "--volume-driver=convoy",
            TestHost.IMAGE,
            "touch",
            "/vol1/foo")
        .ok();
    assertThat(host.convoy("snapshot", "create", "vol1", "--name", "snap1vol1").ok())
        .isEqualTo("snap1vol1");
    String url = host.convoy("backup", "create", "snap1vol1", "--dest", destination).ok();
    assertThat(url).startsWith(destination + "?backup=backup-").endsWith("&volume=vol1");
    host.close();
    new ProcessBuilder("rm", "-rf", host.vfsPath().toString()).start().waitFor();

    try (TestHost other = new TestHost(directory.resolve("b"))) {
      other.startDaemon();
      other.startEngine();
      assertThat(other.convoy("create", "res1", "--backup", url).ok()).isEqualTo("res1");
      assertThat(
              other
                  .docker(
                      "run",
                      "--rm",
                      "--network",
                      "none",
                      "-v",
                      "res1:/res1",
                      "--volume-driver=convoy",
                      TestHost.IMAGE,
                      "ls",
                      "/res1/foo")
                  .ok())
          .isEqualTo("/res1/foo");
      assertThat(
              other
                  .docker(
                      "volume",
                      "create",
                      "--driver",
                      "convoy",
                      "--name",
                      "res2",
                      "--opt",
                      "backup=" + url)
                  .ok())
          .isEqualTo("res2");
      assertThat(other.container("res2", "ls", "/data").ok()).isEqualTo("foo");
    }
  }

  @Test
  void volumeCommands_everyOne_answersAsDockerShows() throws Exception {
    host.docker("volume", "create", "--driver", "convoy", "--name", "vol1", "--opt", "driver=vfs")
        .ok();
    host.docker("volume", "create", "--driver", "convoy", "--name", "vol1", "--opt", "driver=vfs")
        .ok();

    assertThat(
            host.docker("volume", "create", "-d", "convoy", "--name", "vol2", "--opt", "sise=10G")
                .failed())
        .contains("sise")
        .contains("size");
    assertThat(host.docker("volume", "ls", "--format", "{{.Driver}} {{.Name}}").ok())
        .contains("convoy vol1");
    assertThat(host.docker("volume", "inspect", "vol1", "--format", "{{json .Status}}").ok())
        .contains("\"vfs\"")
        .contains("ready");
    assertThat(host.docker("volume", "inspect", "vol1", "--format", "{{.Driver}}").ok())
        .isEqualTo("convoy");

    host.container("vol1", "touch", "/data/kept").ok();
    host.docker("volume", "rm", "vol1").ok();
    assertThat(host.convoy("list").ok()).doesNotContain("vol1");
    assertThat(host.vfsPath().resolve("vol1/kept")).exists();
    assertThat(host.container("vol1", "ls", "/data").ok()).isEqualTo("kept");
  }

  @Test
  void containerRemovedWithItsVolume_dataStays() throws Exception {
    String id =
        host.docker(
                "create",
                "--network",
                "none",
                "-v",
                "/data",
                "--volume-driver=convoy",
                TestHost.IMAGE,
                "touch",
                "/data/kept")
            .ok();
    host.docker("start", "-a", id).ok();
    String name = host.docker("inspect", "--format", "{{(index .Mounts 0).Name}}", id).ok();

    host.docker("rm", "-v", id).ok();

    assertThat(host.convoy("list").ok()).doesNotContain(name);
    assertThat(host.vfsPath().resolve(name).resolve("kept")).exists();
    assertThat(host.convoy("create", name).ok()).isEqualTo(name);
    assertThat(host.container(name, "ls", "/data").ok()).isEqualTo("kept");
  }

  @Test
  void twoContainers_oneStops_theOtherKeepsWriting() throws Exception {
    String first = startWriter("vol1", "first");
    String second = startWriter("vol1", "second");

    host.docker("rm", "-f", first).ok();

    awaitGrowth("vol1", "second");
    assertThat(host.convoy("delete", "vol1").failed()).contains("mounted").contains("1 container");
    assertThat(host.convoy("umount", "vol1").failed()).contains("1 container");
    host.docker("rm", "-f", second).ok();
    assertThat(host.convoy("inspect", "vol1").ok()).contains("\"MountPoint\": \"\"");
    host.convoy("delete", "vol1").ok();
    assertThat(host.vfsPath().resolve("vol1")).doesNotExist();
  }

  @Test
  void daemonKilled_whileContainerRuns_countsGoOn() throws Exception {
    String first = startWriter("vol1", "first");
    String second = startWriter("vol1", "second");

    host.killDaemon();
    awaitGrowth("vol1", "first");
    host.startDaemon();

    host.docker("rm", "-f", first).ok();
    assertThat(host.convoy("delete", "vol1").failed()).contains("1 container");
    awaitGrowth("vol1", "second");
    host.docker("rm", "-f", second).ok();
    host.docker("volume", "rm", "vol1").ok();
    assertThat(host.convoy("list").ok()).doesNotContain("vol1");
  }

  @Test
  void engineRestarted_volumesAndCounts_areRight() throws Exception {
    startWriter("vol1", "first");
    host.stopEngine();
    host.startEngine();

    assertThat(host.docker("volume", "ls", "-q").ok()).contains("vol1");
    assertThat(host.container("vol1", "ls", "/data").ok()).isEqualTo("first");
    String id = host.docker("ps", "-aq").ok();
    host.docker("start", id).ok();
    awaitGrowth("vol1", "first");
    host.docker("rm", "-f", id).ok();
    host.convoy("delete", "vol1").ok();
  }

  @Test
  void daemonStopped_byOperator_leavesMountsAndEndsWell() throws Exception {
    String writer = startWriter("vol1", "first");

    assertThat(host.stopDaemon()).isIn(0, 143);
    awaitGrowth("vol1", "first");
    host.startDaemon();

    host.docker("rm", "-f", writer).ok();
    host.convoy("delete", "vol1").ok();
  }

  /** A restore takes its time; docker ps and docker volume ls must not take it, too. */
  @Test
  void restore_underWay_engineAnswersMeanwhile() throws Exception {
    host.convoy("create", "big").ok();
    byte[] noise = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(host.vfsPath().resolve("big/file"))) {
      for (int i = 0; i < RESTORED_MIB; i++) {
        new Random(i).nextBytes(noise);
        out.write(noise);
      }
    }
    host.convoy("snapshot", "create", "big", "--name", "snap1").ok();
    Path backups = Files.createDirectories(directory.resolve("backups"));
    String url = host.convoy("backup", "create", "snap1", "--dest", "vfs://" + backups).ok();

    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Finished> creation =
          thread.submit(
              () ->
                  host.docker(
                      "volume",
                      "create",
                      "-d",
                      "convoy",
                      "--name",
                      "res1",
                      "--opt",
                      "backup=" + url));
      Duration longest = Duration.ZERO;
      int rounds = 0;
      while (!creation.isDone()) {
        for (String[] call : new String[][] {{"ps"}, {"volume", "ls"}}) {
          long start = System.nanoTime();
          host.docker(call).ok();
          Duration took = Duration.ofNanos(System.nanoTime() - start);
          longest = took.compareTo(longest) > 0 ? took : longest;
        }
        rounds++;
      }
      System.out.printf(
          "docker ps and docker volume ls during a restore: %s rounds, longest %s ms%n",
          rounds, longest.toMillis());
      assertThat(creation.get().ok()).isEqualTo("res1");
      assertThat(rounds).as("asked while it was being restored").isGreaterThan(2);
      assertThat(longest).isLessThan(Duration.ofSeconds(5));
    } finally {
      thread.shutdownNow();
    }
    assertThat(
            Files.mismatch(host.vfsPath().resolve("big/file"), host.vfsPath().resolve("res1/file")))
        .isEqualTo(-1);
  }

  private String startWriter(String volume, String file) throws IOException {
    String id =
        host.docker(
                "run",
                "-d",
                "--network",
                "none",
                "-v",
                volume + ":/data",
                "--volume-driver=convoy",
                TestHost.IMAGE,
                "sh",
                "-c",
                "while true; do echo x >> /data/" + file + "; sleep 0.1; done")
            .ok();
    awaitGrowth(volume, file);
    return id;
  }

  private void awaitGrowth(String volume, String name) throws IOException {
    Path file = host.vfsPath().resolve(volume).resolve(name);
    long before = Files.exists(file) ? Files.size(file) : 0;
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Files.exists(file) && Files.size(file) > before);
  }
}
