package io.convoy.cli.lines;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.host.TestHost;
import io.convoy.ebs.testing.TestAccount;
import io.convoy.ebs.testing.TestAccount.TestInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the documents, word for word; what they answer is what is in the boxes. */
final class QuickStartsIT {
  private static final Path DOCUMENTS = Path.of("../docs");

  @TempDir(cleanup = CleanupMode.NEVER)
  private Path directory;

  private OwnMachine machine;

  @BeforeEach
  void start() throws IOException {
    TestHost.requireDocker();
    machine = OwnMachine.start(directory);
    machine.startEngine();
  }

  @AfterEach
  void stop() throws Exception {
    if (machine != null) {
      machine.close();
    }
    new ProcessBuilder("rm", "-rf", "--one-file-system", directory.toString()).start().waitFor();
  }

  private void run(List<DocumentedLine> commands, String daemonOptions)
      throws IOException, InterruptedException {
    assertThat(commands).hasSizeGreaterThan(5);
    LineRunner runner = new LineRunner(machine, daemonOptions);
    for (DocumentedLine command : commands) {
      LineRunner.Outcome outcome = runner.run(command);
      System.out.printf("$ %s%n%s%n", outcome.as(), outcome.printed());
      assertThat(outcome.asPromised())
          .as("%s%n%s%n expected:%n%s", outcome.as(), outcome.printed(), command.answer())
          .isTrue();
      if (command.text().contains("backup create")) {
        // Lists are in the order of the seconds in which backups were made, as the format has them.
        TimeUnit.SECONDS.sleep(1);
      }
    }
    runner.stopDaemon();
  }

  @Test
  void readme_quickStart_isAsItSays() throws Exception {
    // What bin/convoy runs, without building it once more.
    machine.run("mkdir bin && ln -s /usr/local/bin/convoy bin/convoy").ok();

    run(DocumentedCommands.of(Path.of("../README.md"), "Quick start with Docker"), "");
  }

  @Test
  void vfs_quickStart_isAsItSays() throws Exception {
    run(DocumentedCommands.of(DOCUMENTS.resolve("quickstart-vfs.md")), "");
  }

  @Test
  void ebs_quickStart_isAsItSays() throws Exception {
    try (TestAccount account = TestAccount.inMemory()) {
      TestInstance instance = account.startInstance("i-00000000000000001", TestAccount.ZONE, true);
      machine.environment().put("AWS_ENDPOINT_URL", account.uri().toString());
      machine
          .environment()
          .put("AWS_EC2_METADATA_SERVICE_ENDPOINT", instance.metadata().toString());
      machine.environment().put("AWS_ACCESS_KEY_ID", TestAccount.ACCESS_KEY);
      machine.environment().put("AWS_SECRET_ACCESS_KEY", TestAccount.SECRET_KEY);

      run(
          DocumentedCommands.of(DOCUMENTS.resolve("quickstart-ebs.md")),
          CommandLinesIT.devicesOf(instance));

      assertThat(account.volumes()).isEmpty();
      assertThat(account.snapshots()).isEmpty();
    }
  }

  @Test
  void strategies_nightlyScript_backsUpAndKeepsOneSnapshot() throws Exception {
    LineRunner runner = new LineRunner(machine, "");
    runner.run(
        new DocumentedLine(
            1, "convoy daemon --drivers vfs --driver-opts vfs.path=/srv/convoy", 0, "…"));
    machine
        .run(
            "mkdir -p /mnt/nas/backups && convoy target add nas vfs:///mnt/nas/backups/ && convoy create shop && convoy create other && convoy snapshot create other --name shops-own")
        .ok();
    List<DocumentedLine> lines =
        DocumentedCommands.of(DOCUMENTS.resolve("strategies.md"), "Every night");
    assertThat(lines.get(0).text()).isEqualTo("#!/bin/sh");
    Path script = directory.resolve("nightly");
    // Twice within a minute, which the names would not bear.
    Files.writeString(
        script,
        String.join("\n", lines.stream().map(DocumentedLine::text).toList())
            .replace("%Y%m%d-%H%M", "%Y%m%d-%H%M%S"));

    machine.run("sh " + script).ok();
    machine.run("echo more > /srv/convoy/shop/file; sleep 1; sh " + script).ok();

    assertThat(machine.run("convoy snapshot list shop").ok().split("\"VolumeName\": ", -1))
        .hasSize(2);
    assertThat(machine.run("convoy snapshot list other").ok()).contains("shops-own");
    assertThat(machine.run("convoy backup list nas").ok().split("\"BackupName\": ", -1)).hasSize(3);
    runner.stopDaemon();
  }
}
