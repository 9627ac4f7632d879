package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BlockContent;
import io.convoy.core.Extent;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel-lab")
class ThinContentLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final Path NODE = Path.of("/dev/mapper/vol1");
  private static final int MIB = 1 << 20;
  private static final int VOLUME_BYTES = 64 * MIB;

  @TempDir Path directory;

  @Test
  void extents_smallBlocks_areExact() throws IOException {
    extentsAreExact(64 << 10);
  }

  @Test
  void extents_blocksOfConvoy_areExact() throws IOException {
    extentsAreExact(2 << 20);
  }

  @Test
  void extents_largeBlocks_areExact() throws IOException {
    extentsAreExact(4 << 20);
  }

  private void extentsAreExact(int blockBytes) throws IOException {
    try (LabHarness harness =
        LabHarness.create(
            directory,
            1L << 30,
            Map.of(ThinPoolConfig.BLOCK_SIZE, Integer.toString(blockBytes / 512)))) {
      // An empty filler: not even a file system is there.
      harness
          .driver()
          .create(
              VolumeSpec.of(VOL1).withSizeBytes(VOLUME_BYTES),
              UUID.randomUUID(),
              Optional.of(target -> {}));
      write(1, 10L * MIB, MIB);
      write(2, 40L * MIB, MIB);
      Snapshot first = snapshot(harness, "snap1");
      write(3, 20L * MIB, 8);
      write(4, VOLUME_BYTES - 512, 512);
      discard(40L * MIB, 4 * MIB);
      Snapshot second = snapshot(harness, "snap2");

      byte[] before = new byte[VOLUME_BYTES];
      byte[] expected = deviceBytes();
      try (BlockContent content = open(harness, first)) {
        assertThat(content.sizeBytes()).isEqualTo(VOLUME_BYTES);
        assertThat(content.allocated())
            .containsExactly(
                blocks(blockBytes, 10L * MIB, MIB), blocks(blockBytes, 40L * MIB, MIB));
        apply(content, content.allocated(), before);
        assertThat(content.changedSince(first.uuid())).contains(List.of());
      }
      try (BlockContent content = open(harness, second)) {
        List<Extent> changed = content.changedSince(first.uuid()).orElseThrow();
        assertThat(changed)
            .containsExactly(
                blocks(blockBytes, 20L * MIB, 8),
                blocks(blockBytes, 40L * MIB, MIB),
                blocks(blockBytes, VOLUME_BYTES - 512, 512));
        assertThat(content.allocated())
            .containsExactly(
                blocks(blockBytes, 10L * MIB, MIB),
                blocks(blockBytes, 20L * MIB, 8),
                blocks(blockBytes, VOLUME_BYTES - 512, 512));
        assertThat(content.changedSince(UUID.randomUUID())).isEmpty();
        apply(content, changed, before);
        assertThatThrownBy(() -> content.read(VOLUME_BYTES - 4, ByteBuffer.allocate(8)))
            .isInstanceOf(EOFException.class);
      }
      assertThat(before).isEqualTo(expected);
    }
  }

  private static Extent blocks(int blockBytes, long offset, long length) {
    long from = offset / blockBytes * blockBytes;
    long to = Math.min((offset + length - 1) / blockBytes * blockBytes + blockBytes, VOLUME_BYTES);
    return new Extent(from, to - from);
  }

  private static void write(int value, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    try (FileChannel device = FileChannel.open(NODE, StandardOpenOption.WRITE)) {
      device.write(ByteBuffer.wrap(bytes), offset);
      device.force(true);
    }
  }

  private static void discard(long offset, long length) throws IOException {
    new ProcessCommandRunner()
        .run(
            List.of(
                "blkdiscard", "--offset", offset + "", "--length", length + "", NODE.toString()),
            Duration.ofSeconds(30));
  }

  private static byte[] deviceBytes() throws IOException {
    ByteBuffer all = ByteBuffer.allocate(VOLUME_BYTES);
    try (FileChannel device = FileChannel.open(NODE, StandardOpenOption.READ)) {
      while (all.hasRemaining()) {
        device.read(all, all.position());
      }
    }
    return all.array();
  }

  private static Snapshot snapshot(LabHarness harness, String name) throws IOException {
    return harness
        .driver()
        .snapshots()
        .orElseThrow()
        .create(VOL1, new SnapshotName(name), UUID.randomUUID());
  }

  private static BlockContent open(LabHarness harness, Snapshot snapshot) throws IOException {
    return (BlockContent) harness.driver().snapshots().orElseThrow().open(VOL1, snapshot.name());
  }

  private static void apply(BlockContent content, List<Extent> extents, byte[] image)
      throws IOException {
    for (Extent extent : extents) {
      content.read(
          extent.offsetBytes(),
          ByteBuffer.wrap(
              image, Math.toIntExact(extent.offsetBytes()), Math.toIntExact(extent.lengthBytes())));
    }
  }

  @Test
  void changedSince_toolFails_letsGoOfTheMetadata() throws IOException {
    try (LabHarness harness = LabHarness.create(directory)) {
      harness.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.of(target -> {}));
      Snapshot first = snapshot(harness, "snap1");
      Snapshot second = snapshot(harness, "snap2");
      try (BlockContent content = open(harness, second)) {
        // Behind the driver's back: thin_delta then knows no such device.
        DeviceMapper deviceMapper = NativeDeviceMapper.open();
        deviceMapper.message(LabHarness.POOL, "delete " + first.details().get("DevID"));

        assertThatThrownBy(() -> content.changedSince(first.uuid()))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("thin_delta");

        assertThat(deviceMapper.status(LabHarness.POOL).get(0).parameters()).contains(" - rw ");
        assertThat(content.allocated()).isEmpty();
      }
    }
  }
}
