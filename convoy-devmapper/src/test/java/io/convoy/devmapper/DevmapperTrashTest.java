package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.DeleteMode;
import io.convoy.core.NotFoundException;
import io.convoy.core.TrashedVolume;
import io.convoy.core.Volume;
import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.TrashContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevmapperTrashTest extends TrashContract {
  @Override
  protected DriverHarness newHarness(Path directory) throws IOException {
    return new FakeHarness(directory).open();
  }

  private FakeHarness fake() {
    return (FakeHarness) harness;
  }

  /** Returns the record of a volume that is created and deleted with its data kept. */
  private Path recordOf(Volume volume) throws IOException {
    harness.driver().delete(volume.name(), DeleteMode.REFERENCE);
    return fake()
        .root()
        .resolve("trash")
        .resolve("devicemapper_volume_%s~%s.json".formatted(volume.name(), volume.uuid()));
  }

  private static void replace(Path file, String pattern, String replacement) throws IOException {
    String before = Files.readString(file);
    String after = before.replaceAll(pattern, replacement);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(file, after);
  }

  @Test
  void open_keptLongEnough_isDestroyed() throws IOException {
    Path old = recordOf(create(VOL1, "old"));
    recordOf(create(VOL2, "new"));
    Instant eightDaysAgo = Instant.now().minus(Duration.ofDays(8));
    replace(old, "(\"DeletedTime\" *: *\")[^\"]*", "$1" + eightDaysAgo);
    assertThat(fake().machine().storage.thins).hasSize(2);

    harness.reopen();

    assertThat(trashed()).extracting(TrashedVolume::name).containsExactly(VOL2);
    assertThat(fake().machine().storage.thins).hasSize(1);
    assertThat(old).doesNotExist();
  }

  @Test
  void open_noTimeRecorded_countsFromNow() throws IOException {
    Path record = recordOf(create(VOL1, "text"));
    replace(record, "\"DeletedTime\" *: *\"[^\"]*\",?", "");
    Instant start = Instant.now();

    harness.reopen();

    assertThat(trashed().get(0).deletedTime()).isAfterOrEqualTo(start);
    assertThat(Files.readString(record)).contains("DeletedTime");
  }

  @Test
  void unreadable_record_isToldAndNeverDestroyed() throws IOException {
    Volume volume = create(VOL1, "text");
    Path record = recordOf(volume);
    String whole = Files.readString(record);
    Files.writeString(record, "{half");
    fake().options().put("trash.keep", "1s");

    harness.reopen();
    trash().tidy();

    List<String> problems = new ArrayList<>();
    assertThat(trash().list((name, problem) -> problems.add(name + ": " + problem))).isEmpty();
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0)).startsWith("vol1~").contains(record.toString());
    assertThat(harness.driver().info().get("TrashProblem")).contains(record.toString());
    assertThatThrownBy(() -> trash().destroy(volume.uuid())).isInstanceOf(NotFoundException.class);
    assertThat(fake().machine().storage.thins).hasSize(1);
    assertThat(volumes()).isEmpty();
    // Mended, it can be restored.
    fake().options().put("trash.keep", "7d");
    Files.writeString(record, whole);
    harness.reopen();
    trash().restore(volume.uuid(), VOL2);
    assertThat(harness.read(VOL2)).isEqualTo("text");
  }

  @Test
  void open_cutOffWhileDestroying_goesOn() throws IOException {
    Path record = recordOf(create(VOL1, "text"));
    replace(record, "\\{\\s*\"Name\"", "{\"State\":\"deleting\",\"Name\"");

    harness.reopen();

    assertThat(trashed()).isEmpty();
    assertThat(record).doesNotExist();
    assertThat(fake().machine().storage.thins).isEmpty();
  }

  @Test
  void destroy_thinDeviceOfALiveVolume_isRefused() throws IOException {
    Volume live = create(VOL1, "live");
    Volume kept = create(VOL2, "kept");
    Path record = recordOf(kept);
    replace(record, "(\"DevID\" *: *)\\d+", "$1" + live.details().get("DevID"));

    assertThatThrownBy(() -> trash().destroy(kept.uuid()))
        .hasMessageContaining("not destroyed")
        .hasMessageContaining("volume 'vol1'");
    assertThat(harness.read(VOL1)).isEqualTo("live");
  }

  @Test
  void info_trash_isCounted() throws IOException {
    recordOf(create(VOL1, "text"));

    assertThat(harness.driver().info())
        .containsEntry("TrashKeep", "7d")
        .containsEntry("TrashVolumes", "1")
        .containsEntry("TrashUsed", "0")
        .doesNotContainKey("TrashProblem");
  }
}
