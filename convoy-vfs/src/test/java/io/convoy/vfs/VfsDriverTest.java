package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.DeleteMode;
import io.convoy.core.DriverContext;
import io.convoy.core.InUseException;
import io.convoy.core.MountTable;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.VolumeDriverContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VfsDriverTest extends VolumeDriverContract {
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return VfsHarness.in(directory);
  }

  private VfsHarness host() {
    return (VfsHarness) harness;
  }

  private Path path(VolumeName name) {
    return host().path().resolve(name.value());
  }

  private Path record(VolumeName name) {
    return host().path().resolve("config/vfs_volume_" + name + ".json");
  }

  @Test
  void info_open_hasTheKeysOfV052AndMore() throws IOException {
    assertThat(driver().info())
        .containsEntry("Root", host().root().toString())
        .containsEntry("Path", host().path().toString())
        .containsEntry("DefaultVolumeSize", "107374182400")
        .containsKeys("FileSystem", "FreeBytes");
  }

  @Test
  void create_plain_hasTheDetailsOfV052() throws IOException {
    Volume volume =
        driver()
            .create(
                VolumeSpec.of(VOL1).withSizeBytes(1 << 20), UUID.randomUUID(), Optional.empty());

    assertThat(volume.details())
        .containsExactly(
            Map.entry("Path", path(VOL1).toString()),
            Map.entry("PrepareForVM", "false"),
            Map.entry("Size", "0"));
    assertThat(volume.sizeBytes()).isEmpty();
    assertThat(Files.readString(record(VOL1)))
        .contains("\"Name\":\"vol1\"", "\"Size\":0", "\"MountPoint\":\"\"", "\"UUID\":");
  }

  @Test
  void create_directoryIsThere_picksItsFilesUp() throws IOException {
    Files.createDirectories(path(VOL1));
    harness.write(VOL1, "here before");

    create(VOL1);

    assertThat(harness.read(VOL1)).isEqualTo("here before");
  }

  @Test
  void create_symbolicLinkIsThere_isRefused(@TempDir Path elsewhere) throws IOException {
    Files.createSymbolicLink(path(VOL1), elsewhere);

    assertThatThrownBy(() -> create(VOL1))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("symbolic link");
    assertThat(list()).isEmpty();
  }

  @Test
  void create_nameOfTheRecords_isRefused() {
    assertThatThrownBy(() -> create(new VolumeName("config")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("config");
  }

  @Test
  void create_optionsOfOtherDrivers_areRefused() {
    for (VolumeSpec spec :
        List.of(
            new VolumeSpec(
                VOL1,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.of("vol-1"),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                false,
                false),
            new VolumeSpec(
                VOL1,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("gp3"),
                OptionalLong.empty(),
                OptionalLong.empty(),
                false,
                false),
            new VolumeSpec(
                VOL1,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.of(100),
                OptionalLong.empty(),
                false,
                false))) {
      assertThatThrownBy(() -> driver().create(spec, UUID.randomUUID(), Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the vfs driver has no such option");
    }
    assertThat(path(VOL1)).doesNotExist();
  }

  @Test
  void create_fillerAndFilesThere_isRefusedBeforeAnythingIsMoved() throws IOException {
    Files.createDirectories(path(VOL1));
    harness.write(VOL1, "precious");
    List<String> calls = new ArrayList<>();

    assertThatThrownBy(
            () ->
                driver()
                    .create(
                        VolumeSpec.of(VOL1),
                        UUID.randomUUID(),
                        Optional.of(target -> calls.add("filled"))))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining(path(VOL1).toString());

    assertThat(calls).isEmpty();
    assertThat(harness.read(VOL1)).isEqualTo("precious");
  }

  @Test
  void create_fillerAndFilesAppearMeanwhile_keepsThem() throws IOException {
    assertThatThrownBy(
            () ->
                driver()
                    .create(
                        VolumeSpec.of(VOL1),
                        UUID.randomUUID(),
                        Optional.of(
                            target -> {
                              harness.filler("restored").fill(target);
                              Files.createDirectories(path(VOL1));
                              harness.write(VOL1, "precious");
                            })))
        .isInstanceOf(AlreadyExistsException.class);

    assertThat(harness.read(VOL1)).isEqualTo("precious");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void create_fillerAndEmptyDirectoryThere_fillsIt() throws IOException {
    Files.createDirectories(path(VOL1));

    driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.of(harness.filler("text")));

    assertThat(harness.read(VOL1)).isEqualTo("text");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void create_fillerFails_leavesNoFiles() throws IOException {
    assertThatThrownBy(
            () ->
                driver()
                    .create(
                        VolumeSpec.of(VOL1),
                        UUID.randomUUID(),
                        Optional.of(
                            target -> {
                              harness.filler("half").fill(target);
                              throw new IOException("the store is gone");
                            })))
        .hasMessageContaining("the store is gone");

    assertThat(leftovers()).isEmpty();
    assertThat(path(VOL1)).doesNotExist();
  }

  @Test
  void mount_directory_isTheVolumeItself() throws IOException {
    create(VOL1);

    assertThat(driver().mount(VOL1, Optional.empty())).isEqualTo(path(VOL1));
  }

  @Test
  void mount_mountPointGiven_isRefusedInTheWordsOfV052() throws IOException {
    create(VOL1);

    assertThatThrownBy(() -> driver().mount(VOL1, Optional.of(Path.of("/mnt"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("VFS doesn't support specified mount point");
  }

  @Test
  void mount_directoryGone_isAnErrorAndMakesNone() throws IOException {
    create(VOL1);
    Files.delete(path(VOL1));

    assertThatThrownBy(() -> driver().mount(VOL1, Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing");
    assertThat(path(VOL1)).doesNotExist();
  }

  @Test
  void mount_forVm_hasASparseImageThatIsNeverTouchedAgain() throws IOException {
    VolumeSpec spec = VolumeSpec.of(VOL1).withPrepareForVm(true).withSizeBytes(1L << 30);
    Volume volume = driver().create(spec, UUID.randomUUID(), Optional.empty());
    Path image = path(VOL1).resolve("disk.img");
    assertThat(volume.sizeBytes()).hasValue(1L << 30);
    assertThat(volume.details())
        .containsEntry("PrepareForVM", "true")
        .containsEntry("Size", "1073741824");
    assertThat(image).doesNotExist();

    driver().mount(VOL1, Optional.empty());

    assertThat(image).hasSize(1L << 30);
    Files.writeString(image, "a disk");
    driver().mount(VOL1, Optional.empty());
    assertThat(image).hasContent("a disk");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void create_forVmWithoutSize_hasTheDefault() throws IOException {
    Volume volume =
        driver()
            .create(
                VolumeSpec.of(VOL1).withPrepareForVm(true), UUID.randomUUID(), Optional.empty());

    assertThat(volume.sizeBytes()).hasValue(100L << 30);
  }

  @Test
  void delete_data_removesLinksAndNotWhatTheyPointTo(@TempDir Path elsewhere) throws IOException {
    Path precious = Files.writeString(elsewhere.resolve("precious"), "text");
    create(VOL1);
    Files.createSymbolicLink(path(VOL1).resolve("link"), elsewhere);
    Files.createSymbolicLink(path(VOL1).resolve("file-link"), precious);

    driver().delete(VOL1, DeleteMode.DATA);

    assertThat(path(VOL1)).doesNotExist();
    assertThat(precious).hasContent("text");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void delete_dataWithSnapshots_leavesNothing() throws IOException {
    create(VOL1);
    harness.write(VOL1, "text");
    driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());

    driver().delete(VOL1, DeleteMode.DATA);

    assertThat(leftovers()).isEmpty();
    assertThat(host().work().resolve("snapshots")).isEmptyDirectory();
  }

  @Test
  void delete_directoryGone_removesTheRecord() throws IOException {
    create(VOL1);
    Files.delete(path(VOL1));

    driver().delete(VOL1, DeleteMode.DATA);

    assertThat(list()).isEmpty();
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void delete_shareNotMounted_isAnErrorAndKeepsTheRecord() throws IOException {
    create(VOL1);
    Path sentinel = host().work().resolve("volume-root.json");
    Path aside = Files.move(sentinel, sentinel.resolveSibling("aside"));

    assertThatThrownBy(() -> driver().delete(VOL1, DeleteMode.DATA))
        .hasMessageContaining("is the share mounted?");
    List<String> problems = new ArrayList<>();
    assertThat(driver().list((name, problem) -> problems.add(name + problem))).hasSize(1);
    assertThat(problems).singleElement().asString().contains("is the share mounted?", "last seen");
    assertThatThrownBy(() -> create(VOL10)).hasMessageContaining("is the share mounted?");

    Files.move(aside, sentinel);
    assertThat(list()).hasSize(1);
  }

  @Test
  void delete_somethingMountedInside_isRefused(@TempDir Path directory) throws IOException {
    create(VOL1);
    Path mountInfo =
        Files.writeString(
            directory.resolve("mountinfo"),
            "36 35 98:0 / %s/sub\\040dir rw,noatime - ext4 /dev/root rw\n"
                .formatted(path(VOL1).toRealPath()));
    try (VolumeDriver other =
        VfsDriver.open(
            new DriverContext(host().root(), "host-1", new ProcessCommandRunner()),
            VfsConfig.parse(Map.of()),
            () -> Duration.ZERO,
            new MountTable(mountInfo))) {
      assertThatThrownBy(() -> other.delete(VOL1, DeleteMode.DATA))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("sub dir");
    }
    assertThat(list()).hasSize(1);
    assertThat(path(VOL1)).isDirectory();
  }

  @Test
  void delete_directoryCannotBeMoved_leavesTheVolumeAsItWas() throws IOException {
    UUID uuid = create(VOL1).uuid();
    harness.write(VOL1, "text");
    // What is in the way makes the rename fail.
    Files.createDirectories(host().work().resolve("deleting-host-1-" + uuid + "/full"));

    assertThatThrownBy(() -> driver().delete(VOL1, DeleteMode.DATA))
        .isInstanceOf(IOException.class);

    assertThat(driver().get(VOL1)).isPresent();
    assertThat(harness.read(VOL1)).isEqualTo("text");
    harness.reopen();
    assertThat(driver().get(VOL1)).isPresent();
    assertThat(harness.read(VOL1)).isEqualTo("text");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void delete_reference_createBringsEverythingBack() throws IOException {
    create(VOL1);
    harness.write(VOL1, "text");
    driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    Volume before = driver().get(VOL1).orElseThrow();

    driver().delete(VOL1, DeleteMode.REFERENCE);
    assertThat(harness.read(VOL1)).isEqualTo("text");
    harness.reopen();
    Volume after = create(VOL1);

    assertThat(after).isEqualTo(before);
    assertThat(harness.read(VOL1)).isEqualTo("text");
  }

  @Test
  void delete_referenceAndAnotherDirectoryThen_getsNoForeignSnapshots() throws IOException {
    create(VOL1);
    driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    Volume before = driver().get(VOL1).orElseThrow();
    driver().delete(VOL1, DeleteMode.REFERENCE);
    Files.move(path(VOL1), path(VOL10));
    Files.createDirectory(path(VOL1));

    Volume after = create(VOL1);
    driver().delete(VOL1, DeleteMode.REFERENCE);

    assertThat(after.uuid()).isNotEqualTo(before.uuid());
    assertThat(after.snapshots()).isEmpty();
    assertThat(host().path().resolve("config/removed/vfs_volume_vol1~" + before.uuid() + ".json"))
        .exists();
  }

  @Test
  void list_corruptRecord_hidesNoOther() throws IOException {
    create(VOL1);
    create(VOL10);
    Files.writeString(record(VOL1), "{\"Name\":\"vol");
    List<String> problems = new ArrayList<>();

    List<Volume> volumes = driver().list((name, problem) -> problems.add(name + ": " + problem));

    assertThat(volumes).extracting(Volume::name).containsExactly(VOL10);
    assertThat(problems).singleElement().asString().startsWith("vol1: its record can't be used");
    assertThatThrownBy(() -> create(VOL1)).hasMessageContaining("not a JSON object");
  }

  @Test
  void list_anotherHostChangesRecords_isSeen() throws IOException {
    create(VOL1);
    try (VfsHarness other =
        new VfsHarness(host().root().resolveSibling("root-2"), host().path(), "host-2")) {
      assertThat(other.driver().get(VOL1)).isEqualTo(driver().get(VOL1));

      assertThatThrownBy(
              () -> other.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty()))
          .isInstanceOf(AlreadyExistsException.class);
      other.driver().create(VolumeSpec.of(VOL10), UUID.randomUUID(), Optional.empty());
      assertThat(list()).hasSize(2);
      other.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
      try (var content = driver().snapshots().orElseThrow().open(VOL1, SNAP1)) {
        assertThat(harness.read(content)).isEmpty();
      }
      other.driver().delete(VOL1, DeleteMode.DATA);
      assertThat(list()).hasSize(1);
    }
  }

  @Test
  void record_unknownFields_areKept() throws IOException {
    create(VOL1);
    String json = Files.readString(record(VOL1));
    Files.writeString(record(VOL1), json.replaceFirst("\\{", "{\"FromTheFuture\":[1,2],"));

    driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());

    assertThat(Files.readString(record(VOL1))).contains("\"FromTheFuture\":[1,2]", "snap1");
  }

  @Test
  void list_thousandVolumes_isTimed() throws IOException {
    for (int i = 0; i < 1000; i++) {
      VolumeName name = new VolumeName("volume-%04d".formatted(i));
      Files.createDirectory(path(name));
      Path record =
          Files.writeString(
              record(name),
              "{\"Name\":\"%s\",\"Size\":0,\"Path\":\"%s\",\"MountPoint\":\"\",\"PrepareForVM\":false,\"CreatedTime\":\"Mon Nov 23 22:49:10 +0000 2026\",\"Snapshots\":{}}"
                  .formatted(name, path(name)));
      Files.setLastModifiedTime(record, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
    }
    List<String> timings = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      long start = System.nanoTime();
      assertThat(list()).hasSize(1000);
      timings.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms");
    }
    System.out.println("list of 1,000 volumes: " + timings);
  }

  private List<Path> leftovers() throws IOException {
    try (var entries = Files.list(host().work())) {
      return entries
          .filter(
              entry ->
                  !List.of("volume-root.json", "records.lock", "snapshots", "hosts", "mounts")
                      .contains(entry.getFileName().toString()))
          .toList();
    }
  }
}
