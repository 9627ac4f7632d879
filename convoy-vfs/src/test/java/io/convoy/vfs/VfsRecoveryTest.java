package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DeleteMode;
import io.convoy.core.DriverContext;
import io.convoy.core.InUseException;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.process.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash leaves at any point is mended when the driver is opened again. */
class VfsRecoveryTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  @TempDir Path directory;
  private VfsHarness host;

  @BeforeEach
  void setUp() throws IOException {
    host = VfsHarness.in(directory);
  }

  @AfterEach
  void tearDown() throws IOException {
    host.close();
  }

  /** The end of the process: nothing is undone. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Runs some programs, and at the next one the process is killed. */
  private static final class KillingRunner implements CommandRunner {
    private final CommandRunner commands = new ProcessCommandRunner();
    private int programsLeft = Integer.MAX_VALUE;

    @Override
    public String run(List<String> argv, Duration limit) throws IOException {
      count();
      return commands.run(argv, limit);
    }

    @Override
    public RunningCommand start(List<String> argv) throws IOException {
      count();
      return commands.start(argv);
    }

    private void count() {
      if (programsLeft-- == 0) {
        throw new Killed();
      }
    }
  }

  private interface Operation {
    void run(VolumeDriver driver) throws IOException;
  }

  private interface Check {
    void afterRestart() throws IOException;
  }

  /** Kills the operation before its first program, its second, … until it comes to its end. */
  private int killEverywhere(Operation prepare, Operation operation, Check check)
      throws IOException {
    for (int programs = 0; ; programs++) {
      prepare.run(host.driver());
      KillingRunner runner = new KillingRunner();
      boolean killed = false;
      try (VolumeDriver driver =
          VfsDriver.open(
              new DriverContext(host.root(), "host-1", runner),
              VfsConfig.parse(Map.of()),
              () -> Duration.ZERO)) {
        runner.programsLeft = programs;
        operation.run(driver);
      } catch (Killed e) {
        killed = true;
      }
      host.reopen();
      assertThat(leftovers()).as("killed before program %s", programs).isEmpty();
      check.afterRestart();
      if (host.driver().get(VOL1).isPresent()) {
        host.driver().delete(VOL1, DeleteMode.DATA);
      }
      if (!killed) {
        return programs;
      }
    }
  }

  private List<Path> leftovers() throws IOException {
    try (var entries = Files.list(host.work())) {
      return entries
          .filter(
              entry ->
                  !List.of("volume-root.json", "records.lock", "snapshots", "hosts", "mounts")
                      .contains(entry.getFileName().toString()))
          .toList();
    }
  }

  private Volume create() throws IOException {
    return host.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
  }

  private Path volume() {
    return host.path().resolve("vol1");
  }

  private Path record() {
    return host.path().resolve("config/vfs_volume_vol1.json");
  }

  private Path snapshot(UUID volume, UUID snapshot) {
    return host.work().resolve("snapshots").resolve(volume + "/" + snapshot);
  }

  @Test
  void restore_killedAnywhere_isThereWholeOrNotAtAll() throws IOException {
    int programs =
        killEverywhere(
            driver -> {},
            driver ->
                driver.create(
                    VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.of(host.filler("text"))),
            () -> {
              if (host.driver().get(VOL1).isPresent()) {
                assertThat(host.read(VOL1)).isEqualTo("text");
              } else {
                assertThat(volume()).doesNotExist();
              }
            });
    assertThat(programs).isPositive();
  }

  @Test
  void snapshot_killedAnywhere_isThereWholeOrNotAtAll() throws IOException {
    int programs =
        killEverywhere(
            driver -> {
              create();
              host.write(VOL1, "text");
            },
            driver -> driver.snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID()),
            () -> {
              assertThat(host.read(VOL1)).isEqualTo("text");
              Volume volume = host.driver().get(VOL1).orElseThrow();
              if (volume.snapshots().isEmpty()) {
                host.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
              }
              try (var content = host.driver().snapshots().orElseThrow().open(VOL1, SNAP1)) {
                assertThat(host.read(content)).isEqualTo("text");
              }
            });
    assertThat(programs).isGreaterThan(1);
  }

  @Test
  void delete_killedAnywhere_isThereWholeOrNotAtAll() throws IOException {
    int programs =
        killEverywhere(
            driver -> {
              create();
              host.write(VOL1, "text");
              driver.snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
            },
            driver -> driver.delete(VOL1, DeleteMode.DATA),
            () -> {
              if (host.driver().get(VOL1).isPresent()) {
                assertThat(host.read(VOL1)).isEqualTo("text");
              } else {
                assertThat(volume()).doesNotExist();
                assertThat(host.work().resolve("snapshots")).isEmptyDirectory();
              }
            });
    assertThat(programs).isGreaterThan(1);
  }

  @Test
  void deleteSnapshot_killedAnywhere_isThereWholeOrNotAtAll() throws IOException {
    int programs =
        killEverywhere(
            driver -> {
              create();
              host.write(VOL1, "text");
              driver.snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
            },
            driver -> driver.snapshots().orElseThrow().delete(VOL1, SNAP1),
            () -> {
              Volume volume = host.driver().get(VOL1).orElseThrow();
              Path snapshots = host.work().resolve("snapshots/" + volume.uuid());
              if (volume.snapshots().isEmpty()) {
                assertThat(snapshots).isEmptyDirectory();
              } else {
                host.driver().snapshots().orElseThrow().open(VOL1, SNAP1).close();
              }
            });
    assertThat(programs).isPositive();
  }

  @Test
  void open_restoreInPlaceWithoutRecord_isUndone() throws IOException {
    UUID uuid = UUID.randomUUID();
    Files.createDirectory(volume());
    host.write(VOL1, "restored");
    declareRestore(uuid, VolumeCreation.inode(volume()));

    host.reopen();

    assertThat(volume()).doesNotExist();
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void open_restoreWithoutRecordButAnotherDirectory_touchesNothing() throws IOException {
    UUID uuid = UUID.randomUUID();
    Files.createDirectory(volume());
    host.write(VOL1, "precious");
    declareRestore(uuid, VolumeCreation.inode(volume()) + 1);

    host.reopen();

    assertThat(host.read(VOL1)).isEqualTo("precious");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void open_restoreWithRecord_isKept() throws IOException {
    Volume volume = create();
    host.write(VOL1, "restored");
    declareRestore(volume.uuid(), VolumeCreation.inode(volume()));

    host.reopen();

    assertThat(host.read(VOL1)).isEqualTo("restored");
    assertThat(host.driver().get(VOL1)).contains(volume);
    assertThat(leftovers()).isEmpty();
  }

  private void declareRestore(UUID uuid, long inode) throws IOException {
    Files.writeString(
        host.work().resolve("restoring-host-1-" + uuid + ".json"),
        "{\"Name\":\"vol1\",\"UUID\":\"%s\",\"Inode\":%s}".formatted(uuid, inode));
  }

  @Test
  void open_workOfAnotherHost_isLeftAlone() throws IOException {
    Path restoring =
        Files.createDirectory(host.work().resolve("restoring-host-1-b-" + UUID.randomUUID()));
    Path deleting =
        Files.createDirectory(host.work().resolve("deleting-host-2-" + UUID.randomUUID()));

    host.reopen();

    assertThat(restoring).exists();
    assertThat(deleting).exists();
  }

  @Test
  void open_snapshotInPlaceWithoutRecord_isRemoved() throws IOException {
    Volume volume = create();
    var kept = host.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    UUID lost = UUID.randomUUID();
    Files.createDirectory(snapshot(volume.uuid(), lost));
    declareSnapshot(volume.uuid(), lost, "lost");
    declareSnapshot(volume.uuid(), kept.uuid(), "snap1");

    host.reopen();

    assertThat(snapshot(volume.uuid(), lost)).doesNotExist();
    assertThat(snapshot(volume.uuid(), kept.uuid())).isDirectory();
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void open_snapshotOfVolumeDeletedByReference_isKept() throws IOException {
    Volume volume = create();
    var kept = host.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    declareSnapshot(volume.uuid(), kept.uuid(), "snap1");
    host.driver().delete(VOL1, DeleteMode.REFERENCE);

    host.reopen();

    assertThat(snapshot(volume.uuid(), kept.uuid())).isDirectory();
  }

  @Test
  void open_recordThatCannotBeRead_nothingIsDecided() throws IOException {
    Volume volume = create();
    UUID snapshot = UUID.randomUUID();
    Files.createDirectories(snapshot(volume.uuid(), snapshot));
    declareSnapshot(volume.uuid(), snapshot, "snap1");
    String json = Files.readString(record());
    Files.writeString(record(), "{");

    host.reopen();
    assertThat(snapshot(volume.uuid(), snapshot)).isDirectory();

    Files.writeString(record(), json);
    host.reopen();
    assertThat(snapshot(volume.uuid(), snapshot)).doesNotExist();
  }

  private void declareSnapshot(UUID volume, UUID snapshot, String name) throws IOException {
    Files.writeString(
        host.work().resolve("snapshotting-host-1-" + snapshot + ".json"),
        "{\"Name\":\"%s\",\"VolumeUUID\":\"vol1\",\"UUID\":\"%s\",\"Format\":\"directory\",\"VolumeRecordUUID\":\"%s\"}"
            .formatted(name, snapshot, volume));
  }

  @Test
  void open_deletionCutOffBeforeTheDirectory_isFinished() throws IOException {
    Volume volume = create();
    host.write(VOL1, "text");
    Files.move(record(), host.work().resolve("deleting-host-1-" + volume.uuid() + ".json"));

    assertThat(host.driver().get(VOL1)).isEmpty();
    assertThatThrownBy(this::create)
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("deletion was cut off");
    host.reopen();

    assertThat(volume()).doesNotExist();
    assertThat(leftovers()).isEmpty();
    create();
  }

  @Test
  void open_deletionCutOffAndTheNameUsedAgain_keepsTheNewVolume() throws IOException {
    Volume old = create();
    Path deleted = host.work().resolve("deleting-host-1-" + old.uuid());
    Files.move(record(), deleted.resolveSibling(deleted.getFileName() + ".json"));
    Files.move(volume(), deleted);
    create();
    host.write(VOL1, "new");

    host.reopen();

    assertThat(host.read(VOL1)).isEqualTo("new");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void open_oldTemporaryFiles_areRemovedAndYoungOnesAreNot() throws IOException {
    Path old = Files.writeString(host.path().resolve("config/.tmp-old"), "{");
    Path young = Files.writeString(host.path().resolve("config/.tmp-young"), "{");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

    host.reopen();

    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void open_unpackedArchiveLeftBehind_isRemoved() throws IOException {
    Path leftover = Files.createDirectories(host.root().resolve("open-" + UUID.randomUUID()));

    host.reopen();

    assertThat(leftover).doesNotExist();
  }
}
