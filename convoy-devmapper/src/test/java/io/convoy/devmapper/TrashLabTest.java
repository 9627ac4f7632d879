package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.BlockTarget;
import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Trash;
import io.convoy.core.TrashedVolume;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleted volumes in a pool of a real kernel. */
@Tag("kernel-lab")
class TrashLabTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final VolumeName VOL3 = new VolumeName("vol3");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int FILLED_BYTES = 128 << 20;

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

  private Trash trash() {
    return harness.driver().trash().orElseThrow();
  }

  private List<TrashedVolume> trashed() throws IOException {
    return trash().list((name, problem) -> assertThat(problem).isNull());
  }

  private Volume create(VolumeName name) throws IOException {
    return harness.driver().create(VolumeSpec.of(name), UUID.randomUUID(), Optional.empty());
  }

  @Test
  void restore_afterAReboot_isTheSameToTheByte() throws IOException {
    for (String filesystem : List.of("ext4", "xfs")) {
      harness.setOption(ThinPoolConfig.FILESYSTEM, filesystem);
      harness.setOption(ThinPoolConfig.DEFAULT_VOLUME_SIZE, "320M");
      harness.reopen();
      Volume volume = create(VOL1);
      harness.write(VOL1, "before");
      harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
      harness.write(VOL1, "after");
      String before = sha256("/dev/mapper/vol1");
      harness.driver().delete(VOL1, DeleteMode.REFERENCE);
      create(VOL1);
      harness.reboot();

      trash().restore(volume.uuid(), VOL2);

      assertThat(sha256("/dev/mapper/vol2")).isEqualTo(before);
      assertThat(harness.read(VOL2)).isEqualTo("after");
      assertThat(harness.read(VOL1)).isEmpty();
      try (SnapshotContent content = harness.driver().snapshots().orElseThrow().open(VOL2, SNAP1)) {
        assertThat(content).isNotNull();
      }
      harness.driver().delete(VOL1, DeleteMode.DATA);
      harness.driver().delete(VOL2, DeleteMode.DATA);
      assertThat(harness.driver().info())
          .containsEntry("ThinpoolUsed", "0")
          .doesNotContainKey("UnknownThinDevices");
    }
  }

  private static String sha256(String device) throws IOException {
    return new ProcessCommandRunner()
        .run(List.of("sha256sum", "-b", device), LIMIT)
        .split(" ", 2)[0];
  }

  @Test
  void delete_reference_showsWhatItTakesAndWhenItGoes() throws IOException {
    filled(VOL1);

    harness.driver().delete(VOL1, DeleteMode.REFERENCE);

    assertThat(Path.of("/dev/mapper/vol1")).doesNotExist();
    assertThat(trashed().get(0).usedBytes()).hasValue(FILLED_BYTES);
    assertThat(harness.driver().info())
        .containsEntry("TrashVolumes", "1")
        .containsEntry("TrashUsed", Integer.toString(FILLED_BYTES))
        .containsEntry("TrashKeep", "7d");
    trash().destroy(trashed().get(0).id());
    assertThat(harness.driver().info())
        .containsEntry("TrashVolumes", "0")
        .containsEntry("ThinpoolUsed", "0");
  }

  @Test
  void delete_referenceOfAMountedVolume_isRefusedAndNamesTheHolder() throws IOException {
    create(VOL1);
    Path place = harness.driver().mount(VOL1, Optional.empty());

    assertThatThrownBy(() -> harness.driver().delete(VOL1, DeleteMode.REFERENCE))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("mounted at " + place);

    assertThat(trashed()).isEmpty();
    harness.driver().unmount(VOL1);
  }

  @Test
  void create_poolBelowItsReserve_givesUpTheOldestOfTheTrashAlone() throws IOException {
    harness.setOption(ThinPoolConfig.MIN_FREE_DATA, "80");
    harness.reopen();
    filled(VOL1);
    Volume newer = filled(VOL2);
    harness.driver().delete(VOL1, DeleteMode.REFERENCE);
    harness.driver().delete(VOL2, DeleteMode.REFERENCE);
    assertThat(trashed()).hasSize(2);

    create(VOL3);

    assertThat(trashed()).extracting(TrashedVolume::id).containsExactly(newer.uuid());
    trash().restore(newer.uuid(), VOL2);
    try (FileChannel device =
        FileChannel.open(Path.of("/dev/mapper/vol2"), StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      device.read(last, FILLED_BYTES - 1);
      assertThat(last.get(0)).isEqualTo((byte) 7);
    }
  }

  /** Makes a volume that has blocks for all of its device. */
  private Volume filled(VolumeName name) throws IOException {
    return harness
        .driver()
        .create(
            VolumeSpec.of(name).withSizeBytes(FILLED_BYTES),
            UUID.randomUUID(),
            Optional.of(
                target -> {
                  ByteBuffer block = ByteBuffer.allocate(1 << 20);
                  while (block.hasRemaining()) {
                    block.put((byte) 7);
                  }
                  for (int at = 0; at < FILLED_BYTES; at += block.capacity()) {
                    ((BlockTarget) target).write(at, block.clear());
                  }
                }));
  }
}
