package io.convoy.devmapper;

import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_CREATE;
import static io.convoy.devmapper.LibDevmapper.DM_DEVICE_RELOAD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DeleteMode;
import io.convoy.core.Finding;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernel makes a device in three steps: it is there, it has a table, it shows what the table
 * says. A daemon that is killed in between leaves what no table tells the pool of.
 */
@Tag("kernel-lab")
class HalfMadeDeviceLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  @TempDir Path directory;
  private LabHarness harness;
  private DeviceMapper deviceMapper;
  private Volume volume;
  private UUID snapshot;
  private final List<String> halfMade = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    harness = LabHarness.create(directory);
    deviceMapper = NativeDeviceMapper.open();
    volume = harness.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
    snapshot = UUID.randomUUID();
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, snapshot);
  }

  @AfterEach
  void close() throws IOException {
    for (String name : halfMade) {
      // One that shows something by now is the harness's.
      if (deviceMapper.state(name).filter(state -> !state.live()).isPresent()) {
        deviceMapper.remove(name);
      }
    }
    harness.close();
  }

  private void halfMake(String name, String uuid, Optional<Target> loaded) throws IOException {
    halfMade.add(name);
    LibDevmapper.Functions dm = LibDevmapper.load();
    try (DmTask task = new DmTask(dm, DM_DEVICE_CREATE, "CREATE", name)) {
      task.uuid(uuid).run();
    }
    if (loaded.isPresent()) {
      try (DmTask task = new DmTask(dm, DM_DEVICE_RELOAD, "RELOAD", name)) {
        task.target(loaded.get()).run();
      }
    }
  }

  @Test
  void reopen_snapshotDeviceHasNoTable_isRemovedAndItsVolumeCanBeDeleted() throws IOException {
    assertSnapshotDeviceRemoved(false);
  }

  @Test
  void reopen_snapshotDeviceShowsNothing_isRemovedAndItsVolumeCanBeDeleted() throws IOException {
    assertSnapshotDeviceRemoved(true);
  }

  private void assertSnapshotDeviceRemoved(boolean loaded) throws IOException {
    String device = "convoy-" + snapshot + "-snap-7";
    Target table = deviceMapper.table("vol1").get(0);
    halfMake(device, "CONVOY-" + device, loaded ? Optional.of(table) : Optional.empty());

    harness.reopen();

    assertThat(deviceMapper.names()).doesNotContain(device);
    harness.driver().delete(VOL1, DeleteMode.DATA);
    assertThat(harness.driver().info()).containsEntry("ThinpoolUsed", "0");
  }

  @Test
  void reopen_halfMadeSnapshotDeviceOfAnotherDaemon_isLeftAlone() throws IOException {
    String device = "convoy-" + UUID.randomUUID() + "-snap-1";
    halfMake(device, "CONVOY-" + device, Optional.empty());

    harness.reopen();

    assertThat(deviceMapper.names()).contains(device);
  }

  @Test
  void doctor_snapshotDeviceIsHalfMade_tellsAndRemovesIt() throws IOException {
    String device = "convoy-" + snapshot + "-snap-7";
    halfMake(device, "CONVOY-" + device, Optional.empty());

    assertThat(harness.driver().examination().orElseThrow().examine())
        .extracting(Finding::what)
        .anySatisfy(what -> assertThat(what).contains(device));
    harness.driver().examination().orElseThrow().repair();

    assertThat(deviceMapper.names()).doesNotContain(device);
  }

  @Test
  void reopen_volumeDeviceHasNoTable_isMadeAnew() throws IOException {
    assertVolumeDeviceMadeAnew(false);
  }

  @Test
  void reopen_volumeDeviceShowsNothing_isMadeAnew() throws IOException {
    assertVolumeDeviceMadeAnew(true);
  }

  private void assertVolumeDeviceMadeAnew(boolean loaded) throws IOException {
    harness.write(VOL1, "data");
    Target table = deviceMapper.table("vol1").get(0);
    deviceMapper.remove("vol1");
    halfMake("vol1", "CONVOY-" + volume.uuid(), loaded ? Optional.of(table) : Optional.empty());

    harness.reopen();

    assertThat(harness.read(VOL1)).isEqualTo("data");
    assertThat(deviceMapper.state("vol1").orElseThrow().live()).isTrue();
  }

  @Test
  void reopen_halfMadeDeviceOfSomebodyElse_isLeftAlone() throws IOException {
    deviceMapper.remove("vol1");
    halfMake("vol1", "OTHER-" + volume.uuid(), Optional.empty());

    harness.reopen();

    assertThatThrownBy(() -> harness.read(VOL1)).isInstanceOf(IOException.class);
    assertThat(deviceMapper.state("vol1").orElseThrow().uuid()).startsWith("OTHER-");
  }

  @Test
  void reopen_nodeIsMissing_isMade() throws IOException {
    harness.write(VOL1, "data");
    Files.delete(Path.of("/dev/mapper/vol1"));

    harness.reopen();

    assertThat(harness.read(VOL1)).isEqualTo("data");
  }

  @Test
  void open_poolHasNoTable_isMadeAnew() throws IOException {
    assertPoolMadeAnew(false);
  }

  @Test
  void open_poolShowsNothing_isMadeAnew() throws IOException {
    assertPoolMadeAnew(true);
  }

  private void assertPoolMadeAnew(boolean loaded) throws IOException {
    harness.write(VOL1, "data");
    Target table = deviceMapper.table(LabHarness.POOL).get(0);
    harness.removeDevices();
    halfMake(
        LabHarness.POOL,
        "CONVOY-pool-" + LabHarness.POOL,
        loaded ? Optional.of(table) : Optional.empty());

    harness.open();

    assertThat(harness.read(VOL1)).isEqualTo("data");
  }

  @Test
  void closeOfSnapshot_somethingElseLooksAtItsDevice_removesItAfterThat() throws Exception {
    String device = "convoy-" + snapshot + "-snap-1";
    SnapshotContent content = harness.driver().snapshots().orElseThrow().open(VOL1, SNAP1);
    InputStream looking = Files.newInputStream(Path.of("/dev/mapper", device));
    assertThat(deviceMapper.names()).contains(device);
    Thread looker =
        new Thread(
            () -> {
              try (looking) {
                TimeUnit.MILLISECONDS.sleep(300);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    looker.start();

    content.close();

    looker.join();
    assertThat(deviceMapper.names()).doesNotContain(device);
  }
}
