package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupName;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupUrl;
import io.convoy.core.FileBlockContent;
import io.convoy.core.FileBlockTarget;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.Progress;
import io.convoy.core.RubyDate;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.Environment;
import io.convoy.core.testing.OldConvoy;
import io.convoy.core.testing.TreeCompare;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Restores what Convoy v0.5.2 backed up, backs it up again in v0.5.2's format, and compares all
 * that was written with what v0.5.2 wrote.
 */
final class OldFormatBackupTest {
  private static final long VOLUME_BYTES = 64 * 1024 * 1024;
  private static final List<String> BACKUPS =
      List.of("backup-4bb662c412ac4612", "backup-a47d5cddf2124e5a");
  private static final BackupLayout BLOCKVOL = new BackupLayout("blockvol");
  private static final BackupOptions OLD =
      new BackupOptions(Optional.of("v0.5.2"), Optional.empty());
  private static final String ZEROS =
      BlockNaming.SHA_512_64.name(ByteBuffer.allocate(BackupHeader.OLD_BLOCK_BYTES));
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir private Path temp;
  private Path old;
  private Path ours;

  @BeforeEach
  void layOut() throws IOException, InterruptedException {
    old = temp.resolve("old");
    OldConvoy.extractTo(old);
    ours = Files.createDirectory(temp.resolve("ours"));
  }

  private static BackupDestination destination(Path directory) {
    return BackupDestination.parse("vfs://" + directory);
  }

  private ObjectStoreBackups backups(Clock clock) {
    ProcessCommandRunner commands = new ProcessCommandRunner();
    return new ObjectStoreBackups(
        new DirectoryStores(commands),
        commands,
        BackupOptions.DEFAULT,
        StoreLock.Timing.DEFAULT,
        "host1",
        clock);
  }

  private Path restore(Path store, String backup) throws IOException {
    Path image = temp.resolve(backup + ".img");
    try (FileBlockTarget target = FileBlockTarget.create(image, VOLUME_BYTES, true)) {
      backups(Clock.systemUTC())
          .restore(
              BackupUrl.of(destination(store), new BackupName(backup), "blockvol"),
              target,
              Progress.NONE);
      target.publish();
    }
    return image;
  }

  private static String sha512(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-512"));
      digest.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] read(Path store, ObjectKey key) throws IOException {
    return Files.readAllBytes(store.resolve(key.value()));
  }

  private BackupRequest request(JsonNode volume, JsonNode backup, BackupOptions options) {
    VolumeName name = new VolumeName(volume.path("Name").asText());
    return new BackupRequest(
        new BackupName(backup.path("Name").asText()),
        new Volume(
            name,
            UUID.randomUUID(),
            RubyDate.parse(volume.path("CreatedTime").asText()),
            volume.path("Size").asLong() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(VOLUME_BYTES),
            Map.of(),
            List.of()),
        volume.path("Driver").asText(),
        new Snapshot(
            new SnapshotName(backup.path("SnapshotName").asText()),
            UUID.randomUUID(),
            name,
            RubyDate.parse(backup.path("SnapshotCreatedAt").asText()),
            OptionalLong.empty(),
            Map.of()),
        destination(ours),
        options);
  }

  private void backUp(Path image, BackupOptions options, String backup) throws IOException {
    Path store = old.resolve("objectstore");
    JsonNode volume = MAPPER.readTree(read(store, BLOCKVOL.volumeConfig()));
    JsonNode header = MAPPER.readTree(read(store, BLOCKVOL.header(new BackupName(backup))));
    Clock then = Clock.fixed(RubyDate.parse(header.path("CreatedTime").asText()), ZoneOffset.UTC);
    try (FileBlockContent content =
        FileBlockContent.open(image, Optional.empty(), Optional.empty())) {
      backups(then).create(request(volume, header, options), content, Progress.NONE);
    }
  }

  @Test
  void create_inTheFormatOfV052_writesWhatV052Wrote() throws IOException {
    Path store = old.resolve("objectstore");
    for (int i = 0; i < BACKUPS.size(); i++) {
      Path image = restore(store, BACKUPS.get(i));
      String recorded = Files.readString(old.resolve("blockvol-%s.sha512".formatted(i + 1)));
      assertThat(recorded).startsWith(sha512(image));
      backUp(image, OLD, BACKUPS.get(i));
    }

    // Byte for byte: fields, their order, their values, every block's offset and name. Only the
    // blocks of zeros are left out; they restore as what is not listed does.
    assertThat(read(ours, BLOCKVOL.volumeConfig())).isEqualTo(read(store, BLOCKVOL.volumeConfig()));
    for (String backup : BACKUPS) {
      ObjectKey header = BLOCKVOL.header(new BackupName(backup));
      assertThat(new String(read(ours, header), UTF_8))
          .isEqualTo(
              new String(read(store, header), UTF_8)
                  .replaceAll(",\\{\"Offset\":\\d+,\"BlockChecksum\":\"" + ZEROS + "\"}", ""));
    }
    Map<String, String> expected = blocks(store);
    assertThat(expected.values().remove(ZEROS)).isTrue();
    assertThat(blocks(ours)).isEqualTo(expected);
    assertThat(fieldNames(read(ours, BLOCKVOL.volumeConfig())))
        .containsExactly("Name", "Driver", "Size", "CreatedTime", "LastBackupName");
    for (String backup : BACKUPS) {
      Path image = temp.resolve(backup + ".img");
      String before = sha512(image);
      assertThat(sha512(restore(ours, backup))).isEqualTo(before);
    }
  }

  /** v0.5.2 reads its volume's last backup before it makes the next. */
  @Test
  void delete_inTheFormatOfV052_leavesWhatV052Expects() throws IOException {
    for (String backup : BACKUPS) {
      backUp(restore(old.resolve("objectstore"), backup), OLD, backup);
    }
    ObjectNode config = Json.parse(BLOCKVOL.volumeConfig(), read(ours, BLOCKVOL.volumeConfig()));
    assertThat(config.path("LastBackupName").asText()).isEqualTo(BACKUPS.get(1));

    for (String backup : List.of(BACKUPS.get(1), BACKUPS.get(0))) {
      backups(Clock.systemUTC())
          .delete(BackupUrl.of(destination(ours), new BackupName(backup), "blockvol"));

      config.put("LastBackupName", "");
      assertThat(new String(read(ours, BLOCKVOL.volumeConfig()), UTF_8))
          .isEqualTo(new String(Json.bytes(config), UTF_8));
    }
    assertThat(blocks(ours)).isEmpty();
    // A volume that was made anew may use the name.
    BackupRequest again =
        request(
            config.put("CreatedTime", "Tue Nov 24 22:49:04 +0000 2026"),
            header(BACKUPS.get(0)),
            OLD);
    try (FileBlockContent content =
        FileBlockContent.open(
            temp.resolve(BACKUPS.get(0) + ".img"), Optional.empty(), Optional.empty())) {
      backups(Clock.systemUTC()).create(again, content, Progress.NONE);
    }
    assertThat(fieldNames(read(ours, BLOCKVOL.volumeConfig()))).hasSize(5);
    assertThat(new String(read(ours, BLOCKVOL.volumeConfig()), UTF_8)).contains("Tue Nov 24");
  }

  private JsonNode header(String backup) throws IOException {
    return MAPPER.readTree(
        read(old.resolve("objectstore"), BLOCKVOL.header(new BackupName(backup))));
  }

  @Test
  void create_treeInTheFormatOfV052_writesWhatV052Wrote() throws Exception {
    Environment.requireRoot();
    Path store = old.resolve("objectstore");
    BackupLayout layout = new BackupLayout("filevol");
    BackupName name = new BackupName("backup-b415b13a4502404d");
    Path tree = Files.createDirectory(temp.resolve("tree"));
    BackupUrl from = BackupUrl.of(destination(store), name, "filevol");
    backups(Clock.systemUTC()).restore(from, new FileTreeTarget(tree), Progress.NONE);
    JsonNode header = MAPPER.readTree(read(store, layout.header(name)));
    Clock then = Clock.fixed(RubyDate.parse(header.path("CreatedTime").asText()), ZoneOffset.UTC);

    backups(then)
        .create(
            request(MAPPER.readTree(read(store, layout.volumeConfig())), header, OLD),
            Trees.content(tree),
            Progress.NONE);

    assertThat(new String(read(ours, layout.header(name)), UTF_8))
        .isEqualTo(new String(read(store, layout.header(name)), UTF_8));
    assertThat(new String(read(ours, layout.volumeConfig()), UTF_8))
        .isEqualTo(new String(read(store, layout.volumeConfig()), UTF_8));
    // As v0.5.2 lays it out,
    Path laidOut = Files.createDirectory(temp.resolve("laidOut"));
    ProcessCommandRunner commands = new ProcessCommandRunner();
    commands.run(
        List.of(
            "tar",
            "-xzf",
            ours.resolve(layout.singleFile(name).value()).toString(),
            "-C",
            laidOut.toString()),
        Duration.ofMinutes(1));
    // and as this does.
    Path restored = Files.createDirectory(temp.resolve("restored"));
    BackupUrl url = BackupUrl.of(destination(ours), name, "filevol");
    assertThat(backups(then).verify(url, Progress.NONE)).isEmpty();
    backups(then).restore(url, new FileTreeTarget(restored), Progress.NONE);
    assertThat(TreeCompare.differences(tree, laidOut)).isEmpty();
    assertThat(TreeCompare.differences(tree, restored)).isEmpty();

    backups(then).delete(url);
    assertThat(ours.resolve(layout.singleFile(name).value())).doesNotExist();
  }

  private static List<String> fieldNames(byte[] json) throws IOException {
    List<String> names = new ArrayList<>();
    MAPPER.readTree(json).fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Returns the content of all blocks by path, in the way that v0.5.2 decodes them. */
  private static Map<String, String> blocks(Path store) throws IOException {
    Path blocks = store.resolve(BLOCKVOL.blocksPrefix());
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(blocks)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] stored = Files.readAllBytes(file);
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(stored))) {
          contents.put(
              blocks.relativize(file).toString(),
              BlockNaming.SHA_512_64.name(ByteBuffer.wrap(in.readAllBytes())));
        } catch (IOException e) {
          throw new UncheckedIOException(file + " is no gzip", e);
        }
      }
    }
    return contents;
  }

  @Test
  void create_beyondWhatV052Knows_isRefused() throws IOException {
    Path image = temp.resolve("odd.img");
    Files.write(image, new byte[3 * 1024 * 1024]);

    assertThatThrownBy(() -> backUp(image, OLD, BACKUPS.get(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("whole blocks of 2097152");
  }

  @Test
  void create_nativeVolumeInTheFormatOfV052_isRefusedAndTheReverseKeptApart() throws IOException {
    Path image = restore(old.resolve("objectstore"), BACKUPS.get(0));
    backUp(image, BackupOptions.DEFAULT, BACKUPS.get(0));

    assertThatThrownBy(() -> backUp(image, OLD, BACKUPS.get(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another format");

    ObjectNode config = Json.parse(BLOCKVOL.volumeConfig(), read(ours, BLOCKVOL.volumeConfig()));
    assertThat(config.path("Driver").asText()).isEqualTo("devicemapper+native");
    assertThat(config.path("BlockBytes").asInt()).isEqualTo(2 * 1024 * 1024);
  }
}
