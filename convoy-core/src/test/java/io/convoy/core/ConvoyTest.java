package io.convoy.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.testing.InMemoryVolumeDriver;
import io.convoy.core.testing.InMemoryVolumeDriverFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConvoyTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  /** The stores in memory outlive a test, so each test has one of its own. */
  private final BackupDestination store = BackupDestination.parse("memory://" + UUID.randomUUID());

  @TempDir private Path root;
  private Convoy convoy;

  @BeforeEach
  void open() throws IOException {
    convoy = Convoy.open(ConvoyConfig.of(root, InMemoryVolumeDriverFactory.NAME));
  }

  @AfterEach
  void close() throws IOException {
    convoy.close();
  }

  private void reopen() throws IOException {
    convoy.close();
    open();
  }

  private InMemoryVolumeDriver driver() {
    return InMemoryVolumeDriverFactory.openUnder(root);
  }

  private VolumeStatus create(VolumeName name) throws IOException {
    return convoy.create(VolumeSpec.of(name), Optional.empty(), Progress.NONE);
  }

  /** Stands for the end of the process: nothing in Convoy catches it. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }

  private void crashAt(String step) {
    driver()
        .setHook(
            (reached, volume) -> {
              if (reached.equals(step)) {
                throw new Crash();
              }
            });
  }

  @Test
  void create_volume_isReadyAfterAReopen() throws IOException {
    VolumeStatus created = create(VOL1);

    assertThat(created.state()).isEqualTo(VolumeState.READY);
    assertThat(created.driver()).isEqualTo("memory");
    reopen();
    assertThat(convoy.list()).containsExactly(created);
  }

  @Test
  void create_takenName_isRefused() throws IOException {
    create(VOL1);

    assertThatThrownBy(() -> create(VOL1))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("Volume 'vol1' already exists");
  }

  @Test
  void create_unknownDriver_namesTheKnown() {
    assertThatThrownBy(
            () -> convoy.create(VolumeSpec.of(VOL1), Optional.of("nosuch"), Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'nosuch'")
        .hasMessageContaining("[memory]");
  }

  @Test
  void create_driverFails_leavesNothing() throws IOException {
    driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("create")) {
                throw new IOException("disk full");
              }
            });

    assertThatThrownBy(() -> create(VOL1)).hasMessage("disk full");

    driver().setHook((step, volume) -> {});
    assertThat(convoy.list()).isEmpty();
    assertThat(root.resolve("volumes")).isEmptyDirectory();
    create(VOL1);
  }

  @Test
  void delete_driverFailsAtTheVeryEnd_volumeIsGone() throws IOException {
    create(VOL1);
    driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("deleted")) {
                throw new IOException("some files are left");
              }
            });

    assertThatThrownBy(() -> convoy.delete(VOL1, DeleteMode.DATA))
        .hasMessage("some files are left");

    driver().setHook((step, volume) -> {});
    assertThat(convoy.find(VOL1)).isEmpty();
    assertThat(root.resolve("volumes")).isEmptyDirectory();
    create(VOL1);
  }

  @Test
  void delete_outcomeCouldNotBeFoundOut_canBeRepeated() throws IOException {
    create(VOL1);
    // It is asked for before, too.
    AtomicBoolean first = new AtomicBoolean(true);
    driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("deleted") || (step.equals("get") && !first.getAndSet(false))) {
                throw new IOException("no answer");
              }
            });
    assertThatThrownBy(() -> convoy.delete(VOL1, DeleteMode.DATA)).hasMessage("no answer");
    driver().setHook((step, volume) -> {});
    assertThat(convoy.get(VOL1).state()).isEqualTo(VolumeState.DELETING);

    convoy.delete(VOL1, DeleteMode.DATA);

    assertThat(convoy.find(VOL1)).isEmpty();
  }

  /** Takes the records away, as a disk does that can't be written any more. */
  private void loseRecordsAt(String step, boolean failing) {
    driver()
        .setHook(
            (reached, volume) -> {
              if (reached.equals(step)) {
                Files.move(root.resolve("volumes"), root.resolve("away"));
                if (failing) {
                  throw new IOException("disk full");
                }
              }
            });
  }

  private void bringRecordsBack() throws IOException {
    driver().setHook((step, volume) -> {});
    Files.move(root.resolve("away"), root.resolve("volumes"));
  }

  @Test
  void create_recordCannotBeCompleted_volumeIsReadyNowAndAtTheNextStart() throws IOException {
    loseRecordsAt("created", false);
    assertThat(create(VOL1).state()).isEqualTo(VolumeState.READY);
    bringRecordsBack();
    assertThat(convoy.get(VOL1).state()).isEqualTo(VolumeState.READY);

    reopen();

    assertThat(convoy.get(VOL1).state()).isEqualTo(VolumeState.READY);
    convoy.mount(VOL1, MountRequest.docker("a"));
  }

  @Test
  void create_failsAndRecordCannotBeRemoved_leavesNothingNowAndAtTheNextStart() throws IOException {
    loseRecordsAt("create", true);
    assertThatThrownBy(() -> create(VOL1)).hasMessage("disk full");
    bringRecordsBack();
    assertThat(convoy.list()).isEmpty();

    reopen();

    assertThat(convoy.list()).isEmpty();
    assertThat(create(VOL1).state()).isEqualTo(VolumeState.READY);
  }

  @Test
  void create_crashBeforeTheDriver_isUndoneAtTheNextStart() throws IOException {
    crashAt("create");
    assertThatThrownBy(() -> create(VOL1)).isInstanceOf(Crash.class);

    reopen();

    assertThat(convoy.list()).isEmpty();
    create(VOL1);
  }

  @Test
  void create_crashAfterTheDriver_isFinishedAtTheNextStart() throws IOException {
    crashAt("created");
    assertThatThrownBy(() -> create(VOL1)).isInstanceOf(Crash.class);

    reopen();

    assertThat(convoy.get(VOL1).state()).isEqualTo(VolumeState.READY);
    convoy.mount(VOL1, MountRequest.docker("id1"));
  }

  @Test
  void delete_crash_isFinishedAtTheNextStart() throws IOException {
    for (String step : List.of("delete", "deleted")) {
      create(VOL1);
      crashAt(step);
      assertThatThrownBy(() -> convoy.delete(VOL1, DeleteMode.DATA)).isInstanceOf(Crash.class);

      reopen();

      assertThat(convoy.list()).isEmpty();
    }
  }

  @Test
  void delete_driverFails_volumeStaysReady() throws IOException {
    create(VOL1);
    driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("delete")) {
                throw new IOException("busy");
              }
            });

    assertThatThrownBy(() -> convoy.delete(VOL1, DeleteMode.DATA)).hasMessage("busy");

    assertThat(convoy.get(VOL1).state()).isEqualTo(VolumeState.READY);
    driver().setHook((step, volume) -> {});
    convoy.delete(VOL1, DeleteMode.DATA);
    assertThat(convoy.find(VOL1)).isEmpty();
  }

  @Test
  void find_driverCannotTell_isAnErrorNotAbsent() throws IOException {
    create(VOL1);
    driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("get")) {
                throw new IOException("timed out");
              }
            });

    assertThatThrownBy(() -> convoy.find(VOL1)).hasMessage("timed out");
    assertThatThrownBy(() -> create(VOL2)).hasMessage("timed out");
    assertThatThrownBy(() -> convoy.delete(VOL1, DeleteMode.DATA)).hasMessage("timed out");
  }

  @Test
  void mount_severalIds_lastOneUnmounts() throws IOException {
    create(VOL1);
    Path first = convoy.mount(VOL1, MountRequest.docker("id1"));
    Path second = convoy.mount(VOL1, MountRequest.docker("id2"));
    assertThat(second).isEqualTo(first);

    convoy.unmount(VOL1, "id1");
    assertThat(driver().isMounted(VOL1)).isTrue();
    assertThat(convoy.get(VOL1).mountPoint()).contains(first);

    convoy.unmount(VOL1, "id2");
    assertThat(driver().isMounted(VOL1)).isFalse();
    assertThat(convoy.get(VOL1).mountPoint()).isEmpty();
  }

  @Test
  void mount_sameIdTwice_countsOnce() throws IOException {
    create(VOL1);
    convoy.mount(VOL1, MountRequest.docker("id1"));
    convoy.mount(VOL1, MountRequest.docker("id1"));

    convoy.unmount(VOL1, "id1");

    assertThat(driver().isMounted(VOL1)).isFalse();
  }

  @Test
  void unmount_unknownId_changesNothing() throws IOException {
    create(VOL1);
    convoy.mount(VOL1, MountRequest.docker("id1"));

    convoy.unmount(VOL1, "id2");

    assertThat(convoy.get(VOL1).mountIds()).containsExactly("id1");
    assertThat(driver().isMounted(VOL1)).isTrue();
  }

  @Test
  void unmount_commandWhileContainersUseIt_isRefused() throws IOException {
    create(VOL1);
    convoy.mount(VOL1, MountRequest.docker("0123456789abcdef"));

    assertThatThrownBy(() -> convoy.unmount(VOL1, MountRequest.COMMAND))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("1 container (mount ID 0123456789ab…)")
        .hasMessageContaining("--force");

    convoy.unmountForAll(VOL1);
    assertThat(driver().isMounted(VOL1)).isFalse();
    assertThat(convoy.get(VOL1).mountIds()).isEmpty();
  }

  @Test
  void unmount_commandBesideContainers_keepsItMounted() throws IOException {
    create(VOL1);
    convoy.mount(VOL1, MountRequest.command(Optional.empty()));
    convoy.mount(VOL1, MountRequest.docker("id1"));

    convoy.unmount(VOL1, MountRequest.COMMAND);

    assertThat(driver().isMounted(VOL1)).isTrue();
    assertThat(convoy.get(VOL1).mountIds()).containsExactly("id1");
  }

  @Test
  void mount_fails_leavesNoId() throws IOException {
    create(VOL1);
    driver()
        .setHook(
            (step, volume) -> {
              if (step.equals("mount")) {
                throw new IOException("no device");
              }
            });

    assertThatThrownBy(() -> convoy.mount(VOL1, MountRequest.docker("id1")))
        .hasMessage("no device");

    assertThat(convoy.get(VOL1).mountIds()).isEmpty();
    convoy.delete(VOL1, DeleteMode.DATA);
  }

  @Test
  void mount_restart_keepsIdsAndMountsAgain() throws IOException {
    create(VOL1);
    Path wanted = root.resolve("elsewhere");
    convoy.mount(VOL1, MountRequest.command(Optional.of(wanted)));
    convoy.mount(VOL1, MountRequest.docker("id1"));
    driver().unmount(VOL1);

    reopen();

    assertThat(driver().isMounted(VOL1)).isTrue();
    assertThat(convoy.get(VOL1).mountIds()).containsExactly("convoy", "id1");
    assertThat(convoy.get(VOL1).mountPoint()).contains(wanted);
  }

  @Test
  void mount_hostWasRebooted_forgetsContainersOnly() throws IOException {
    create(VOL1);
    create(VOL2);
    convoy.mount(VOL1, MountRequest.docker("id1"));
    convoy.mount(VOL2, MountRequest.docker("id1"));
    convoy.mount(VOL2, MountRequest.command(Optional.empty()));
    convoy.close();
    for (VolumeName name : List.of(VOL1, VOL2)) {
      Path record = root.resolve("volumes").resolve(name + ".json");
      Files.writeString(
          record,
          Files.readString(record).replaceAll("\"BootID\":\"[^\"]*\"", "\"BootID\":\"earlier\""));
    }

    open();

    assertThat(convoy.get(VOL1).mountIds()).isEmpty();
    assertThat(convoy.get(VOL1).mountPoint()).isEmpty();
    assertThat(convoy.get(VOL2).mountIds()).containsExactly("convoy");
    assertThat(driver().isMounted(VOL2)).isTrue();
  }

  @Test
  void mount_elsewhereThanItIs_isRefused() throws IOException {
    create(VOL1);
    convoy.mount(VOL1, MountRequest.docker("id1"));

    assertThatThrownBy(
            () -> convoy.mount(VOL1, MountRequest.command(Optional.of(Path.of("/mnt/other")))))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("asked for was /mnt/other");
  }

  @Test
  void delete_mounted_isRefusedAndNamesWho() throws IOException {
    create(VOL1);
    convoy.mount(VOL1, MountRequest.command(Optional.empty()));

    assertThatThrownBy(() -> convoy.delete(VOL1, DeleteMode.DATA))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("mounted at")
        .hasMessageContaining("'convoy mount'");
  }

  @Test
  void snapshot_name_isUniqueAcrossVolumes() throws IOException {
    create(VOL1);
    create(VOL2);
    convoy.createSnapshot(VOL1, Optional.of(SNAP1));

    assertThatThrownBy(() -> convoy.createSnapshot(VOL2, Optional.of(SNAP1)))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("of volume 'vol1'");

    assertThat(convoy.getSnapshot(SNAP1).volume()).isEqualTo(VOL1);
    assertThat(convoy.createSnapshot(VOL2, Optional.empty()).name().value())
        .startsWith("snapshot-");
  }

  @Test
  void backup_restore_givesTheSnapshotsBytes() throws IOException {
    create(VOL1);
    driver().write(VOL1, "at the snapshot".getBytes(UTF_8));
    convoy.createSnapshot(VOL1, Optional.of(SNAP1));
    byte[] expected = driver().read(VOL1);
    driver().write(VOL1, "later...........".getBytes(UTF_8));
    BackupResult result = convoy.createBackup(SNAP1, store, Progress.NONE);

    convoy.create(
        VolumeSpec.of(VOL2).withSource(result.backup().url()), Optional.empty(), Progress.NONE);

    assertThat(driver().read(VOL2)).isEqualTo(expected);
    assertThat(convoy.listBackups(store, Optional.of(VOL1)).backups())
        .containsExactly(result.backup());
    assertThat(convoy.get(VOL1).lastBackup().orElseThrow().url())
        .isEqualTo(result.backup().url().toString());
    convoy.deleteBackup(result.backup().url());
    assertThatThrownBy(() -> convoy.inspectBackup(result.backup().url()))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void create_backupMissing_leavesNothing() throws IOException {
    BackupUrl url = BackupUrl.parse("memory://store?backup=nosuch&volume=vol1");

    assertThatThrownBy(
            () ->
                convoy.create(VolumeSpec.of(VOL1).withSource(url), Optional.empty(), Progress.NONE))
        .isInstanceOf(NotFoundException.class);

    assertThat(convoy.list()).isEmpty();
  }

  @Test
  void backup_unknownScheme_namesTheKnown() throws IOException {
    create(VOL1);
    convoy.createSnapshot(VOL1, Optional.of(SNAP1));

    assertThatThrownBy(
            () ->
                convoy.createBackup(SNAP1, BackupDestination.parse("ftp://host/x"), Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'ftp://'")
        .hasMessageContaining("[memory]");
  }

  @Test
  void backup_running_blocksOnlyWhatItMust() throws Exception {
    create(VOL1);
    convoy.createSnapshot(VOL1, Optional.of(SNAP1));
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    Progress waiting =
        (done, total) -> {
          started.countDown();
          awaitQuietly(finish);
        };
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<BackupResult> backup = thread.submit(() -> convoy.createBackup(SNAP1, store, waiting));
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();

      convoy.mount(VOL1, MountRequest.docker("id1"));
      convoy.unmount(VOL1, "id1");
      SnapshotName other = convoy.createSnapshot(VOL1, Optional.empty()).name();
      convoy.deleteSnapshot(other);
      create(VOL2);
      assertThat(convoy.get(VOL1).activity().orElseThrow()).startsWith("backup of snap1");
      assertThatThrownBy(() -> convoy.deleteSnapshot(SNAP1))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("is being backed up");
      assertThatThrownBy(() -> convoy.delete(VOL1, DeleteMode.DATA))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("is being backed up");

      finish.countDown();
      backup.get(30, TimeUnit.SECONDS);
    } finally {
      finish.countDown();
      thread.shutdownNow();
    }
    convoy.deleteSnapshot(SNAP1);
    convoy.delete(VOL1, DeleteMode.DATA);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void ensure_sameWish_isTheSameVolume() throws IOException {
    VolumeSpec wish = VolumeSpec.of(VOL1).withSizeBytes(4096);
    VolumeStatus first = convoy.ensure(wish, Optional.of("memory"), Progress.NONE);

    assertThat(convoy.ensure(wish, Optional.of("memory"), Progress.NONE)).isEqualTo(first);
    assertThat(convoy.ensure(VolumeSpec.of(VOL1), Optional.empty(), Progress.NONE))
        .isEqualTo(first);
  }

  @Test
  void ensure_otherWish_namesTheDifference() throws IOException {
    convoy.ensure(VolumeSpec.of(VOL1).withSizeBytes(4096), Optional.empty(), Progress.NONE);
    VolumeSpec other =
        new VolumeSpec(
            VOL1,
            OptionalLong.of(8192),
            Optional.empty(),
            Optional.empty(),
            Optional.of("gp3"),
            OptionalLong.empty(),
            OptionalLong.of(250),
            false,
            false);

    assertThatThrownBy(() -> convoy.ensure(other, Optional.empty(), Progress.NONE))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("size is 4096, asked for was 8192")
        .hasMessageContaining("type is not set, asked for was gp3")
        .hasMessageContaining("throughput is not set, asked for was 250");
  }

  @Test
  void create_wishThatContradictsItself_isRefused() {
    assertThatThrownBy(() -> wish(Optional.empty(), OptionalLong.of(250), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--type gp3");
    assertThatThrownBy(() -> wish(Optional.of("gp3"), OptionalLong.of(0), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Invalid throughput 0");
    assertThatThrownBy(() -> wish(Optional.empty(), OptionalLong.empty(), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no backup to copy");
  }

  private static VolumeSpec wish(
      Optional<String> type, OptionalLong throughputMib, boolean copySource) {
    return new VolumeSpec(
        VOL1,
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        type,
        OptionalLong.empty(),
        throughputMib,
        copySource,
        false);
  }

  @Test
  void mount_takeOverWithADriverWhoseVolumesNoHostHolds_isRefused() throws IOException {
    convoy.create(VolumeSpec.of(VOL1), Optional.empty(), Progress.NONE);

    assertThatThrownBy(
            () -> convoy.mount(VOL1, MountRequest.command(Optional.empty()).withTakeOver()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("driver 'memory'")
        .hasMessageContaining("without --force");

    assertThat(convoy.get(VOL1).mountPoint()).isEmpty();
  }

  @Test
  void open_twice_isRefused() {
    assertThatThrownBy(() -> Convoy.open(ConvoyConfig.of(root, InMemoryVolumeDriverFactory.NAME)))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("Another Convoy uses " + root);
  }

  @Test
  void open_unknownOption_namesTheKnown() throws IOException {
    convoy.close();

    assertThatThrownBy(
            () ->
                Convoy.open(
                    ConvoyConfig.of(root, InMemoryVolumeDriverFactory.NAME)
                        .withDriverOptions(Map.of("vfs.pth", "/x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'vfs.pth'")
        .hasMessageContaining("memory.unused");
    open();
  }

  @Test
  void open_corruptRecord_keepsTheOthersGoing() throws IOException {
    create(VOL1);
    create(VOL2);
    convoy.mount(VOL1, MountRequest.docker("id1"));
    convoy.close();
    Path record = root.resolve("volumes/vol1.json");
    Files.writeString(record, "{\"Format\":1,");

    open();

    assertThat(convoy.get(VOL2).state()).isEqualTo(VolumeState.READY);
    VolumeStatus broken = convoy.get(VOL1);
    assertThat(broken.state()).isEqualTo(VolumeState.FAILED);
    assertThat(broken.problem().orElseThrow()).contains(record.toString());
    assertThat(convoy.info().problems()).anySatisfy(p -> assertThat(p).contains("'vol1'"));
    assertThatThrownBy(() -> convoy.mount(VOL1, MountRequest.docker("id2")))
        .isInstanceOf(InUseException.class);
    assertThatThrownBy(() -> convoy.delete(VOL1, DeleteMode.DATA))
        .isInstanceOf(InUseException.class);
    assertThat(record).hasContent("{\"Format\":1,");
    assertThatThrownBy(() -> convoy.getSnapshot(SNAP1))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NotFoundException.class)
        .hasMessageContaining("not every volume could be looked at");
  }

  @Test
  void open_recordOfANewerVersion_isLeftAlone() throws IOException {
    create(VOL1);
    convoy.close();
    Path record = root.resolve("volumes/vol1.json");
    String newer = Files.readString(record).replace("\"Format\":1", "\"Format\":2");
    Files.writeString(record, newer);

    open();

    assertThat(convoy.get(VOL1).problem().orElseThrow()).contains("another version");
    assertThat(record).hasContent(newer);
  }

  private TrashedVolume thrownAway(VolumeName name) throws IOException {
    convoy.delete(name, DeleteMode.REFERENCE);
    TrashList trash = convoy.listTrash();
    assertThat(trash.problems()).isEmpty();
    return trash.volumes().get(trash.volumes().size() - 1);
  }

  @Test
  void restoreFromTrash_byNameOrId_isTheVolumeOfBefore() throws IOException {
    VolumeStatus created = create(VOL1);
    convoy.createSnapshot(VOL1, Optional.of(SNAP1));
    driver().write(VOL1, "text".getBytes(UTF_8));
    thrownAway(VOL1);

    assertThat(convoy.restoreFromTrash("vol1", Optional.empty()).volume().uuid())
        .isEqualTo(created.volume().uuid());
    String id = thrownAway(VOL1).id().toString();
    VolumeStatus restored = convoy.restoreFromTrash(id, Optional.of(VOL2));

    assertThat(restored.state()).isEqualTo(VolumeState.READY);
    assertThat(restored.volume().name()).isEqualTo(VOL2);
    assertThat(convoy.getSnapshot(SNAP1).volume()).isEqualTo(VOL2);
    reopen();
    assertThat(convoy.list()).containsExactly(restored);
    assertThat(new String(driver().read(VOL2), 0, 4, UTF_8)).isEqualTo("text");
    assertThatThrownBy(() -> convoy.restoreFromTrash(id, Optional.empty()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("no '" + id + "' in the trash");
  }

  @Test
  void restoreFromTrash_takenNames_areRefusedWithWhich() throws IOException {
    create(VOL1);
    convoy.createSnapshot(VOL1, Optional.of(SNAP1));
    TrashedVolume kept = thrownAway(VOL1);
    create(VOL1);

    assertThatThrownBy(() -> convoy.restoreFromTrash("vol1", Optional.empty()))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("Volume 'vol1' already exists")
        .hasMessageContaining("--name");
    convoy.createSnapshot(VOL1, Optional.of(SNAP1));
    assertThatThrownBy(() -> convoy.restoreFromTrash("vol1", Optional.of(VOL2)))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("Snapshot 'snap1' already exists, of volume 'vol1'");

    assertThat(convoy.listTrash().volumes()).containsExactly(kept);
    assertThat(convoy.list()).hasSize(1);
    convoy.deleteSnapshot(SNAP1);
    assertThat(convoy.restoreFromTrash("vol1", Optional.of(VOL2)).volume().uuid())
        .isEqualTo(kept.id());
    convoy.createSnapshot(VOL1, Optional.empty());
  }

  @Test
  void restoreFromTrash_nameOfSeveral_wantsAnId() throws IOException {
    create(VOL1);
    TrashedVolume first = thrownAway(VOL1);
    create(VOL1);
    TrashedVolume second = thrownAway(VOL1);

    assertThatThrownBy(() -> convoy.restoreFromTrash("vol1", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(first.id().toString())
        .hasMessageContaining(second.id().toString());
    assertThatThrownBy(() -> convoy.emptyTrash(List.of("vol1"), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(convoy.listTrash().volumes()).containsExactly(first, second);
  }

  @Test
  void restoreFromTrash_processDies_isDoneOrUndoneAtTheNextStart() throws IOException {
    for (String step : List.of("restore", "restored")) {
      create(VOL1);
      TrashedVolume kept = thrownAway(VOL1);
      crashAt(step);
      assertThatThrownBy(() -> convoy.restoreFromTrash("vol1", Optional.empty()))
          .isInstanceOf(Crash.class);

      reopen();

      if (step.equals("restored")) {
        assertThat(convoy.get(VOL1).state()).isEqualTo(VolumeState.READY);
        assertThat(convoy.get(VOL1).volume().uuid()).isEqualTo(kept.id());
        assertThat(convoy.listTrash().volumes()).isEmpty();
      } else {
        assertThat(convoy.list()).isEmpty();
        assertThat(convoy.listTrash().volumes()).containsExactly(kept);
        convoy.emptyTrash(List.of(), Optional.empty());
      }
    }
  }

  @Test
  void emptyTrash_someOrAll_destroysThose() throws IOException {
    create(VOL1);
    create(VOL2);
    TrashedVolume first = thrownAway(VOL1);
    TrashedVolume second = thrownAway(VOL2);

    assertThat(convoy.emptyTrash(List.of(), Optional.of(Age.parse("1h")))).isEmpty();
    assertThatThrownBy(() -> convoy.emptyTrash(List.of("vol1", "nosuch"), Optional.empty()))
        .isInstanceOf(NotFoundException.class);
    assertThat(convoy.listTrash().volumes()).containsExactly(first, second);
    assertThat(convoy.emptyTrash(List.of("vol1"), Optional.empty())).containsExactly(first);
    assertThat(convoy.emptyTrash(List.of(), Optional.empty())).containsExactly(second);
    assertThat(convoy.listTrash().volumes()).isEmpty();
  }
}
