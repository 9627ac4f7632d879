package io.convoy.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.host.TestHost;
import io.convoy.core.testing.KernelLab;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The quick start, word for word, on two machines with a Docker Engine each; then the first machine
 * is booted again. Each boot is a kernel of its own; a disk with the backups is carried from one
 * machine to the other.
 */
final class QuickStartIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final String QUICK_START =
      """
      cd /root
      truncate -s 100G data.vol
      truncate -s 1G metadata.vol
      losetup /dev/loop5 data.vol
      losetup /dev/loop6 metadata.vol
      mkdir -p /etc/docker/plugins/ && echo "unix:///var/run/convoy/convoy.sock" > /etc/docker/plugins/convoy.spec
      convoy daemon --drivers devicemapper --driver-opts dm.datadev=/dev/loop5 --driver-opts dm.metadatadev=/dev/loop6 >>/var/log/convoy.log 2>&1 &
      daemon=$!
      wait_for convoy info
      start_engine

      docker run -v vol1:/vol1 --volume-driver=convoy convoy-test:1 touch /vol1/foo
      result snapshot "$(convoy snapshot create vol1 --name snap1vol1)"
      result url "$(convoy backup create snap1vol1 --dest vfs:///opt/convoy)"
      """;

  private static final String RESTORE =
      """
      cd /root
      truncate -s 100G data.vol
      truncate -s 1G metadata.vol
      losetup /dev/loop5 data.vol
      losetup /dev/loop6 metadata.vol
      convoy daemon --driver devicemapper --driver-opts dm.data=/dev/loop5 --driver-opts dm.metadatadev=/dev/loop6 >>/var/log/convoy.log 2>&1 &
      wait_for convoy info
      start_engine

      result created "$(convoy create res1 --backup "$url")"
      result listed "$(docker run -v res1:/res1 --volume-driver=convoy convoy-test:1 ls /res1/foo)"
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
      cd /root
      losetup /dev/loop5 data.vol
      losetup /dev/loop6 metadata.vol
      convoy daemon --drivers devicemapper --driver-opts dm.datadev=/dev/loop5 --driver-opts dm.metadatadev=/dev/loop6 >>/var/log/convoy.log 2>&1 &
      wait_for convoy info
      result mounts "$(grep -c ' /dev/mapper/' /proc/self/mountinfo)"
      result ext4 "$(cat /var/lib/convoy/devicemapper/mounts/on-ext4/file)"
      result xfs "$(cat /mnt/xfs/file)"
      result devices "$(cd /dev/mapper && echo *)"
      start_engine
      result listed "$(docker run -v vol1:/vol1 --volume-driver=convoy convoy-test:1 ls /vol1/foo)"
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

    Map<String, String> made = run(first, QUICK_START + BEFORE_REBOOT);
    assertThat(made).containsEntry("snapshot", "snap1vol1");
    assertThat(made.get("url")).matches("vfs:///opt/convoy\\?backup=backup-[^&]*&volume=vol1");

    assertThat(run(second, "url='%s'\n".formatted(made.get("url")) + RESTORE))
        .isEqualTo(Map.of("created", "res1", "listed", "/res1/foo"));

    assertThat(run(first, AFTER_REBOOT))
        .containsEntry("mounts", "2")
        .containsEntry("ext4", "on ext4")
        .containsEntry("xfs", "on xfs")
        .containsEntry("devices", "control convoy-pool on-ext4 on-xfs vol1")
        .containsEntry("listed", "/vol1/foo")
        .hasEntrySatisfying("backup", url -> assertThat(url).startsWith("vfs:///opt/convoy?"));
  }

  private static Map<String, String> run(Machine machine, String script) throws Exception {
    long start = System.nanoTime();
    Map<String, String> results = Machine.results(machine.run(LIMIT, script).ok());
    System.out.printf(
        "In the lab, %d s: %s%n", Duration.ofNanos(System.nanoTime() - start).toSeconds(), results);
    return results;
  }
}
