package io.convoy.cli.lines;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.host.TestHost;
import io.convoy.cli.lab.S3Server;
import io.convoy.core.testing.KernelLab;
import io.convoy.ebs.testing.TestAccount;
import io.convoy.ebs.testing.TestAccount.TestInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/command-lines.md}, line by line. */
final class CommandLinesIT {
  private static final Path DOCUMENT = Path.of("../docs/command-lines.md");
  private static final String WITH_DIRECTORIES = "On a machine with directories";
  private static final String AT_AMAZON = "On an instance at Amazon";
  private static final String WITH_DEVICE_MAPPER = "On a machine with device-mapper";

  // Not by JUnit, which would follow links out of a machine that did not end.
  @TempDir(cleanup = CleanupMode.NEVER)
  private Path directory;

  private Map<String, List<DocumentedLine>> lines;
  private final Queue<LineRunner.Outcome> outcomes = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void read() throws IOException {
    KernelLab.require();
    TestHost.requireDocker();
    lines = DocumentedLine.read(DOCUMENT);
  }

  @AfterEach
  void remove() throws Exception {
    new ProcessBuilder("rm", "-rf", "--one-file-system", directory.toString()).start().waitFor();
  }

  @Test
  void everyLine_asItStandsThere_answersAsItSays() throws Exception {
    assertThat(lines).containsOnlyKeys(WITH_DIRECTORIES, AT_AMAZON, WITH_DEVICE_MAPPER);
    FutureTask<Void> lab =
        new FutureTask<>(
            () -> {
              LabLines.run(
                  directory.resolve("lab"),
                  DOCUMENT,
                  WITH_DEVICE_MAPPER,
                  lines.get(WITH_DEVICE_MAPPER),
                  outcomes::add);
              return null;
            });
    new Thread(lab, "lab").start();

    try {
      withDirectories();
      atAmazon();
      lab.get();
    } finally {
      System.out.println(table());
    }

    assertThat(outcomes)
        .extracting(LineRunner.Outcome::line)
        .as("all lines of the document have run")
        .containsExactlyInAnyOrderElementsOf(
            lines.values().stream().flatMap(Collection::stream).toList());
    assertThat(outcomes).filteredOn(outcome -> !outcome.asPromised()).isEmpty();
  }

  private void withDirectories() throws Exception {
    Path place = Files.createDirectory(directory.resolve("directories"));
    try (S3Server server =
            S3Server.start(Files.createDirectory(place.resolve("s3")), Duration.ZERO);
        OwnMachine machine = OwnMachine.start(place)) {
      machine
          .run(
              "mkdir -p /srv/vfs /opt/convoy /opt/backup /host/proc && mount --rbind /proc /host/proc")
          .ok();
      for (String bucket : List.of("backup-bucket", "bucket")) {
        server.addBucket(bucket);
      }
      machine.environment().putAll(S3Server.credentials());
      for (String target :
          List.of(
              "one s3://backup-bucket@us-west-2/",
              "two s3://bucket@us-west-2/",
              "three s3://bucket/")) {
        machine
            .run("convoy target add %s --s3-endpoint %s".formatted(target, server.endpoint()))
            .ok();
      }
      machine.startEngine();
      LineRunner runner =
          new LineRunner(machine, "")
              .fill("vfs_path", "/srv/vfs")
              .fill("image", TestHost.IMAGE)
              .fill("endpoint", server.endpoint());
      run(runner, WITH_DIRECTORIES);
    }
  }

  private void atAmazon() throws Exception {
    Path place = Files.createDirectory(directory.resolve("amazon"));
    try (TestAccount account = TestAccount.inMemory();
        OwnMachine machine = OwnMachine.start(place)) {
      TestInstance instance = account.startInstance("i-00000000000000001", TestAccount.ZONE, true);
      Map<String, String> environment = machine.environment();
      environment.put("AWS_ENDPOINT_URL", account.uri().toString());
      environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", instance.metadata().toString());
      environment.put("AWS_ACCESS_KEY_ID", TestAccount.ACCESS_KEY);
      environment.put("AWS_SECRET_ACCESS_KEY", TestAccount.SECRET_KEY);
      machine.startEngine();
      LineRunner runner =
          new LineRunner(machine, devicesOf(instance)).fill("id", account.addVolume(Map.of()));
      run(runner, AT_AMAZON);
    }
  }

  /** Returns the options that tell a daemon where an instance's devices are. */
  static String devicesOf(TestInstance instance) {
    return "--driver-opts ebs.devpath=%s --driver-opts ebs.syspath=%s"
        .formatted(
            instance.driverOptions().get("ebs.devpath"),
            instance.driverOptions().get("ebs.syspath"));
  }

  private void run(LineRunner runner, String heading) throws IOException {
    for (DocumentedLine line : lines.get(heading)) {
      outcomes.add(runner.run(line));
    }
    runner.stopDaemon();
  }

  private String table() {
    StringBuilder table = new StringBuilder("The lines of " + DOCUMENT + ":\n");
    List<LineRunner.Outcome> ordered = new ArrayList<>(outcomes);
    ordered.sort(Comparator.comparing(outcome -> outcome.line().number()));
    for (LineRunner.Outcome outcome : ordered) {
      String printed = outcome.printed().replaceAll("\\s+", " ");
      table.append(
          "%2d  %-9s  status %d  %s%n        %s%n"
              .formatted(
                  outcome.line().number(),
                  outcome.asPromised() ? "works" : "DIFFERS",
                  outcome.status(),
                  outcome.as(),
                  printed.length() <= 160 ? printed : printed.substring(0, 160) + "…"));
    }
    return table.toString();
  }
}
