package io.convoy.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.DeleteMode;
import io.convoy.core.NotFoundException;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link VolumeDriver} must do; each driver's test extends this. */
public abstract class VolumeDriverContract {
  protected static final VolumeName VOL1 = new VolumeName("vol1");
  protected static final VolumeName VOL10 = new VolumeName("vol10");

  protected DriverHarness harness;

  /** Returns a driver on an empty storage; called before each test. */
  protected abstract DriverHarness newHarness(Path directory) throws IOException;

  @BeforeEach
  final void openDriver(@TempDir Path directory) throws IOException {
    harness = newHarness(directory);
    assertThat(list()).isEmpty();
  }

  @AfterEach
  final void closeDriver() throws IOException {
    if (harness != null) {
      harness.close();
    }
  }

  protected final VolumeDriver driver() {
    return harness.driver();
  }

  protected final Volume create(VolumeName name) throws IOException {
    return driver().create(VolumeSpec.of(name), UUID.randomUUID(), Optional.empty());
  }

  protected final List<Volume> list() throws IOException {
    List<String> problems = new ArrayList<>();
    List<Volume> volumes = driver().list((name, problem) -> problems.add(name + ": " + problem));
    assertThat(problems).isEmpty();
    return volumes;
  }

  @Test
  void create_newVolume_isFoundAndListed() throws IOException {
    UUID uuid = UUID.randomUUID();

    Volume created = driver().create(VolumeSpec.of(VOL1), uuid, Optional.empty());

    assertThat(created.name()).isEqualTo(VOL1);
    assertThat(created.uuid()).isEqualTo(uuid);
    assertThat(created.snapshots()).isEmpty();
    assertThat(driver().get(VOL1)).contains(created);
    assertThat(list()).containsExactly(created);
  }

  @Test
  void create_takenName_keepsTheFirst() throws IOException {
    Volume first = create(VOL1);
    harness.write(VOL1, "first");

    assertThatThrownBy(() -> create(VOL1))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("vol1");

    assertThat(driver().get(VOL1)).contains(first);
    assertThat(harness.read(VOL1)).isEqualTo("first");
  }

  @Test
  void create_filler_putsItsContentThere() throws IOException {
    driver().create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.of(harness.filler("text")));

    assertThat(harness.read(VOL1)).isEqualTo("text");
  }

  @Test
  void create_fillerFails_leavesNothingAndCanBeTriedAgain() throws IOException {
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
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the store is gone");
    assertThat(driver().get(VOL1)).isEmpty();
    assertThat(list()).isEmpty();

    create(VOL1);

    assertThat(harness.read(VOL1)).isEmpty();
  }

  @Test
  void create_fillerThrowsUnchecked_leavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                driver()
                    .create(
                        VolumeSpec.of(VOL1),
                        UUID.randomUUID(),
                        Optional.of(
                            target -> {
                              throw new IllegalArgumentException("wrong kind");
                            })))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wrong kind");

    assertThat(list()).isEmpty();
    create(VOL1);
  }

  @Test
  void create_whileFilling_isNotListed() throws IOException {
    List<Volume> seen = new ArrayList<>();
    driver()
        .create(VolumeSpec.of(VOL1), UUID.randomUUID(), Optional.of(target -> seen.addAll(list())));

    assertThat(seen).isEmpty();
    assertThat(list()).hasSize(1);
  }

  @Test
  void create_nameUsedAgain_isAnotherEmptyVolume() throws IOException {
    Volume first = create(VOL1);
    harness.write(VOL1, "old");
    driver().delete(VOL1, DeleteMode.DATA);

    Volume second = create(VOL1);

    assertThat(second.uuid()).isNotEqualTo(first.uuid());
    assertThat(harness.read(VOL1)).isEmpty();
  }

  @Test
  void create_manyAtOnce_allAreThere() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Volume>> creations = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        VolumeName name = new VolumeName("many-%02d".formatted(i));
        creations.add(() -> create(name));
      }
      for (Future<Volume> creation : threads.invokeAll(creations)) {
        creation.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(list()).hasSize(16);
    assertThat(list()).extracting(volume -> volume.name().value()).isSorted();
  }

  @Test
  void delete_data_isGoneForGood() throws IOException {
    create(VOL1);

    driver().delete(VOL1, DeleteMode.DATA);

    assertThat(driver().get(VOL1)).isEmpty();
    harness.reopen();
    assertThat(list()).isEmpty();
  }

  @Test
  void delete_reference_freesTheName() throws IOException {
    create(VOL1);
    harness.write(VOL1, "kept");

    driver().delete(VOL1, DeleteMode.REFERENCE);

    assertThat(driver().get(VOL1)).isEmpty();
    assertThat(list()).isEmpty();
    harness.reopen();
    assertThat(list()).isEmpty();
    create(VOL1);
  }

  @Test
  void delete_nameIsPrefixOfAnother_leavesTheOther() throws IOException {
    create(VOL1);
    Volume other = create(VOL10);
    harness.write(VOL10, "other");

    driver().delete(VOL1, DeleteMode.DATA);

    assertThat(list()).containsExactly(other);
    assertThat(harness.read(VOL10)).isEqualTo("other");
  }

  @Test
  void delete_unknown_isNotFound() {
    assertThatThrownBy(() -> driver().delete(VOL1, DeleteMode.DATA))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("vol1");
    assertThatThrownBy(() -> driver().delete(VOL1, DeleteMode.REFERENCE))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void mount_twice_isTheSamePlace() throws IOException {
    create(VOL1);

    Path first = driver().mount(VOL1, Optional.empty());
    Path second = driver().mount(VOL1, Optional.empty());

    assertThat(second).isEqualTo(first);
    driver().unmount(VOL1);
  }

  @Test
  void mount_twoVolumes_areApart() throws IOException {
    create(VOL1);
    create(VOL10);

    Path first = driver().mount(VOL1, Optional.empty());
    Path second = driver().mount(VOL10, Optional.empty());

    assertThat(first).isNotEqualTo(second);
    driver().unmount(VOL1);
    driver().unmount(VOL10);
  }

  @Test
  void mount_unknown_isNotFound() {
    assertThatThrownBy(() -> driver().mount(VOL1, Optional.empty()))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void unmount_notMounted_doesNothing() throws IOException {
    create(VOL1);

    driver().unmount(VOL1);
    driver().unmount(VOL1);

    assertThat(driver().get(VOL1)).isPresent();
  }

  @Test
  void reopen_everything_isAsBefore() throws IOException {
    create(VOL1);
    create(VOL10);
    harness.write(VOL1, "text");
    List<Volume> before = list();

    harness.reopen();

    assertThat(list()).isEqualTo(before);
    assertThat(harness.read(VOL1)).isEqualTo("text");
  }

  @Test
  void get_unknown_isEmpty() throws IOException {
    assertThat(driver().get(VOL1)).isEmpty();
  }

  @Test
  void info_open_saysSomething() throws IOException {
    assertThat(driver().info()).isNotEmpty().doesNotContainValue(null);
  }
}
