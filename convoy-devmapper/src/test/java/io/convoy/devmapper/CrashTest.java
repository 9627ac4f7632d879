package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.DeleteMode;
import io.convoy.core.NotFoundException;
import io.convoy.core.SnapshotName;
import io.convoy.core.Trash;
import io.convoy.core.TrashedVolume;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends the process, or fails, at each step of each operation in turn. */
class CrashTest {
  private static final VolumeName KEPT = new VolumeName("kept");
  private static final VolumeName WORKED_ON = new VolumeName("worked-on");
  private static final VolumeName NEW = new VolumeName("new");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");
  private static final SnapshotName SNAP2 = new SnapshotName("snap2");
  private static final int MOST_STEPS = 100;
  private static final long LARGER_BYTES = 32L << 20;

  @TempDir Path directory;

  /** The process is gone: nothing more of it runs. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }

  private interface Operation {
    void run(VolumeDriver driver) throws IOException;
  }

  private enum Failure {
    CRASH,
    CRASH_AND_REBOOT,
    ERROR
  }

  @Test
  void createVolume_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(
        driver -> driver.create(VolumeSpec.of(NEW), UUID.randomUUID(), Optional.empty()));
  }

  @Test
  void restoreVolume_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(
        driver ->
            driver.create(
                VolumeSpec.of(NEW),
                UUID.randomUUID(),
                Optional.of(FakeHarness.fillerOf("restored"))));
  }

  @Test
  void deleteVolume_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(driver -> driver.delete(WORKED_ON, DeleteMode.DATA));
  }

  @Test
  void deleteReference_cutOffAtAnyStep_keepsTheData() throws IOException {
    cutOffEverywhere(driver -> driver.delete(WORKED_ON, DeleteMode.REFERENCE));
  }

  @Test
  void restoreFromTrash_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(
        driver -> driver.delete(WORKED_ON, DeleteMode.REFERENCE),
        driver -> trash(driver).restore(idOf(driver), WORKED_ON));
  }

  @Test
  void restoreFromTrashUnderAnotherName_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(
        driver -> driver.delete(WORKED_ON, DeleteMode.REFERENCE),
        driver -> trash(driver).restore(idOf(driver), NEW));
  }

  @Test
  void destroyTrash_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(
        driver -> driver.delete(WORKED_ON, DeleteMode.REFERENCE),
        driver -> trash(driver).destroy(idOf(driver)));
  }

  private static Trash trash(VolumeDriver driver) {
    return driver.trash().orElseThrow();
  }

  /** Returns the ID of the volume in the trash, some other if there is none. */
  private static UUID idOf(VolumeDriver driver) throws IOException {
    return trash(driver).list((name, problem) -> assertThat(problem).isNull()).stream()
        .map(TrashedVolume::id)
        .findFirst()
        .orElseGet(UUID::randomUUID);
  }

  @Test
  void createSnapshot_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(
        driver -> driver.snapshots().orElseThrow().create(WORKED_ON, SNAP2, UUID.randomUUID()));
  }

  @Test
  void deleteSnapshot_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(driver -> driver.snapshots().orElseThrow().delete(WORKED_ON, SNAP1));
  }

  @Test
  void grow_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(driver -> driver.growth().orElseThrow().grow(WORKED_ON, LARGER_BYTES));
  }

  @Test
  void growMounted_cutOffAtAnyStep_isUndoneOrDone() throws IOException {
    cutOffEverywhere(
        driver -> {
          driver.mount(WORKED_ON, Optional.empty());
          driver.growth().orElseThrow().grow(WORKED_ON, LARGER_BYTES);
        });
  }

  @Test
  void mount_cutOffAtAnyStep_canBeDoneAgain() throws IOException {
    cutOffEverywhere(driver -> driver.mount(WORKED_ON, Optional.empty()));
  }

  @Test
  void openSnapshot_cutOffAtAnyStep_leavesNoDevice() throws IOException {
    cutOffEverywhere(driver -> driver.snapshots().orElseThrow().open(WORKED_ON, SNAP1).close());
  }

  @Test
  void openDriver_cutOffAtAnyStepAfterReboot_canBeDoneAgain() throws IOException {
    for (int step = 0; step < MOST_STEPS; step++) {
      FakeHarness harness = harness(Files.createDirectories(directory.resolve("" + step)));
      List<Volume> before = list(harness);
      AtomicInteger steps = new AtomicInteger();
      int last = step;
      try {
        harness.reboot(
            name -> {
              if (steps.getAndIncrement() >= last) {
                throw new Crash();
              }
            });
        assertThat(step).as("steps at which it was tried").isGreaterThan(5);
        return;
      } catch (Crash e) {
        harness.machine().setHook(name -> {});
      }
      harness.reopen();

      assertConsistent(harness, before, "crash at step " + step);
    }
    throw new AssertionError("more than " + MOST_STEPS + " steps");
  }

  private void cutOffEverywhere(Operation operation) throws IOException {
    cutOffEverywhere(driver -> {}, operation);
  }

  private void cutOffEverywhere(Operation before, Operation operation) throws IOException {
    for (Failure failure : Failure.values()) {
      int step = 0;
      while (cutOff(before, operation, failure, step)) {
        step++;
        assertThat(step).isLessThan(MOST_STEPS);
      }
      assertThat(step).as("steps at which %s was tried", failure).isGreaterThan(1);
    }
  }

  /** Returns whether the operation came to that step. */
  private boolean cutOff(Operation prepare, Operation operation, Failure failure, int step)
      throws IOException {
    Path place = Files.createDirectories(directory.resolve(failure + "-" + step));
    FakeHarness harness = harness(place);
    List<Volume> before = list(harness);
    prepare.run(harness.driver());

    AtomicInteger steps = new AtomicInteger();
    List<String> reached = new ArrayList<>();
    harness
        .machine()
        .setHook(
            name -> {
              boolean failsNow = steps.getAndIncrement() == step;
              if (failsNow || (steps.get() > step + 1 && failure != Failure.ERROR)) {
                reached.add(name);
                if (failure == Failure.ERROR) {
                  throw new IOException("failed " + name);
                }
                throw new Crash();
              }
            });
    boolean failed = false;
    try {
      operation.run(harness.driver());
    } catch (IOException e) {
      assertThat(failure).isEqualTo(Failure.ERROR);
      failed = true;
    } catch (Crash e) {
      failed = true;
    }
    String point = failure + " at step " + step + " " + reached;
    harness.machine().setHook(name -> {});
    if (failure == Failure.CRASH_AND_REBOOT) {
      harness.reboot();
    } else {
      harness.reopen();
    }

    assertConsistent(harness, before, point);
    if (failed) {
      tryAgain(operation, harness, point);
      assertConsistent(harness, before, point + ", done again");
    }
    return !reached.isEmpty();
  }

  private static FakeHarness harness(Path place) throws IOException {
    FakeHarness harness = new FakeHarness(place).open();
    harness.driver().create(VolumeSpec.of(KEPT), UUID.randomUUID(), Optional.empty());
    harness.write(KEPT, "kept");
    harness.driver().create(VolumeSpec.of(WORKED_ON), UUID.randomUUID(), Optional.empty());
    harness.write(WORKED_ON, "data");
    harness.driver().snapshots().orElseThrow().create(WORKED_ON, SNAP1, UUID.randomUUID());
    return harness;
  }

  private static void tryAgain(Operation operation, FakeHarness harness, String point)
      throws IOException {
    try {
      operation.run(harness.driver());
    } catch (AlreadyExistsException | NotFoundException e) {
      // It was complete before it was cut off; anything else fails the test.
      assertThat(point).isNotEmpty();
    }
  }

  private static List<Volume> list(FakeHarness harness) throws IOException {
    List<String> problems = new ArrayList<>();
    List<Volume> volumes =
        harness.driver().list((name, problem) -> problems.add(name + ": " + problem));
    assertThat(problems).isEmpty();
    return volumes;
  }

  private static void assertConsistent(FakeHarness harness, List<Volume> before, String point)
      throws IOException {
    List<Volume> volumes = list(harness);
    assertThat(volumes).as(point).contains(before.get(0));
    assertThat(harness.read(KEPT)).as(point).isEqualTo("kept");
    Set<Integer> named = new TreeSet<>();
    List<String> devices = new ArrayList<>(harness.machine().deviceMapper.names());
    devices.remove("convoy-pool");
    assertThat(devices)
        .as(point)
        .containsExactlyInAnyOrderElementsOf(
            volumes.stream().map(volume -> volume.name().value()).toList());
    for (Volume volume : volumes) {
      named.add(Integer.parseInt(volume.details().get("DevID")));
      volume.snapshots().forEach(s -> named.add(Integer.parseInt(s.details().get("DevID"))));
      assertThat(harness.machine().node(volume.name().value())).as(point).exists();
      assertThat(
              harness.machine().deviceMapper.state(volume.name().value()).orElseThrow().suspended())
          .as("%s: %s is suspended", point, volume.name())
          .isFalse();
      if (volume.uuid().equals(before.get(1).uuid())) {
        assertThat(harness.read(volume.name())).as(point).isEqualTo("data");
        // The record, the device and the file system are of one size.
        Path node = harness.machine().node(volume.name().value());
        assertThat(volume.sizeBytes()).as(point).hasValue(Files.size(node));
        assertThat(harness.machine().filesystemBytes(node)).as(point).isEqualTo(Files.size(node));
      }
    }
    for (ThinVolume kept :
        new ThinVolumeFiles(harness.root()).trash((name, problem) -> named.add(-1))) {
      named.add(kept.thinId());
      kept.snapshots().forEach(snapshot -> named.add(snapshot.thinId()));
      assertThat(kept.step()).as(point).isEqualTo(Step.READY);
      assertThat(volumes).as(point).extracting(Volume::uuid).doesNotContain(kept.uuid());
    }
    assertThat(harness.machine().storage.thins.keySet()).as(point).isEqualTo(named);
    assertThat(harness.machine().storage.metadataHeld).as(point).isFalse();
    assertThat(harness.driver().info()).as(point).doesNotContainKey("UnknownThinDevices");
  }
}
