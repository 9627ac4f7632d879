package io.convoy.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.DeleteMode;
import io.convoy.core.NotFoundException;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Trash;
import io.convoy.core.TrashedVolume;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the {@link Trash} of a driver with snapshots must do; each driver's test extends this. */
public abstract class TrashContract {
  protected static final VolumeName VOL1 = new VolumeName("vol1");
  protected static final VolumeName VOL2 = new VolumeName("vol2");
  protected static final SnapshotName SNAP1 = new SnapshotName("snap1");

  protected DriverHarness harness;

  /** Returns a driver on an empty storage; called before each test. */
  protected abstract DriverHarness newHarness(Path directory) throws IOException;

  @BeforeEach
  final void openDriver(@TempDir Path directory) throws IOException {
    harness = newHarness(directory);
    assertThat(trashed()).isEmpty();
  }

  @AfterEach
  final void closeDriver() throws IOException {
    if (harness != null) {
      harness.close();
    }
  }

  protected final Trash trash() {
    return harness.driver().trash().orElseThrow();
  }

  protected final List<TrashedVolume> trashed() throws IOException {
    return trash().list((name, problem) -> assertThat(problem).isNull());
  }

  protected final List<Volume> volumes() throws IOException {
    return harness.driver().list((name, problem) -> assertThat(problem).isNull());
  }

  protected final Volume create(VolumeName name, String text) throws IOException {
    Volume created =
        harness.driver().create(VolumeSpec.of(name), UUID.randomUUID(), Optional.empty());
    harness.write(name, text);
    return created;
  }

  private Volume createWithSnapshot() throws IOException {
    Volume created = create(VOL1, "before");
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());
    harness.write(VOL1, "after");
    return harness.driver().get(created.name()).orElseThrow();
  }

  private void throwAway(VolumeName name) throws IOException {
    harness.driver().delete(name, DeleteMode.REFERENCE);
  }

  private String textOf(VolumeName volume, SnapshotName snapshot) throws IOException {
    try (SnapshotContent content =
        harness.driver().snapshots().orElseThrow().open(volume, snapshot)) {
      return harness.read(content);
    }
  }

  @Test
  void delete_reference_isInTheTrash() throws IOException {
    Volume volume = createWithSnapshot();
    Instant start = Instant.now();

    throwAway(VOL1);

    assertThat(volumes()).isEmpty();
    List<TrashedVolume> trashed = trashed();
    assertThat(trashed).hasSize(1);
    TrashedVolume kept = trashed.get(0);
    assertThat(kept.id()).isEqualTo(volume.uuid());
    assertThat(kept.name()).isEqualTo(VOL1);
    assertThat(kept.sizeBytes()).isEqualTo(volume.sizeBytes());
    assertThat(kept.snapshots()).containsExactly(SNAP1);
    assertThat(kept.deletedTime()).isBetween(start, Instant.now());
    assertThat(kept.expiryTime()).isAfter(kept.deletedTime());
    harness.reopen();
    assertThat(trashed()).isEqualTo(trashed);
    trash().tidy();
    assertThat(trashed()).isEqualTo(trashed);
  }

  @Test
  void delete_data_isNotInTheTrash() throws IOException {
    create(VOL1, "text");

    harness.driver().delete(VOL1, DeleteMode.DATA);

    assertThat(trashed()).isEmpty();
  }

  @Test
  void restore_sameName_bringsBackDataAndSnapshots() throws IOException {
    Volume volume = createWithSnapshot();
    throwAway(VOL1);

    Volume restored = trash().restore(volume.uuid(), VOL1);

    assertThat(restored.uuid()).isEqualTo(volume.uuid());
    assertThat(restored.snapshots()).isEqualTo(volume.snapshots());
    assertThat(volumes()).containsExactly(restored);
    assertThat(trashed()).isEmpty();
    assertThat(harness.read(VOL1)).isEqualTo("after");
    assertThat(textOf(VOL1, SNAP1)).isEqualTo("before");
    harness.reopen();
    assertThat(volumes()).containsExactly(restored);
    assertThat(trashed()).isEmpty();
  }

  @Test
  void restore_otherName_isCalledSo() throws IOException {
    Volume volume = createWithSnapshot();
    throwAway(VOL1);
    create(VOL1, "another");

    trash().restore(volume.uuid(), VOL2);

    assertThat(volumes()).extracting(Volume::name).containsExactly(VOL1, VOL2);
    assertThat(harness.read(VOL1)).isEqualTo("another");
    assertThat(harness.read(VOL2)).isEqualTo("after");
    assertThat(textOf(VOL2, SNAP1)).isEqualTo("before");
    harness.reopen();
    assertThat(volumes()).extracting(Volume::name).containsExactly(VOL1, VOL2);
    throwAway(VOL2);
    assertThat(trashed()).extracting(TrashedVolume::name).containsExactly(VOL2);
  }

  @Test
  void restore_takenName_isRefusedAndBothStay() throws IOException {
    Volume volume = create(VOL1, "old");
    throwAway(VOL1);
    create(VOL1, "new");
    List<TrashedVolume> before = trashed();

    assertThatThrownBy(() -> trash().restore(volume.uuid(), VOL1))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("vol1");

    assertThat(trashed()).isEqualTo(before);
    assertThat(harness.read(VOL1)).isEqualTo("new");
  }

  @Test
  void list_oneNameSeveralTimes_isInOrderOfDeletion() throws IOException {
    Volume first = create(VOL1, "first");
    throwAway(VOL1);
    Volume second = create(VOL1, "second");
    throwAway(VOL1);
    create(VOL1, "third");

    assertThat(trashed())
        .extracting(TrashedVolume::id)
        .containsExactly(first.uuid(), second.uuid());
    trash().restore(first.uuid(), VOL2);
    assertThat(harness.read(VOL2)).isEqualTo("first");
    assertThat(harness.read(VOL1)).isEqualTo("third");
  }

  @Test
  void destroy_oneOfTwo_leavesTheOther() throws IOException {
    Volume first = createWithSnapshot();
    throwAway(VOL1);
    Volume second = create(VOL2, "second");
    throwAway(VOL2);

    trash().destroy(first.uuid());

    assertThat(trashed()).extracting(TrashedVolume::id).containsExactly(second.uuid());
    harness.reopen();
    assertThat(trashed()).extracting(TrashedVolume::id).containsExactly(second.uuid());
    trash().restore(second.uuid(), VOL2);
    assertThat(harness.read(VOL2)).isEqualTo("second");
  }

  @Test
  void unknownId_isNotFound() {
    assertThatThrownBy(() -> trash().restore(UUID.randomUUID(), VOL1))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("in the trash");
    assertThatThrownBy(() -> trash().destroy(UUID.randomUUID()))
        .isInstanceOf(NotFoundException.class);
  }
}
