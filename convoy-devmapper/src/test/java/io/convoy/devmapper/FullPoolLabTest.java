package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DeleteMode;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool that runs out of room. */
@Tag("kernel-lab")
final class FullPoolLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL10 = new VolumeName("vol10");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");

  @TempDir Path directory;
  private LabHarness harness;

  @BeforeEach
  void open() throws IOException {
    harness = LabHarness.create(directory);
  }

  @AfterEach
  void close() throws IOException {
    harness.close();
  }

  @Test
  void create_poolBelowItsReserve_isRefusedAndTheRestGoesOn() throws IOException {
    harness.create(VOL1);
    harness.write(VOL1, "before");
    harness.setOption(ThinPoolConfig.MIN_FREE_DATA, "90");
    harness.reopen();
    try (FileChannel device =
        FileChannel.open(createFilled(VOL10, 128 << 20), StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocate(1 << 20);
      for (int i = 0; i < 128; i++) {
        block.put(0, (byte) 1);
        device.write(block.clear(), (long) i << 20);
      }
      device.force(true);
    }

    assertThatThrownBy(() -> harness.create(new VolumeName("vol2")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("% of its data free")
        .hasMessageContaining("dm.minfreedata is 90 %");
    assertThatThrownBy(
            () -> harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID()))
        .hasMessageContaining("dm.minfreedata");
    assertThat(harness.driver().list((name, problem) -> {})).hasSize(2);
    harness.write(VOL1, "after");
    harness.driver().delete(VOL10, DeleteMode.DATA);
    harness.create(new VolumeName("vol2"));
  }

  private Path createFilled(VolumeName name, long bytes) throws IOException {
    harness
        .driver()
        .create(
            VolumeSpec.of(name).withSizeBytes(bytes), UUID.randomUUID(), Optional.of(target -> {}));
    return Path.of("/dev/mapper", name.value());
  }

  @Test
  void writes_poolIsFull_areToldAndOtherVolumesAreReadable() throws IOException {
    harness.close();
    harness =
        LabHarness.create(
            Files.createDirectory(directory.resolve("small")),
            64 << 20,
            Map.of(ThinPoolConfig.MIN_FREE_DATA, "0"));
    harness
        .driver()
        .create(VolumeSpec.of(VOL1).withSizeBytes(16 << 20), UUID.randomUUID(), Optional.empty());
    harness.write(VOL1, "text");
    Files.writeString(Path.of("/sys/module/dm_thin_pool/parameters/no_space_timeout"), "1");
    ByteBuffer block = ByteBuffer.allocate(1 << 20);
    try (FileChannel device =
        FileChannel.open(createFilled(VOL10, 128 << 20), StandardOpenOption.WRITE)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 128; i++) {
                  device.write(block.clear(), (long) i << 20);
                  device.force(true);
                }
              })
          .isInstanceOf(IOException.class);
    }

    assertThat(harness.driver().info().get("Problem")).contains("it is full");
    assertThat(harness.read(VOL1)).isEqualTo("text");
    assertThatThrownBy(() -> harness.create(new VolumeName("vol2")))
        .hasMessageContaining("it is full");
    harness.driver().delete(VOL10, DeleteMode.DATA);
    assertThat(harness.driver().info()).doesNotContainKey("Problem");
    harness.write(VOL1, "goes on");
    assertThat(harness.read(VOL1)).isEqualTo("goes on");
  }
}
