package io.convoy.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupUrl;
import io.convoy.core.BlockContent;
import io.convoy.core.DeleteMode;
import io.convoy.core.Extent;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.Snapshots;
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
import java.nio.ByteBuffer;
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

  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  /** What a volume needs that moves, grows, is copied and leaves Amazon. */
  private static final List<String> RARER_ACTIONS =
      List.of(
          "DescribeInstances",
          "ModifyVolume",
          "CopySnapshot",
          "ListSnapshotBlocks",
          "ListChangedBlocks",
          "GetSnapshotBlock",
          "DeleteTags",
          "DeleteSnapshot");

  @TempDir private Path directory;

  private interface Step {
    void run() throws IOException;
  }

  private interface Life {
    void live(Path place, Faults faults) throws IOException;
  }

  @Test
  void anyCall_failsInAnyWay_leavesNothingBehind() throws Exception {
    Environment.requireRoot();
    assertThat(outcomes(ACTIONS, EbsFaultsIT::live)).isEmpty();
  }

  @Test
  void anyRarerCall_failsInAnyWay_leavesNothingBehind() throws Exception {
    Environment.requireRoot();
    assertThat(outcomes(RARER_ACTIONS, EbsFaultsIT::liveElsewhere)).isEmpty();
  }

  /** Has each action fail in each way, and returns what was wrong afterwards. */
  private List<String> outcomes(List<String> actions, Life life) throws Exception {
    Map<String, Faults> cases = new LinkedHashMap<>();
    for (String action : actions) {
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
    cases.forEach((name, faults) -> runs.add(() -> outcome(name, faults, life)));
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
    return wrong;
  }

  private String outcome(String name, Faults faults, Life life) {
    try {
      life.live(Files.createDirectories(directory.resolve(name)), faults);
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

  /**
   * A volume is taken from a stopped instance, grows, is copied from another region, read block by
   * block and let go of, and its backup is deleted.
   */
  private static void liveElsewhere(Path place, Faults faults) throws IOException {
    try (TestAccount account = TestAccount.inMemory()) {
      account.setLateness(Duration.ofSeconds(1));
      TestInstance here = account.startInstance("i-0123456789abcdef0", TestAccount.ZONE, true);
      account.startInstance("i-0123456789abcdef1", TestAccount.ZONE, true);
      try (EbsHarness host = new EbsHarness(place, account, here, IMPATIENT)) {
        host.start();
        create(host);
        host.write(VOL1, "written");
        UUID first = UUID.randomUUID();
        Snapshots snapshots = host.driver().snapshots().orElseThrow();
        Snapshot old = snapshots.create(VOL1, SNAP1, first);
        SnapshotName second = new SnapshotName("snap2");
        snapshots.create(VOL1, second, UUID.randomUUID());
        String id = old.details().get("EBSSnapshotID");
        String far = account.addSnapshotElsewhere(id, Map.of());
        VolumeSpec copied =
            VolumeSpec.of(VOL2)
                .withSource(BackupUrl.parse("ebs://" + TestAccount.OTHER_REGION + "/" + far))
                .withCopySource();
        try (Ec2 ec2 = Ec2.open(TestAccount.REGION, host.connection(), IMPATIENT)) {
          ec2.attach(account.volumes().get(0).id(), "i-0123456789abcdef1", "/dev/sdf");
        }
        account.setInstanceState("i-0123456789abcdef1", "stopped");

        List<String> done = new ArrayList<>();
        account.setFaults(faults);
        step(done, "take over", () -> host.driver().takeover().orElseThrow().takeOver(VOL1));
        account.setFaults(faults);
        step(done, "grow", () -> host.driver().growth().orElseThrow().grow(VOL1, 2L << 30));
        account.setFaults(faults);
        step(done, "copy", () -> create(host, copied));
        account.setFaults(faults);
        step(done, "read", () -> readDelta(snapshots, second, first));
        account.setFaults(faults);
        step(done, "let go", () -> host.driver().delete(VOL2, DeleteMode.REFERENCE));
        account.setFaults(faults);
        EbsBackups backups = new EbsBackups(host.connection(), IMPATIENT);
        BackupUrl backup = BackupUrl.parse("ebs://" + TestAccount.REGION + "/" + id);
        step(done, "delete backup", () -> backups.delete(backup));

        account.setFaults(Faults.NONE);
        host.reopen();
        host.driver().takeover().orElseThrow().takeOver(VOL1);
        assertThat(host.driver().growth().orElseThrow().grow(VOL1, 2L << 30).sizeBytes())
            .hasValue(2L << 30);
        assertThat(host.read(VOL1)).isEqualTo("written");
        readDelta(host.driver().snapshots().orElseThrow(), second, first);
        if (host.driver().get(VOL2).isEmpty() && account.volumes().size() == 1) {
          create(host, copied);
        }
        assertThat(account.volumes()).as("volumes after %s", done).hasSize(2);
        if (!done.contains("let go") && host.driver().get(VOL2).isPresent()) {
          assertThat(host.read(VOL2)).isEqualTo("written");
        }
        if (account.snapshots().contains(id)) {
          backups.delete(backup);
        }
        backups.close();
        // The second snapshot, and the copy: of that there is one, however often it was asked for.
        assertThat(account.snapshots()).as("snapshots after %s", done).hasSize(2);
      }
    }
  }

  /** Reads what a backup would: the list of what there is, of what changed, and a block. */
  private static void readDelta(Snapshots snapshots, SnapshotName name, UUID before)
      throws IOException {
    try (BlockContent content = (BlockContent) snapshots.open(VOL1, name)) {
      content.changedSince(before);
      Extent first = content.allocated().get(0);
      content.read(first.offsetBytes(), ByteBuffer.allocate((int) first.lengthBytes()));
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
    create(host, VolumeSpec.of(VOL1));
  }

  private static void create(EbsHarness host, VolumeSpec spec) throws IOException {
    host.driver().create(spec, UUID.randomUUID(), Optional.empty());
  }

  private static void snapshot(EbsHarness host) throws IOException {
    host.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
  }

  /** Asks when all is well: the driver may not be able to tell meanwhile. */
  private static String mountPoint(EbsHarness host, TestAccount account) throws IOException {
    account.setFaults(Faults.NONE);
    return host.driver().get(VOL1).map(volume -> volume.details().get("MountPoint")).orElse("");
  }
}
