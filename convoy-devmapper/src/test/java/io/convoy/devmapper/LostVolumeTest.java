package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DeleteMode;
import io.convoy.core.SnapshotName;
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
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume whose thin device is not in the pool when the driver is opened. */
class LostVolumeTest {
  private static final VolumeName LOST = new VolumeName("lost");
  private static final VolumeName KEPT = new VolumeName("kept");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");
  private static final String PROBLEM =
      "thin device 1, which it is recorded to be, is not in pool 'convoy-pool'; 'convoy delete"
          + " lost' gives it up";

  @TempDir Path directory;
  private FakeHarness harness;

  @BeforeEach
  void loseAVolume() throws IOException {
    harness = new FakeHarness(directory).open();
    create(LOST);
    driver().snapshots().orElseThrow().create(LOST, SNAP1, UUID.randomUUID());
    create(KEPT);
    harness.write(KEPT, "text");
    assertThat(harness.machine().storage.thins.remove(1)).isNotNull();
    harness.reboot();
  }

  private VolumeDriver driver() {
    return harness.driver();
  }

  private Volume create(VolumeName name) throws IOException {
    return driver().create(VolumeSpec.of(name), UUID.randomUUID(), Optional.empty());
  }

  private List<String> problems() throws IOException {
    List<String> problems = new ArrayList<>();
    assertThat(driver().list((name, problem) -> problems.add(name + ": " + problem)))
        .extracting(Volume::name)
        .containsExactly(KEPT);
    return problems;
  }

  private Path recordOfLost() {
    return harness.root().resolve("devicemapper_volume_lost.json");
  }

  @Test
  void use_lostVolume_isRefusedWithWhatCanBeDone() throws IOException {
    assertThat(problems()).containsExactly("lost: " + PROBLEM);
    assertThat(driver().get(LOST).orElseThrow().name()).isEqualTo(LOST);
    driver().unmount(LOST);

    assertThatThrownBy(() -> driver().mount(LOST, Optional.empty())).hasMessageContaining(PROBLEM);
    assertThatThrownBy(
            () -> driver().snapshots().orElseThrow().create(LOST, SNAP1, UUID.randomUUID()))
        .hasMessageContaining(PROBLEM);
    assertThatThrownBy(() -> driver().delete(LOST, DeleteMode.REFERENCE))
        .hasMessageContaining(PROBLEM);
    assertThatThrownBy(() -> create(LOST)).hasMessageContaining(PROBLEM);
    assertThat(recordOfLost()).exists();
    assertThat(harness.machine().storage.thins).containsOnlyKeys(2, 3);
  }

  @Test
  void delete_lostVolume_freesItsNameAndTakesItsSnapshots() throws IOException {
    driver().delete(LOST, DeleteMode.DATA);

    assertThat(problems()).isEmpty();
    assertThat(recordOfLost()).doesNotExist();
    assertThat(harness.machine().storage.thins).containsOnlyKeys(3);
    assertThat(harness.read(KEPT)).isEqualTo("text");
    create(LOST);
    harness.reboot();
    assertThat(driver().get(LOST)).isPresent();
    assertThat(driver().info()).doesNotContainKey("UnknownThinDevices");
  }

  @Test
  void create_idsWereCountedFromTheStartAgain_noneIsOfAnotherVolume() throws IOException {
    Path config = harness.root().resolve("devicemapper.cfg");
    String before = Files.readString(config);
    String after = before.replaceAll("(\"LastDevID\" *: *)3", "$10");
    assertThat(after).isNotEqualTo(before);
    Files.writeString(config, after);
    harness.reopen();

    Volume made = create(new VolumeName("made"));

    assertThat(made.details()).containsEntry("DevID", "4");
    driver().delete(LOST, DeleteMode.DATA);
    assertThat(harness.machine().storage.thins).containsOnlyKeys(3, 4);
  }

  @Test
  void reopen_deletionWasCutOff_isFinished() throws IOException {
    harness
        .machine()
        .setHook(
            step -> {
              if (step.equals("before delete 2")) {
                throw new IOException("cut off");
              }
            });
    assertThatThrownBy(() -> driver().delete(LOST, DeleteMode.DATA)).hasMessage("cut off");
    harness.machine().setHook(step -> {});

    harness.reopen();

    assertThat(problems()).isEmpty();
    assertThat(driver().get(LOST)).isEmpty();
    assertThat(harness.machine().storage.thins).containsOnlyKeys(3);
  }
}
