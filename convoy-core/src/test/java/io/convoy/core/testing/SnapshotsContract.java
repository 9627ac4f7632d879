package io.convoy.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.DeleteMode;
import io.convoy.core.NotFoundException;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Snapshots;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every driver's {@link Snapshots} must do; each driver's test extends this. */
public abstract class SnapshotsContract {
  protected static final VolumeName VOL1 = new VolumeName("vol1");
  protected static final SnapshotName SNAP1 = new SnapshotName("snap1");
  protected static final SnapshotName SNAP2 = new SnapshotName("snap2");

  protected DriverHarness harness;

  /** Returns a driver on an empty storage; called before each test. */
  protected abstract DriverHarness newHarness(Path directory) throws IOException;

  @BeforeEach
  final void openDriverWithVolume(@TempDir Path directory) throws IOException {
    harness = newHarness(directory);
    harness.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
  }

  @AfterEach
  final void closeDriver() throws IOException {
    if (harness != null) {
      harness.close();
    }
  }

  protected final Snapshots snapshots() {
    return harness.driver().snapshots().orElseThrow();
  }

  protected final List<Snapshot> list() throws IOException {
    return harness.driver().get(VOL1).orElseThrow().snapshots();
  }

  protected final Snapshot create(SnapshotName name) throws IOException {
    return snapshots().create(VOL1, name, UUID.randomUUID());
  }

  protected final String contentOf(SnapshotName name) throws IOException {
    try (SnapshotContent content = snapshots().open(VOL1, name)) {
      return harness.read(content);
    }
  }

  @Test
  void create_snapshot_isListedWithItsVolume() throws IOException {
    UUID uuid = UUID.randomUUID();

    Snapshot created = snapshots().create(VOL1, SNAP1, uuid);

    assertThat(created.name()).isEqualTo(SNAP1);
    assertThat(created.uuid()).isEqualTo(uuid);
    assertThat(created.volume()).isEqualTo(VOL1);
    assertThat(list()).containsExactly(created);
  }

  @Test
  void create_volumeChangesLater_snapshotDoesNot() throws IOException {
    harness.write(VOL1, "before");
    create(SNAP1);

    harness.write(VOL1, "after");
    create(SNAP2);

    assertThat(contentOf(SNAP1)).isEqualTo("before");
    assertThat(contentOf(SNAP2)).isEqualTo("after");
    assertThat(harness.read(VOL1)).isEqualTo("after");
  }

  @Test
  void create_mountedVolume_hasItsContent() throws IOException {
    harness.driver().mount(VOL1, Optional.empty());
    harness.write(VOL1, "mounted");

    create(SNAP1);

    assertThat(contentOf(SNAP1)).isEqualTo("mounted");
    harness.driver().unmount(VOL1);
  }

  @Test
  void create_takenName_keepsTheFirst() throws IOException {
    harness.write(VOL1, "first");
    Snapshot first = create(SNAP1);
    harness.write(VOL1, "second");

    assertThatThrownBy(() -> create(SNAP1))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("snap1");

    assertThat(list()).containsExactly(first);
    assertThat(contentOf(SNAP1)).isEqualTo("first");
  }

  @Test
  void create_unknownVolume_isNotFound() {
    assertThatThrownBy(() -> snapshots().create(new VolumeName("nosuch"), SNAP1, UUID.randomUUID()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("nosuch");
  }

  @Test
  void delete_one_leavesTheOthers() throws IOException {
    harness.write(VOL1, "one");
    create(SNAP1);
    harness.write(VOL1, "two");
    Snapshot second = create(SNAP2);

    snapshots().delete(VOL1, SNAP1);

    assertThat(list()).containsExactly(second);
    assertThat(contentOf(SNAP2)).isEqualTo("two");
    assertThat(harness.read(VOL1)).isEqualTo("two");
    harness.reopen();
    assertThat(list()).containsExactly(second);
  }

  @Test
  void delete_nameUsedAgain_isAnotherSnapshot() throws IOException {
    Snapshot first = create(SNAP1);
    snapshots().delete(VOL1, SNAP1);

    Snapshot second = create(SNAP1);

    assertThat(second.uuid()).isNotEqualTo(first.uuid());
    assertThat(list()).containsExactly(second);
  }

  @Test
  void delete_unknown_isNotFound() {
    assertThatThrownBy(() -> snapshots().delete(VOL1, SNAP1))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("snap1");
    assertThatThrownBy(() -> snapshots().delete(new VolumeName("nosuch"), SNAP1))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void open_unknown_isNotFound() {
    assertThatThrownBy(() -> snapshots().open(VOL1, SNAP1))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("snap1");
  }

  @Test
  void open_severalTimes_isTheSame() throws IOException {
    harness.write(VOL1, "text");
    create(SNAP1);

    assertThat(contentOf(SNAP1)).isEqualTo("text");
    assertThat(contentOf(SNAP1)).isEqualTo("text");
    snapshots().delete(VOL1, SNAP1);
    assertThat(list()).isEmpty();
  }

  @Test
  void reopen_snapshots_areAsBefore() throws IOException {
    harness.write(VOL1, "text");
    create(SNAP1);
    List<Snapshot> before = list();

    harness.reopen();

    assertThat(list()).isEqualTo(before);
    assertThat(contentOf(SNAP1)).isEqualTo("text");
  }

  @Test
  void deleteVolume_withSnapshots_takesThemAlong() throws IOException {
    create(SNAP1);

    harness.driver().delete(VOL1, DeleteMode.DATA);
    harness.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());

    assertThat(list()).isEmpty();
  }
}
