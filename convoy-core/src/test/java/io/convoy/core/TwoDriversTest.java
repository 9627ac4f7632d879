package io.convoy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.InMemoryVolumeDriver;
import io.convoy.core.testing.InMemoryVolumeDriverFactory;
import io.convoy.core.testing.SecondMemoryDriverFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one driver can't say keeps another from taking a name twice, unless its storage is away. */
final class TwoDriversTest {
  private static final VolumeName VOL1 = new VolumeName("vol1");
  private static final VolumeName VOL2 = new VolumeName("vol2");
  private static final SnapshotName SNAP1 = new SnapshotName("snap1");
  private static final String FIRST = InMemoryVolumeDriverFactory.NAME;
  private static final String SECOND = SecondMemoryDriverFactory.NAME;

  @TempDir private Path root;
  private Convoy convoy;

  @BeforeEach
  void open() throws IOException {
    convoy =
        Convoy.open(
            new ConvoyConfig(
                root,
                List.of(FIRST, SECOND),
                Map.of(),
                new ProcessCommandRunner(),
                BackupOptions.DEFAULT));
    create(VOL1, Optional.of(FIRST));
  }

  @AfterEach
  void close() throws IOException {
    convoy.close();
  }

  private VolumeStatus create(VolumeName name, Optional<String> driver) throws IOException {
    return convoy.create(VolumeSpec.of(name), driver, Progress.NONE);
  }

  private Snapshot createSnapshot() throws IOException {
    return convoy.createSnapshot(VOL1, Optional.of(SNAP1));
  }

  /** Has a driver answer no question any more. */
  private static void failAll(InMemoryVolumeDriver driver, IOException failure) {
    driver.setHook(
        (step, volume) -> {
          throw failure;
        });
  }

  private InMemoryVolumeDriver first() {
    return InMemoryVolumeDriverFactory.openUnder(root);
  }

  private InMemoryVolumeDriver second() {
    return SecondMemoryDriverFactory.openUnder(root);
  }

  @Test
  void createSnapshot_otherStorageIsAway_isTaken() throws IOException {
    failAll(second(), new StorageUnavailableException("the share is away"));

    assertThat(createSnapshot().name()).isEqualTo(SNAP1);
    assertThat(convoy.list()).extracting(status -> status.volume().name()).containsExactly(VOL1);
    assertThat(convoy.info().problems()).contains("Driver 'memory2': the share is away");
  }

  @Test
  void createSnapshot_ownStorageIsAway_isRefused() {
    first()
        .setHook(
            (step, volume) -> {
              if (step.equals("list")) {
                throw new StorageUnavailableException("the share is away");
              }
            });

    assertThatThrownBy(this::createSnapshot)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Snapshot 'snap1' was not found, but not every volume could be looked at: Driver 'memory': the share is away");
  }

  @Test
  void createSnapshot_otherDriverFails_isRefused() {
    failAll(second(), new IOException("the API says 503"));

    assertThatThrownBy(this::createSnapshot).hasMessage("the API says 503");
  }

  @Test
  void createSnapshot_anotherVolumeIsUnreadable_isTaken() throws IOException {
    second().setUnreadable(VOL2, "its record can't be used");

    assertThat(createSnapshot().name()).isEqualTo(SNAP1);
  }

  @Test
  void deleteSnapshot_twoOfThatName_deletesNeither() throws IOException {
    create(VOL2, Optional.of(SECOND));
    convoy.createSnapshot(VOL2, Optional.of(SNAP1));
    second().setUnreadable(VOL2, "its record can't be used");
    createSnapshot();
    second().setReadable(VOL2);

    assertThatThrownBy(() -> convoy.deleteSnapshot(SNAP1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("volumes 'vol1' and 'vol2'");
    assertThat(convoy.list())
        .allSatisfy(status -> assertThat(status.volume().snapshots()).hasSize(1));
  }

  @Test
  void createSnapshot_otherDriverHasOneOfThatName_isRefusedEvenIfAnotherVolumeIsUnreadable()
      throws IOException {
    create(VOL2, Optional.of(SECOND));
    convoy.createSnapshot(VOL2, Optional.of(SNAP1));
    second().setUnreadable(new VolumeName("vol3"), "its record can't be used");

    assertThatThrownBy(this::createSnapshot)
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("Snapshot 'snap1' already exists, of volume 'vol2'");
  }

  @Test
  void create_otherStorageIsAway_isMadeWhereItIsWantedByName() throws IOException {
    failAll(second(), new StorageUnavailableException("the share is away"));

    assertThat(create(VOL2, Optional.of(FIRST)).driver()).isEqualTo(FIRST);
  }

  @Test
  void create_otherStorageIsAwayAndNoDriverNamed_isRefused() {
    failAll(second(), new StorageUnavailableException("the share is away"));

    assertThatThrownBy(() -> create(VOL2, Optional.empty())).hasMessage("the share is away");
  }

  @Test
  void create_otherDriverFails_isRefused() {
    failAll(second(), new IOException("the API says 503"));

    assertThatThrownBy(() -> create(VOL2, Optional.of(FIRST))).hasMessage("the API says 503");
  }
}
