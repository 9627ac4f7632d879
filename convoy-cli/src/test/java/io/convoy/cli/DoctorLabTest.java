package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.convoy.cli.lab.ThinHost;
import io.convoy.core.Finding;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds on a real pool is mended by what it says, word for word. */
@Tag("kernel-lab")
final class DoctorLabTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** What to do may come with the reason, and the command after it. */
  private static final String BEFORE_COMMAND = ".*(?:give it up(?: with its snapshots)?|in it): ";

  @TempDir Path directory;
  private final CommandRunner commands = new ProcessCommandRunner();

  private Path socket() {
    return directory.resolve("socket");
  }

  private String run(String line) throws IOException {
    return commands.run(List.of("sh", "-euc", line), LIMIT).strip();
  }

  private String convoy(String line) {
    Run run = Run.of(socket(), Run.words(line).toArray(String[]::new));
    assertThat(run.status()).as("convoy %s: %s", line, run).isZero();
    return run.out().strip();
  }

  private ConvoyDaemon start(ThinHost host) throws IOException {
    return ConvoyDaemon.start(
        DaemonConfig.embedded(host.root(), socket())
            .withDrivers(List.of("devicemapper"), host.options()),
        new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
  }

  /** Returns what to do for each thing that is wrong, but for what this machine lacks. */
  private Map<String, String> findings() throws IOException {
    Run run = Run.of(socket(), "doctor", "--format", "json");
    Map<String, String> findings = new TreeMap<>();
    for (JsonNode finding : new ObjectMapper().readTree(run.out()).path("Findings")) {
      findings.put(finding.path("What").asText(), finding.path("Remedy").asText());
    }
    for (Finding ofTheMachine : HostExamination.ofThisMachine().examine()) {
      findings.remove(ofTheMachine.what());
    }
    return findings;
  }

  /** Does what is said to mend a thing. */
  private void follow(String remedy) throws IOException {
    String command = remedy.replaceFirst(BEFORE_COMMAND, "").replaceFirst(", or .*", "");
    for (String part : command.split("; ", -1)) {
      if (part.startsWith("convoy ")) {
        convoy(part.substring("convoy ".length()));
      } else {
        run(part);
      }
    }
  }

  private String thinId(String inspected) throws IOException {
    return new ObjectMapper().readTree(inspected).path("DriverInfo").path("DevID").asText();
  }

  @Test
  void doctor_recordsAndPoolDiffer_namesWhatMendsEach() throws Exception {
    try (ThinHost host = ThinHost.create(directory.resolve("host"), 1L << 30, Map.of())) {
      String lost;
      try (ConvoyDaemon daemon = start(host)) {
        assertThat(daemon).isNotNull();
        for (String volume : List.of("one", "two", "three", "four")) {
          convoy("create " + volume + " --size 16M");
        }
        convoy("snapshot create one --name snap-one");
        String place = convoy("mount one");
        assertThat(findings()).isEmpty();
        String snapshot = thinId(convoy("snapshot inspect snap-one"));
        String second = thinId(convoy("inspect two"));
        lost = thinId(convoy("inspect four"));
        run("umount " + place);
        run("dmsetup remove two && dmsetup message convoy-pool 0 'delete " + second + "'");
        run("dmsetup message convoy-pool 0 'delete " + snapshot + "'");
        run("dmsetup remove three");
        run("dmsetup message convoy-pool 0 'create_thin 77'");
        run("dmsetup message convoy-pool 0 reserve_metadata_snap");

        assertThat(findings())
            .containsOnlyKeys(
                "Thin pool 'convoy-pool' holds a picture of its metadata for nobody: backups fail",
                "Volume 'one' is recorded as mounted at '" + place + "', and is not",
                "Volume 'two' has no device '/dev/mapper/two'",
                "Volume 'three' has no device '/dev/mapper/three'");
        // It fails as long as there is something else that is wrong.
        assertThat(Run.of(socket(), "doctor", "--repair").out()).contains("is released");
        Map<String, String> found = findings();
        assertThat(found)
            .containsOnlyKeys(
                "Snapshot 'snap-one' of volume 'one': thin device "
                    + snapshot
                    + " is not in the pool",
                "Thin device 77 in pool 'convoy-pool' is named by no record",
                "Volume 'one' is recorded as mounted at '" + place + "', and is not",
                "Volume 'two': thin device "
                    + second
                    + ", which it is recorded to be, is not in the pool",
                "Volume 'three' has no device '/dev/mapper/three'");
        for (String remedy : found.values()) {
          follow(remedy);
        }
        assertThat(findings()).isEmpty();
        assertThat(convoy("doctor --format text")).isNotEmpty();
        convoy("umount one");
        run("dmsetup remove four && dmsetup message convoy-pool 0 'delete " + lost + "'");
      }
      // It is not there at the start any more.
      try (ConvoyDaemon daemon = start(host)) {
        assertThat(daemon).isNotNull();
        follow(
            findings()
                .get(
                    "Volume 'four': thin device "
                        + lost
                        + ", which it is recorded to be, is not in the pool"));
      }
      try (ConvoyDaemon daemon = start(host)) {
        assertThat(daemon).isNotNull();
        assertThat(findings()).isEmpty();
        assertThat(convoy("list")).contains("one", "three").doesNotContain("two", "four");
      }
      host.checkPool();
    }
  }
}
