package io.convoy.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VfsSettingsTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");

  @TempDir Path directory;
  private Path root;
  private Path path;
  private Path settings;

  @BeforeEach
  void setUp() {
    root = directory.resolve("root");
    path = directory.resolve("share/volumes");
    settings = root.resolve("vfs.cfg");
  }

  private VolumeDriver open(String... options) throws IOException {
    return VfsHarness.openAtOnce(
        root, "host-1", options.length == 0 ? Map.of() : Map.of(options[0], options[1]));
  }

  private void openWithVolume() throws IOException {
    try (VolumeDriver driver = open("vfs.path", path.toString())) {
      driver.create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
    }
  }

  @Test
  void open_nothingGiven_usesTheDefaults() throws IOException {
    try (VolumeDriver driver = open()) {
      assertThat(driver.info())
          .containsEntry("Path", root.resolve("volumes").toString())
          .containsEntry("DefaultVolumeSize", "107374182400");
    }
  }

  @Test
  void open_laterWithoutOptions_usesTheRecordedOnes() throws IOException {
    openWithVolume();
    open("vfs.defaultvolumesize", "1G").close();

    try (VolumeDriver driver = open()) {
      assertThat(driver.info())
          .containsEntry("Path", path.toString())
          .containsEntry("DefaultVolumeSize", "1073741824");
    }
    assertThat(Files.readString(settings))
        .contains(
            "\"Root\":\"" + root + "\"",
            "\"Path\":\"" + path + "\"",
            "\"ConfigPath\":\"" + path + "/config\"",
            "\"DefaultVolumeSize\":1073741824");
  }

  @Test
  void open_unknownFields_areKept() throws IOException {
    openWithVolume();
    Files.writeString(
        settings, Files.readString(settings).replaceFirst("\\{", "{\"Future\":true,"));

    open("vfs.defaultvolumesize", "1G").close();

    assertThat(Files.readString(settings)).contains("\"Future\":true", "1073741824");
  }

  @Test
  void open_otherPathWhileVolumesAreUnderTheOld_isRefused() throws IOException {
    openWithVolume();
    Path other = directory.resolve("other");

    assertThatThrownBy(() -> open("vfs.path", other.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(other.toString())
        .hasMessageContaining("1 volumes");
    assertThat(other).doesNotExist();
  }

  @Test
  void open_otherPathAndNoVolumesUnderTheOld_changesIt() throws IOException {
    open("vfs.path", path.toString()).close();
    Path other = directory.resolve("other");

    try (VolumeDriver driver = open("vfs.path", other.toString())) {
      assertThat(driver.info()).containsEntry("Path", other.toString());
    }
    assertThat(Files.readString(settings)).contains(other.toString());
  }

  @Test
  void open_otherPathAndOldOneUnreadable_isRefused() throws IOException {
    openWithVolume();
    // As when the share is not mounted: the path is gone, what it was under is not.
    Files.move(path, directory.resolve("unmounted"));

    assertThatThrownBy(() -> open("vfs.path", directory.resolve("other").toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("could not be found out")
        .hasMessageContaining(settings.toString());
  }

  @Test
  void open_sameStorageAtAnotherPath_isAMove() throws IOException {
    openWithVolume();
    Path moved = Files.move(path, directory.resolve("moved"));

    try (VolumeDriver driver = open("vfs.path", moved.toString())) {
      assertThat(driver.get(VOL1)).isPresent();
    }
  }

  @Test
  void open_samePathThroughALink_isTheSame() throws IOException {
    openWithVolume();
    Path link = Files.createSymbolicLink(directory.resolve("link"), path);

    try (VolumeDriver driver = open("vfs.path", link.toString())) {
      assertThat(driver.get(VOL1)).isPresent();
    }
  }

  @Test
  void open_shareNotMounted_isRefusedAndNothingIsWritten() throws IOException {
    openWithVolume();
    Files.move(path, directory.resolve("unmounted"));
    Files.createDirectory(path);

    assertThatThrownBy(this::open).hasMessageContaining("is the share mounted?");
    assertThat(path).isEmptyDirectory();

    Files.delete(path);
    assertThatThrownBy(this::open).hasMessageContaining("is the share mounted?");
    assertThat(path).doesNotExist();
  }

  @Test
  void open_anotherShareMounted_isRefused() throws IOException {
    openWithVolume();
    Files.move(path, directory.resolve("unmounted"));
    VfsHarness.openAtOnce(
            directory.resolve("root-2"), "host-2", Map.of("vfs.path", path.toString()))
        .close();

    assertThatThrownBy(this::open).hasMessageContaining("is another share mounted?");
  }

  @Test
  void open_settingsOfV052AndShareNotMounted_isRefused() throws IOException {
    Files.createDirectories(root);
    Files.createDirectories(path);
    Files.writeString(
        settings,
        "{\"Root\":\"%s\",\"Path\":\"%s\",\"ConfigPath\":\"%s/config\",\"DefaultVolumeSize\":107374182400}"
            .formatted(root, path, path));

    assertThatThrownBy(this::open).hasMessageContaining("is the share mounted?");
    assertThat(path).isEmptyDirectory();
  }

  @Test
  void open_settingsCorrupt_isAnError() throws IOException {
    Files.createDirectories(root);
    Files.writeString(settings, "{\"Path\":");

    assertThatThrownBy(this::open).hasMessageContaining("vfs.cfg: not a JSON object");
  }

  @Test
  void open_pathIsAFile_isAnErrorThatNamesIt() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> open("vfs.path", file.toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("vfs.path '" + file + "' can't be used");
  }
}
