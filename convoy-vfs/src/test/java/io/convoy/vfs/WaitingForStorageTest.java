package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.convoy.core.MountTable;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A storage that is not there when Convoy starts. */
final class WaitingForStorageTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");

  @TempDir Path directory;
  private Path path;
  private Path unmounted;

  @BeforeEach
  void setUp() throws IOException {
    path = directory.resolve("share");
    unmounted = directory.resolve("unmounted");
    try (VolumeDriver driver = open(Map.of("vfs.path", path.toString(), "vfs.shared", "true"))) {
      driver.create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
    }
    Files.move(path, unmounted);
    Files.createDirectory(path);
  }

  private VolumeDriver open(Map<String, String> options) throws IOException {
    return VfsHarness.open(directory.resolve("root"), "host-1", options);
  }

  private void mountShare() throws IOException {
    Files.delete(path);
    Files.move(unmounted, path);
  }

  @Test
  void open_shareNotMounted_waitsForItAndWritesNothing() throws IOException {
    AtomicInteger back = new AtomicInteger();
    try (VolumeDriver driver = open(Map.of())) {
      driver.whenBack(back::incrementAndGet);
      List<String> problems = new ArrayList<>();

      assertThat(driver.list((name, problem) -> problems.add(name + problem))).isEmpty();
      assertThat(problems).singleElement().asString().contains("is the share mounted?");
      assertThat(driver.info())
          .containsEntry("Path", path.toString())
          .containsEntry("Shared", "true")
          .hasEntrySatisfying("Problem", text -> assertThat(text).contains("is the share mounted"));
      assertThat(driver.isShared()).isTrue();
      assertThatThrownBy(() -> driver.get(VOL1)).hasMessageContaining("is the share mounted?");
      assertThatThrownBy(
              () -> driver.create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty()))
          .hasMessageContaining("is the share mounted?");
      assertThatThrownBy(() -> driver.mount(VOL1, Optional.empty()))
          .hasMessageContaining("is the share mounted?");
      assertThat(path).isEmptyDirectory();
      assertThat(back).hasValue(0);

      mountShare();

      await().atMost(Duration.ofSeconds(20)).until(() -> back.get() == 1);
      assertThat(driver.get(VOL1)).isPresent();
      assertThat(driver.mount(VOL1, Optional.empty())).isEqualTo(path.resolve("vol1"));
      AtomicInteger late = new AtomicInteger();
      driver.whenBack(late::incrementAndGet);
      assertThat(late).as("what was registered after the return").hasValue(1);
    }
  }

  @Test
  void unmountedAbove_tableSaysSo_isTold() throws IOException {
    Path table =
        Files.writeString(
            directory.resolve("fstab"),
            """
            # device  directory  type
            UUID=1    /          ext4  defaults 0 1
            UUID=2    none       swap  sw       0 0
            nas:/a    /mnt/a     nfs4  defaults 0 0
            nas:/b    /mnt/a/b\\040c  nfs4  defaults 0 0
            """);
    Path mountInfo =
        Files.writeString(
            directory.resolve("mountinfo"), "36 35 0:40 / /mnt/a rw - nfs4 nas:/a rw\n");
    FileSystemTable fileSystems = new FileSystemTable(table, new MountTable(mountInfo));

    assertThat(fileSystems.unmountedAbove(Path.of("/mnt/a/b c/volumes")))
        .contains(Path.of("/mnt/a/b c"));
    assertThat(fileSystems.unmountedAbove(Path.of("/mnt/a/volumes"))).isEmpty();
    assertThat(fileSystems.unmountedAbove(Path.of("/mnt/other"))).isEmpty();

    Path driverRoot = Files.createDirectories(directory.resolve("new-root"));
    Path volumes = directory.resolve("new/volumes");
    Files.writeString(table, "nas:/c %s nfs4 defaults 0 0\n".formatted(volumes.getParent()));
    VfsConfig config = VfsConfig.parse(Map.of("vfs.path", volumes.toString()));
    assertThatThrownBy(() -> VfsSettings.open(driverRoot, config, fileSystems))
        .isInstanceOf(StorageMissingException.class)
        .hasMessageContaining("to be mounted at " + volumes.getParent());
    assertThat(volumes).doesNotExist();

    Files.writeString(
        mountInfo, "36 35 0:41 / %s rw - nfs4 nas:/c rw\n".formatted(volumes.getParent()));
    assertThat(VfsSettings.open(driverRoot, config, fileSystems).root().path()).isEqualTo(volumes);
  }
}
