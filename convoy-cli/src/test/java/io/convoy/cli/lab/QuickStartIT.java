package io.convoy.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.host.TestHost;
import io.convoy.cli.lines.DocumentedCommands;
import io.convoy.cli.lines.DocumentedLine;
import io.convoy.core.testing.KernelLab;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The quick start for devicemapper, word for word as it stands in the documents, on two machines
 * with a Docker Engine each; then the first machine is booted again. Each boot is a kernel of its
 * own; a disk with the backups is carried from one machine to the other.
 */
final class QuickStartIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final Path DOCUMENT = Path.of("../docs/quickstart-devicemapper.md");

  private static final String DAEMON =
      """
       >>/var/log/convoy.log 2>&1 &
      daemon=$!
      wait_for convoy info
      """;

  /** Leaves a mounted volume of each file system behind, and one that a container has. */
  private static final String BEFORE_REBOOT =
      """
      convoy create on-ext4 --size 64M
      echo 'on ext4' > "$(convoy mount on-ext4)/file"
      kill "$daemon"
      wait "$daemon" || true
      convoy daemon --drivers devicemapper --driver-opts dm.datadev=/dev/loop5 --driver-opts dm.metadatadev=/dev/loop6 --driver-opts dm.fs=xfs >>/var/log/convoy.log 2>&1 &
      wait_for convoy info
      convoy create on-xfs --size 320M
      mkdir /mnt/xfs
      convoy mount on-xfs --mountpoint /mnt/xfs
      echo 'on xfs' > /mnt/xfs/file
      docker run -d -v vol1:/vol1 --volume-driver=convoy convoy-test:1 sleep 1000
      sync
      """;

  private static final String AFTER_REBOOT =
      """
      result mounts "$(grep -c ' /dev/mapper/' /proc/self/mountinfo)"
      result ext4 "$(cat /var/lib/convoy/devicemapper/mounts/on-ext4/file)"
      result xfs "$(cat /mnt/xfs/file)"
      result devices "$(cd /dev/mapper && echo *)"
      result backup "$(convoy backup create snap1vol1 --dest vfs:///opt/convoy)"
      convoy umount on-ext4
      convoy umount on-xfs
      convoy delete on-ext4
      convoy delete on-xfs
      """;

  @TempDir Path directory;

  @Test
  void quickStart_twoMachinesAndAReboot_givesWhatAContainerWrote() throws Exception {
    KernelLab.require();
    TestHost.requireDocker();
    Path backups = Machine.backupDisk(directory.resolve("backups"));
    Machine first = new Machine(directory.resolve("first"), backups);
    Machine second = new Machine(directory.resolve("second"), backups);

    Map<String, String> made =
        run(
            first,
            script("The pool", "")
                + script("The daemon", "")
                + script("A volume, a snapshot, a backup", "")
                + BEFORE_REBOOT);
    assertThat(made).containsEntry("snapshot", "snap1vol1");
    assertThat(made.get("backup")).matches("vfs:///opt/convoy\\?backup=backup-[^&]*&volume=vol1");

    assertThat(run(second, script("On another machine", made.get("backup"))))
        .isEqualTo(Map.of("create", "res1", "run", "/res1/foo"));

    assertThat(run(first, script("After a reboot", "") + AFTER_REBOOT))
        .containsEntry("mounts", "2")
        .containsEntry("ext4", "on ext4")
        .containsEntry("xfs", "on xfs")
        .containsEntry("devices", "control convoy-pool on-ext4 on-xfs vol1")
        .containsEntry("run", "/vol1/foo")
        .hasEntrySatisfying("backup", url -> assertThat(url).startsWith("vfs:///opt/convoy?"));
  }

  /**
   * Returns the commands under a heading for a script. What they answer is a result by the name of
   * what is done; a daemon is left running, and the engine is started when it is needed.
   */
  private static String script(String heading, String url) throws IOException {
    StringBuilder script = new StringBuilder("cd /root\n");
    for (DocumentedLine line : DocumentedCommands.of(DOCUMENT, heading)) {
      String text = line.text().replace("<url>", url);
      String[] words = text.split(" ", -1);
      if (line.startsDaemon()) {
        script.append(text.replaceFirst(" &$", "")).append(DAEMON);
      } else if (words[0].equals("docker")) {
        script.append("start_engine\n").append(result(words[1], text));
      } else if (words[0].equals("convoy")) {
        script.append(result(words[1], text));
      } else {
        script.append(text).append('\n');
      }
    }
    return script.toString();
  }

  private static String result(String name, String command) {
    // Not in one line: the status of a command in an argument is lost.
    return "answer=$(%s)\n[ -z \"$answer\" ] || result %s \"$answer\"\n".formatted(command, name);
  }

  private static Map<String, String> run(Machine machine, String script) throws Exception {
    long start = System.nanoTime();
    Map<String, String> results = Machine.results(machine.run(LIMIT, script).ok());
    System.out.printf(
        "In the lab, %d s: %s%n", Duration.ofNanos(System.nanoTime() - start).toSeconds(), results);
    return results;
  }
}
