package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.convoy.core.Backup;
import io.convoy.core.BackupCare.GarbageReport;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupName;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupUrl;
import io.convoy.core.BlockTarget;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.core.RubyDate;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.Environment;
import io.convoy.core.testing.OldConvoy;
import io.convoy.core.testing.TreeCompare;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses a destination that Convoy v0.5.2 wrote. */
final class OldBackupsTest {
  private static final int BLOCK_VOLUME_BYTES = 64 * 1024 * 1024;
  private static final String FIRST = "backup-4bb662c412ac4612";
  private static final String SECOND = "backup-a47d5cddf2124e5a";

  @TempDir private Path temp;
  private Path old;
  private BackupDestination destination;
  private ObjectStoreBackups backups;
  private ObjectStore store;

  @BeforeEach
  void layOut() throws IOException, InterruptedException {
    old = temp.resolve("old");
    OldConvoy.extractTo(old);
    destination = BackupDestination.parse("vfs://" + old.resolve("objectstore"));
    ProcessCommandRunner commands = new ProcessCommandRunner();
    backups =
        (ObjectStoreBackups)
            new ObjectStoreBackupsFactory().open("host1", commands, BackupOptions.DEFAULT);
    store = new DirectoryObjectStore(old.resolve("objectstore"), commands);
  }

  private BackupUrl url(String volume, String backup) {
    return BackupUrl.of(destination, new BackupName(backup), volume);
  }

  private List<Backup> list() throws IOException {
    List<String> problems = new ArrayList<>();
    List<Backup> listed =
        backups.list(destination, Optional.empty(), (key, problem) -> problems.add(problem));
    assertThat(problems).isEmpty();
    return listed;
  }

  /** Returns a backup as v0.5.2 showed it. */
  private Map<String, String> shown(Backup backup) {
    Map<String, String> shown = new TreeMap<>();
    shown.put("BackupName", backup.url().backupName().orElseThrow().value());
    shown.put("BackupURL", backup.url().toString().replace(old.toString(), "/run/w"));
    shown.put("CreatedTime", RubyDate.format(backup.createdTime()));
    shown.put("DriverName", backup.driver());
    shown.put("SnapshotCreatedAt", RubyDate.format(backup.snapshotCreatedTime()));
    shown.put("SnapshotName", backup.snapshotName().value());
    shown.put("VolumeCreatedAt", RubyDate.format(backup.volumeCreatedTime()));
    shown.put("VolumeName", backup.volumeName().value());
    shown.put("VolumeSize", Long.toString(backup.volumeSizeBytes()));
    return shown;
  }

  private JsonNode printed(String file) throws IOException {
    return new JsonMapper().readTree(Files.readAllBytes(old.resolve(file)));
  }

  private static Map<String, String> fields(JsonNode object) {
    Map<String, String> fields = new TreeMap<>();
    object.properties().forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
    return fields;
  }

  @Test
  void list_showsWhatV052Showed() throws IOException {
    Map<String, Map<String, String>> expected = new TreeMap<>();
    printed("backup-list.json")
        .properties()
        .forEach(entry -> expected.put(entry.getKey(), fields(entry.getValue())));

    Map<String, Map<String, String>> actual =
        list().stream().map(this::shown).collect(Collectors.toMap(b -> b.get("BackupURL"), b -> b));

    assertThat(actual).isEqualTo(expected).hasSize(4);
  }

  @Test
  void inspect_showsWhatV052Showed() throws IOException {
    assertThat(shown(backups.inspect(url("blockvol", SECOND))))
        .isEqualTo(fields(printed("backup-inspect.json")));
  }

  @Test
  void restore_trees_areWhatWasBackedUp() throws IOException {
    Environment.requireRoot();
    for (String volume : List.of("filevol", "a1")) {
      Backup backup =
          list().stream()
              .filter(b -> b.volumeName().value().equals(volume))
              .findAny()
              .orElseThrow();
      Path target = Files.createDirectory(temp.resolve(volume));

      backups.restore(backup.url(), new FileTreeTarget(target), Progress.NONE);

      assertThat(differencesButTheRoot(old.resolve("vfs").resolve(volume), target)).isEmpty();
      assertThat(backups.verify(backup.url(), Progress.NONE)).isEmpty();
    }
  }

  /** The time of the directory itself is that of its being laid out here. */
  private static List<String> differencesButTheRoot(Path expected, Path actual) throws IOException {
    return TreeCompare.differences(expected, actual).stream()
        .filter(line -> !line.startsWith("b'':"))
        .toList();
  }

  private static final class Image implements BlockTarget {
    final byte[] bytes;
    boolean flushed;

    Image(int sizeBytes) {
      bytes = new byte[sizeBytes];
    }

    @Override
    public long sizeBytes() {
      return bytes.length;
    }

    @Override
    public void write(long offsetBytes, ByteBuffer data) {
      data.get(bytes, Math.toIntExact(offsetBytes), data.remaining());
      flushed = false;
    }

    @Override
    public void flush() {
      flushed = true;
    }

    String sha512() throws NoSuchAlgorithmException {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
    }
  }

  private void assertRestores(String backup, String recorded) throws Exception {
    Image image = new Image(BLOCK_VOLUME_BYTES);
    backups.restore(url("blockvol", backup), image, Progress.NONE);
    assertThat(image.sha512()).isEqualTo(Files.readString(old.resolve(recorded)).split(" ", 2)[0]);
    assertThat(image.flushed).isTrue();
    assertThat(backups.verify(url("blockvol", backup), Progress.NONE)).isEmpty();
  }

  @Test
  void restore_devices_areWhatWasBackedUp() throws Exception {
    assertRestores(FIRST, "blockvol-1.sha512");
    assertRestores(SECOND, "blockvol-2.sha512");
  }

  @Test
  void restore_targetOfTheWrongKindOrTooSmall_isRefused() {
    assertThatThrownBy(
            () -> backups.restore(url("blockvol", FIRST), new FileTreeTarget(temp), Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("block device");
    assertThatThrownBy(
            () ->
                backups.restore(
                    url("blockvol", FIRST), new Image(BLOCK_VOLUME_BYTES / 2), Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(BLOCK_VOLUME_BYTES));
  }

  private Set<String> blocks() throws IOException {
    try (Stream<Path> files = Files.walk(old.resolve("objectstore"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".blk"))
          .map(name -> name.substring(0, 64))
          .collect(Collectors.toSet());
    }
  }

  private Set<String> blocksOf(String backup) throws IOException {
    Set<String> names = new HashSet<>();
    BackupLayout layout = new BackupLayout("blockvol");
    byte[] header = store.get(layout.header(new BackupName(backup)), 1_000_000).orElseThrow();
    new JsonMapper()
        .readTree(header)
        .path("Blocks")
        .forEach(block -> names.add(block.path("BlockChecksum").asText()));
    return names;
  }

  @Test
  void delete_first_leavesExactlyTheBlocksOfTheSecond() throws Exception {
    Set<String> needed = blocksOf(SECOND);

    backups.delete(url("blockvol", FIRST));

    assertThat(blocks()).isEqualTo(needed);
    assertRestores(SECOND, "blockvol-2.sha512");
    assertThat(list()).hasSize(3);
    assertThatThrownBy(() -> backups.inspect(url("blockvol", FIRST)))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void delete_second_leavesExactlyTheBlocksOfTheFirst() throws Exception {
    Set<String> needed = blocksOf(FIRST);

    backups.delete(url("blockvol", SECOND));

    assertThat(blocks()).isEqualTo(needed);
    assertRestores(FIRST, "blockvol-1.sha512");
  }

  @Test
  void delete_tree_takesItsFileAndNothingElse() throws Exception {
    Backup backup =
        list().stream().filter(b -> b.volumeName().value().equals("a1")).findAny().orElseThrow();
    backups.delete(backup.url());

    assertThat(list()).hasSize(3);
    assertThat(BackupConsistency.broken(store)).isEmpty();
    assertThat(BackupConsistency.leftovers(store)).isEmpty();
  }

  @Test
  void collectGarbage_whatV052Wrote_isAllNeeded() throws Exception {
    assertThat(backups.collectGarbage(destination, false, Progress.NONE))
        .isEqualTo(new GarbageReport(0, 0, List.of()));
    assertThat(BackupConsistency.broken(store)).isEmpty();
    assertThat(BackupConsistency.leftovers(store)).isEmpty();
  }
}
