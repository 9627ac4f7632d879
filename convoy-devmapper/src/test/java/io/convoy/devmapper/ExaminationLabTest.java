package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DeleteMode;
import io.convoy.core.Examination;
import io.convoy.core.Finding;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.devmapper.DeviceMapper.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel-lab")
class ExaminationLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  @TempDir Path directory;
  private LabHarness harness;

  @BeforeEach
  void open() throws IOException {
    harness = LabHarness.create(directory);
    for (VolumeName name : List.of(VOL1, VOL2)) {
      harness.driver().create(VolumeSpec.of(name), UUID.randomUUID(), Optional.empty());
    }
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
  }

  @AfterEach
  void close() throws IOException {
    harness.close();
  }

  private Examination examination() {
    return harness.driver().examination().orElseThrow();
  }

  private List<String> found() throws IOException {
    return examination().examine().stream().map(Finding::what).toList();
  }

  @Test
  void examine_whileASnapshotIsRead_findsNothing() throws IOException {
    harness.driver().mount(VOL1, Optional.empty());
    try (SnapshotContent content = harness.driver().snapshots().orElseThrow().open(VOL1, SNAP1)) {
      assertThat(found()).isEmpty();
      assertThat(examination().repair()).isEmpty();
      assertThat(harness.read(content)).isEmpty();
    }
    harness.driver().unmount(VOL1);
  }

  @Test
  void repair_whatACrashLeft_isClearedAwayAndNothingElse() throws IOException {
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    String stale = "convoy-" + UUID.randomUUID() + "-snap-1";
    deviceMapper.create(
        stale,
        "",
        Target.whole(64, "thin", deviceMapper.state(LabHarness.POOL).orElseThrow().number() + " 3"),
        Access.READ_ONLY);
    deviceMapper.message(LabHarness.POOL, "reserve_metadata_snap");
    deviceMapper.message(LabHarness.POOL, "create_thin 77");

    assertThat(examination().examine())
        .filteredOn(finding -> finding.remedy().equals("convoy doctor --repair"))
        .extracting(Finding::what)
        .containsExactly(
            "Device '/dev/mapper/" + stale + "' shows a snapshot that nobody reads",
            "Thin pool 'convoy-lab-pool' holds a picture of its metadata for nobody: backups fail");
    assertThat(examination().repair()).hasSize(2);

    assertThat(deviceMapper.state(stale)).isEmpty();
    assertThat(examination().examine())
        .containsExactly(
            new Finding(
                Finding.Severity.WARNING,
                "Thin device 77 in pool 'convoy-lab-pool' is named by no record",
                "if nobody needs what is in it: dmsetup message convoy-lab-pool 0 'delete 77'"));
    new ProcessCommandRunner()
        .run(
            List.of("dmsetup", "message", LabHarness.POOL, "0", "delete 77"),
            Duration.ofSeconds(30));
    assertThat(found()).isEmpty();
  }

  @Test
  void examine_poolAndRecordsDiffer_saysInWhat() throws IOException {
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    deviceMapper.message(LabHarness.POOL, "delete 3");
    deviceMapper.remove("vol2");
    deviceMapper.message(LabHarness.POOL, "delete 2");
    deviceMapper.message(LabHarness.POOL, "set_transaction_id 3 9");

    assertThat(found())
        .containsExactly(
            "Thin pool 'convoy-lab-pool' is at transaction 9, expected 3: something else changed"
                + " it",
            "Snapshot 'snap1' of volume 'vol1': thin device 3 is not in the pool",
            "Volume 'vol2': thin device 2, which it is recorded to be, is not in the pool");

    // What it says mends that is not refused.
    assertThat(examination().examine())
        .extracting(Finding::remedy)
        .contains("convoy snapshot delete snap1")
        .anyMatch(remedy -> remedy.endsWith("to give it up: convoy delete vol2"));
    harness.driver().snapshots().orElseThrow().delete(VOL1, SNAP1);
    harness.driver().delete(VOL2, DeleteMode.DATA);
    harness.setOption(ThinPoolConfig.ADOPT, "true");
    harness.reopen();
    assertThat(found()).isEmpty();
    assertThat(harness.driver().list((name, problem) -> {}))
        .extracting(Volume::name)
        .containsExactly(VOL1);
  }

  @Test
  void delete_thinDeviceWasGoneAtTheStart_isPossibleWhenThatIsCertainAlone() throws IOException {
    DeviceMapper deviceMapper = NativeDeviceMapper.open();
    deviceMapper.remove("vol2");
    deviceMapper.message(LabHarness.POOL, "delete 2");
    Target table = deviceMapper.table(LabHarness.POOL).get(0);
    String readOnly = table.parameters().replace(" 1 error_if", " 2 read_only error_if");
    assertThat(readOnly).isNotEqualTo(table.parameters());
    // The kernel does not say what is in such a pool.
    deviceMapper.reload(
        LabHarness.POOL, Target.whole(table.lengthSectors(), table.type(), readOnly));
    harness.reopen();
    assertThat(harness.driver().info()).containsEntry("ThinpoolMode", "ro");

    assertThatThrownBy(() -> harness.driver().delete(VOL2, DeleteMode.DATA))
        .hasMessageContaining("Volume 'vol2' can't be used");
    deviceMapper.reload(LabHarness.POOL, table);
    harness.reopen();
    assertThat(examination().examine())
        .filteredOn(finding -> finding.what().contains("vol2"))
        .extracting(Finding::remedy)
        .containsExactly(
            "restore its last backup under another name; to give it up: convoy delete vol2");
    harness.driver().delete(VOL2, DeleteMode.DATA);

    assertThat(found()).isEmpty();
    assertThat(harness.driver().list((name, problem) -> {}))
        .extracting(Volume::name)
        .containsExactly(VOL1);
  }

  @Test
  void examine_mountsDiffer_saysInWhat() throws IOException {
    ProcessCommandRunner commands = new ProcessCommandRunner();
    Duration limit = Duration.ofSeconds(30);
    Path place = harness.driver().mount(VOL1, Optional.empty());
    Path other = Files.createDirectory(directory.toRealPath().resolve("other"));
    commands.run(List.of("umount", place.toString()), limit);
    commands.run(List.of("mount", "/dev/mapper/vol2", other.toString()), limit);

    assertThat(found())
        .containsExactly(
            "Volume 'vol1' is recorded as mounted at '" + place + "', and is not",
            "Volume 'vol2' is mounted at '" + other + "', which is not recorded");

    commands.run(List.of("umount", other.toString()), limit);
    harness.driver().unmount(VOL1);
    assertThat(found()).isEmpty();
  }
}
