package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An empty disk becomes a pool by two commands. */
@Tag("kernel-lab")
final class PoolPlanLabTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final CommandRunner commands = new ProcessCommandRunner();

  private String run(String line) throws IOException {
    return commands.run(List.of("sh", "-euc", line), LIMIT).strip();
  }

  private Run convoy(String line) {
    return Run.of(directory.resolve("socket"), Run.words(line).toArray(String[]::new));
  }

  @Test
  void poolPlan_emptyDisk_makesWhatTheDaemonStartsOn() throws Exception {
    String[] disks = System.getenv("LAB_DISKS").strip().split(" +", -1);
    String disk = disks[disks.length - 1];
    String before = run("sha512sum " + disk);
    Run planned = convoy("pool plan " + disk);
    assertThat(planned.status()).as("%s", planned).isZero();
    assertThat(run("sha512sum " + disk)).isEqualTo(before);

    Run written = convoy("pool plan " + disk + " --write");

    assertThat(written.status()).as("%s", written).isZero();
    // There is no udev here to make the nodes of the partitions.
    run(
        "for p in /sys/block/*/%1$s[12]; do mknod /dev/${p##*/} b $(tr : ' ' <$p/dev); done"
            .formatted(Path.of(disk).getFileName()));
    String start =
        written.out().lines().filter(line -> line.contains("convoy daemon ")).findFirst().get();
    List<String> words = Run.words(start.strip());
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals("--driver-opts")) {
        String[] option = words.get(i + 1).split("=", 2);
        options.put(option[0], option[1]);
      }
    }
    assertThat(options)
        .containsEntry("dm.datadev", disk + "2")
        .containsEntry("dm.metadatadev", disk + "1");
    DaemonConfig config =
        DaemonConfig.embedded(directory.resolve("root"), directory.resolve("socket"))
            .withDrivers(List.of("devicemapper"), options);
    try (ConvoyDaemon daemon =
        ConvoyDaemon.start(config, new PrintStream(new ByteArrayOutputStream(), true, UTF_8))) {
      assertThat(daemon).isNotNull();
      assertThat(convoy("create vol1 --size 64M").status()).isZero();
      Run mounted = convoy("mount vol1");
      Files.writeString(Path.of(mounted.out().strip()).resolve("foo"), "text");
      assertThat(convoy("umount vol1").status()).isZero();
      Run again = convoy("pool plan " + disk + " --write");
      assertThat(again.status()).isEqualTo(1);
      assertThat(again.err()).contains("nothing was written");
      assertThat(convoy("delete vol1").status()).isZero();
    } finally {
      run("dmsetup remove --retry convoy-pool");
    }
    run("thin_check " + disk + "1");
  }
}
