package io.convoy.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.DeleteMode;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.testing.Environment;
import io.convoy.ebs.testing.Fault;
import io.convoy.ebs.testing.Faults;
import io.convoy.ebs.testing.TestAccount;
import io.convoy.ebs.testing.TestAccount.TestInstance;
import io.convoy.ebs.testing.TestAccount.VolumeFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every call fails in every way, once and for good, while a volume lives its life. When Amazon is
 * well again and the driver has started anew, nothing is left over, doubled, frozen or lost.
 */
final class EbsFaultsIT {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final List<String> ACTIONS =
      List.of(
          "CreateVolume",
          "DescribeVolumes",
          "AttachVolume",
          "DetachVolume",
          "CreateTags",
          "DeleteVolume",
          "CreateSnapshot",
          "DescribeSnapshots");

  /** Gives up soon: what is late, or never comes, is tried twice. */
  private static final Pace IMPATIENT =
      new Pace(
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofSeconds(4),
          Duration.ofMillis(5),
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofSeconds(30),
          Duration.ofMillis(700),
          Duration.ofSeconds(4),
          2,
          Duration.ofMillis(5));

  @TempDir private Path directory;

  private interface Step {
    void run() throws IOException;
  }

  @Test
  void anyCall_failsInAnyWay_leavesNothingBehind() throws Exception {
    Environment.requireRoot();
    Map<String, Faults> cases = new LinkedHashMap<>();
    for (String action : ACTIONS) {
      for (Fault fault : Fault.values()) {
        if (fault != Fault.NONE) {
          cases.put(
              action + "-always-" + fault, (name, nth) -> name.equals(action) ? fault : Fault.NONE);
        }
      }
      cases.put(
          action + "-once-" + Fault.ANSWER_LOST,
          (name, nth) -> name.equals(action) && nth == 1 ? Fault.ANSWER_LOST : Fault.NONE);
    }
    List<Callable<String>> runs = new ArrayList<>();
    cases.forEach((name, faults) -> runs.add(() -> outcome(name, faults)));
    ExecutorService threads = Executors.newFixedThreadPool(6);
    List<String> wrong = new ArrayList<>();
    try {
      for (Future<String> run : threads.invokeAll(runs)) {
        if (!run.get().isEmpty()) {
          wrong.add(run.get());
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(wrong).isEmpty();
  }

  private String outcome(String name, Faults faults) {
    try {
      live(Files.createDirectories(directory.resolve(name)), faults);
      return "";
    } catch (IOException | AssertionError | RuntimeException e) {
      return name + ": " + e;
    }
  }

  private static void live(Path place, Faults faults) throws IOException {
    try (TestAccount account = TestAccount.inMemory()) {
      account.setLateness(Duration.ofSeconds(1));
      TestInstance instance = account.startInstance("i-0123456789abcdef0", TestAccount.ZONE, true);
      EbsHarness host = new EbsHarness(place, account, instance, IMPATIENT);
      host.options().put("ebs.fsfreeze", "true");
      host.start();
      account.setFaults(faults);
      List<String> done = new ArrayList<>();
      step(done, "create", () -> create(host));
      step(done, "mount", () -> host.driver().mount(VOL1, Optional.empty()));
      boolean mounted = !mountPoint(host, account).isEmpty();
      if (mounted) {
        account.setFaults(faults);
        step(done, "snapshot", () -> snapshot(host));
        // Nothing hangs: the file system is not frozen.
        Files.writeString(Path.of(mountPoint(host, account)).resolve("text"), "written");
        account.setFaults(faults);
        step(done, "unmount", () -> host.driver().unmount(VOL1));
      }
      step(done, "delete", () -> host.driver().delete(VOL1, DeleteMode.DATA));

      account.setFaults(Faults.NONE);
      host.reopen();
      host.reopen();

      List<Volume> listed =
          host.driver()
              .list(
                  (name, problem) -> {
                    throw new AssertionError(name + ": " + problem);
                  });
      for (Volume volume : listed) {
        host.driver().unmount(volume.name());
      }
      List<VolumeFacts> there = account.volumes();
      assertThat(there).as("after %s", done).hasSameSizeAs(listed);
      assertThat(there.size()).as("twins after %s", done).isLessThanOrEqualTo(1);
      assertThat(there).allSatisfy(volume -> assertThat(volume.attachedTo()).isEmpty());
      if (!done.contains("create")) {
        assertThat(there).as("a volume whose creation failed").isEmpty();
      }
      if (mounted && !there.isEmpty()) {
        assertThat(host.read(VOL1)).isEqualTo("written");
      }
      if (mounted && !done.contains("delete") && !place.toString().contains("DeleteVolume")) {
        assertThat(there).as("after %s", done).isNotEmpty();
      }
      assertThat(account.snapshots().size())
          .as("snapshots after %s", done)
          .isEqualTo(done.contains("snapshot") ? 1 : 0);
      for (Volume volume : listed) {
        host.driver().delete(volume.name(), DeleteMode.DATA);
      }
      assertThat(account.volumes()).isEmpty();
      host.close();
    }
  }

  private static void step(List<String> done, String name, Step step) {
    try {
      step.run();
      done.add(name);
    } catch (IOException e) {
      done.add(name + " failed");
    }
  }

  private static void create(EbsHarness host) throws IOException {
    host.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
  }

  private static void snapshot(EbsHarness host) throws IOException {
    host.driver()
        .snapshots()
        .orElseThrow()
        .create(VOL1, new SnapshotName("snap1"), UUID.randomUUID());
  }

  /** Asks when all is well: the driver may not be able to tell meanwhile. */
  private static String mountPoint(EbsHarness host, TestAccount account) throws IOException {
    account.setFaults(Faults.NONE);
    return host.driver().get(VOL1).map(volume -> volume.details().get("MountPoint")).orElse("");
  }
}
