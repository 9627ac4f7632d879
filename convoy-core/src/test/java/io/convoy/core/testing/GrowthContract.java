package io.convoy.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Growth;
import io.convoy.core.NotFoundException;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
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

/** What the {@link Growth} of a driver with snapshots must do; each driver's test extends this. */
public abstract class GrowthContract {
  protected static final VolumeName VOL1 = new VolumeName("vol1");
  protected static final SnapshotName SNAP1 = new SnapshotName("snap1");

  protected DriverHarness harness;
  private Volume before;

  /** Returns a driver on an empty storage; called before each test. */
  protected abstract DriverHarness newHarness(Path directory) throws IOException;

  @BeforeEach
  final void openDriverWithVolume(@TempDir Path directory) throws IOException {
    harness = newHarness(directory);
    before = harness.driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.empty());
    harness.write(VOL1, "text");
  }

  @AfterEach
  final void closeDriver() throws IOException {
    if (harness != null) {
      harness.close();
    }
  }

  private Growth growth() {
    return harness.driver().growth().orElseThrow();
  }

  /**
   * Grows a volume that is mounted. A storage on which the kernel may refuse to grow a mounted file
   * system checks here that it says so.
   */
  protected void growMounted(long sizeBytes) throws IOException {
    growth().grow(VOL1, sizeBytes);
  }

  private List<Volume> list() throws IOException {
    return harness.driver().list((name, problem) -> assertThat(problem).isNull());
  }

  private long doubled() {
    return 2 * before.sizeBytes().orElseThrow();
  }

  @Test
  void grow_larger_isShownAtOnceAndLasts() throws IOException {
    Volume grown = growth().grow(VOL1, doubled());

    assertThat(grown.sizeBytes()).hasValue(doubled());
    assertThat(grown.uuid()).isEqualTo(before.uuid());
    assertThat(grown.details().get("Size")).isEqualTo(Long.toString(doubled()));
    assertThat(list()).containsExactly(grown);
    harness.reopen();
    assertThat(list()).containsExactly(grown);
    assertThat(harness.read(VOL1)).isEqualTo("text");
  }

  @Test
  void grow_mounted_staysMounted() throws IOException {
    Path place = harness.driver().mount(VOL1, Optional.empty());

    growMounted(doubled());

    assertThat(harness.driver().mount(VOL1, Optional.empty())).isEqualTo(place);
    assertThat(harness.read(VOL1)).isEqualTo("text");
    harness.driver().unmount(VOL1);
    assertThat(harness.driver().get(VOL1).orElseThrow().sizeBytes()).hasValue(doubled());
  }

  @Test
  void grow_sameSize_changesNothing() throws IOException {
    assertThat(growth().grow(VOL1, before.sizeBytes().orElseThrow())).isEqualTo(before);

    assertThat(list()).containsExactly(before);
  }

  @Test
  void grow_smaller_isRefusedWithThePresentSize() throws IOException {
    assertThatThrownBy(() -> growth().grow(VOL1, before.sizeBytes().orElseThrow() / 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vol1")
        .hasMessageContaining(Long.toString(before.sizeBytes().orElseThrow()));

    assertThat(list()).containsExactly(before);
    assertThat(harness.read(VOL1)).isEqualTo("text");
  }

  @Test
  void grow_snapshotBefore_staysAsItWas() throws IOException {
    harness.driver().snapshots().orElseThrow().create(VOL1, SNAP1, UUID.randomUUID());

    growth().grow(VOL1, doubled());
    harness.write(VOL1, "later");

    assertThat(list().get(0).snapshots().get(0).sizeBytes()).isEqualTo(before.sizeBytes());
    try (SnapshotContent content = harness.driver().snapshots().orElseThrow().open(VOL1, SNAP1)) {
      assertThat(harness.read(content)).isEqualTo("text");
    }
  }

  @Test
  void grow_unknown_isNotFound() {
    assertThatThrownBy(() -> growth().grow(new VolumeName("vol2"), doubled()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("vol2");
  }
}
