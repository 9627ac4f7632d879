package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.convoy.core.BackupCare;
import io.convoy.core.BackupName;
import io.convoy.core.BackupUrl;
import io.convoy.core.BlockTarget;
import io.convoy.core.CorruptDataException;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.Progress;
import io.convoy.core.RestoreTarget;
import io.convoy.objectstore.testing.InMemoryObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads stores that somebody spoilt on purpose: each answers one line that names the key, in little
 * memory and time, and writes nothing outside of its target.
 */
@Timeout(120)
final class HostileStoreTest {
  private static final BackupLayout VOL1 = new BackupLayout("vol1");
  private static final BackupName B1 = new BackupName("b1");
  private static final ObjectKey HEADER = VOL1.header(B1);
  private static final ObjectKey MAP = VOL1.map(B1);

  @TempDir private Path temp;
  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private String config;
  private String header;
  private List<String> mapLines;

  @BeforeEach
  void makeBackup() throws IOException {
    Trees.create(store, "vol1", "b1", Trees.make(temp.resolve("tree"), 1, 20, 20_000));
    config = text(VOL1.volumeConfig());
    header = text(HEADER);
    byte[] map = store.get(MAP, 100_000).orElseThrow();
    mapLines =
        new String(new ZstdInputStream(new ByteArrayInputStream(map)).readAllBytes(), US_ASCII)
            .lines()
            .toList();
  }

  private String text(ObjectKey key) throws IOException {
    return new String(store.get(key, 100_000).orElseThrow(), UTF_8);
  }

  private void assertRefused(String... words) throws IOException {
    assertRefused(new FileTreeTarget(Files.createTempDirectory(temp, "target")), words);
  }

  /** Restoring and verifying both say so, in one line. */
  private void assertRefused(RestoreTarget target, String... words) throws IOException {
    BackupUrl url = Trees.url("vol1", "b1");
    Throwable restoring =
        catchThrowable(() -> Trees.backups(store).restore(url, target, Progress.NONE));
    assertThat(restoring).isInstanceOf(CorruptDataException.class);
    assertThat(restoring.getMessage()).contains(words).doesNotContain("\n").hasSizeLessThan(600);
    List<String> findings;
    try {
      findings = Trees.backups(store).verify(url, Progress.NONE);
    } catch (CorruptDataException e) {
      findings = List.of(e.getMessage());
    }
    assertThat(findings).isNotEmpty();
    assertThat(findings.get(0)).contains(words).doesNotContain("\n").hasSizeLessThan(600);
    try (Stream<Path> outside = Files.list(temp)) {
      assertThat(outside.map(path -> path.getFileName().toString()))
          .allMatch(name -> name.equals("tree") || name.startsWith("target"));
    }
  }

  private void putText(ObjectKey key, String text) {
    store.put(key, text.getBytes(UTF_8));
  }

  @Test
  void restore_configOrHeaderThatIsNoJson_namesTheKey() throws IOException {
    for (ObjectKey key : List.of(VOL1.volumeConfig(), HEADER)) {
      String whole = text(key);
      for (String bad :
          List.of(
              "",
              "{",
              whole.substring(0, whole.length() / 2),
              whole.substring(0, whole.length() - 1),
              whole + "}",
              whole + whole,
              "[]",
              "null",
              "5",
              "\"text\"",
              "\0\0\0",
              "[".repeat(100_000),
              "{\"a\":".repeat(100_000),
              "{\"Name\": \"" + "x".repeat(900_000) + "\"}",
              "{\"Size\": " + "9".repeat(100_000) + "}")) {
        putText(key, bad);
        assertRefused(key.value());
      }
      putText(key, whole);
    }
  }

  @Test
  void restore_configOrHeaderThatIsHuge_isNotEvenRead() throws IOException {
    for (ObjectKey key : List.of(VOL1.volumeConfig())) {
      byte[] whole = store.get(key, 100_000).orElseThrow();
      store.put(key, new byte[2 * 1024 * 1024]);
      assertRefused(key.value(), "2097152");
      store.put(key, whole);
    }
  }

  private void assertFieldRefused(ObjectKey key, String whole, String field, String... values)
      throws IOException {
    for (String value : values) {
      String bad =
          value.isEmpty()
              ? whole.replaceFirst("\"" + field + "\":[^,}]*,?", "")
              : whole.replaceFirst(
                  "\"" + field + "\":(\"[^\"]*\"|[^,}]*)", "\"" + field + "\":" + value);
      assertThat(bad).isNotEqualTo(whole);
      putText(key, bad);
      assertRefused(key.value(), field);
      putText(key, whole);
    }
  }

  @Test
  void restore_fieldsOfTheWrongType_areNamed() throws IOException {
    ObjectKey key = VOL1.volumeConfig();
    assertFieldRefused(key, config, "Name", "5", "null", "\"\"", "\"../x\"", "\"a/b\"", "{}", "[]");
    assertFieldRefused(key, config, "Driver", "5", "null", "[]");
    assertFieldRefused(
        key, config, "Size", "-1", "\"x\"", "1.5", "1e300", "null", "99999999999999999999");
    assertFieldRefused(key, config, "CreatedTime", "\"yesterday\"", "5", "null");
    assertFieldRefused(key, config, "UUID", "5", "\"x\"", "null");
    assertFieldRefused(key, config, "Format", "\"1\"", "-1", "null", "{}");
    assertFieldRefused(
        key, config, "AverageChunkBytes", "-1", "99999999", "4611686018427387904", "\"x\"");

    assertFieldRefused(HEADER, header, "Name", "\"b2\"", "\"../b1\"", "5", "null");
    assertFieldRefused(HEADER, header, "SnapshotName", "\"a/b\"", "5", "\"\"");
    assertFieldRefused(HEADER, header, "CreatedTime", "\"x\"", "7");
    assertFieldRefused(HEADER, header, "Kind", "\"new\"", "5", "");
    assertFieldRefused(HEADER, header, "ContentBytes", "-1", "\"x\"", "");
    assertFieldRefused(HEADER, header, "VolumeSize", "-1", "{}");
    assertFieldRefused(HEADER, header, "StoredBytes", "-1", "1.5");
    assertFieldRefused(HEADER, header, "SnapshotUUID", "\"x\"", "1");
  }

  private void putMap(List<String> lines) throws IOException {
    putMap(String.join("\n", lines) + "\n");
  }

  private void putMap(String text) throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdOutputStream(stored)) {
      out.write(text.getBytes(US_ASCII));
    }
    store.put(MAP, stored.toByteArray());
  }

  /** Puts a map whose last line is right for what comes before it. */
  private void putSealedMap(List<String> blocks) throws IOException {
    String body = "convoy-map 1\n" + String.join("", blocks.stream().map(b -> b + "\n").toList());
    String hash = BlockNaming.SHA_256.name(ByteBuffer.wrap(body.getBytes(US_ASCII)));
    putMap(body + "end " + blocks.size() + " " + hash + "\n");
    ObjectNode sealed = Json.parse(HEADER, header.getBytes(UTF_8));
    sealed.put("MapBlocks", blocks.size());
    sealed.put("MapSHA256", hash);
    store.put(HEADER, Json.bytes(sealed));
  }

  private List<String> blocks() {
    return new ArrayList<>(mapLines.subList(1, mapLines.size() - 1));
  }

  @Test
  void restore_mapThatIsCutOrChanged_isRefused() throws IOException {
    byte[] whole = store.get(MAP, 100_000).orElseThrow();
    for (int length : List.of(0, 1, 4, 10, whole.length / 2, whole.length - 4, whole.length - 1)) {
      store.put(MAP, Arrays.copyOf(whole, length));
      assertRefused(MAP.value());
    }
    store.put(MAP, Arrays.copyOf(whole, whole.length + 10));
    assertRefused(MAP.value());

    for (UnaryOperator<List<String>> change :
        List.<UnaryOperator<List<String>>>of(
            lines -> lines.subList(0, lines.size() - 1),
            lines -> lines.subList(1, lines.size()),
            lines -> with(lines, 0, "convoy-map 2"),
            lines -> with(lines, 0, "convoy-map 1 "),
            lines -> without(lines, 1),
            lines -> without(lines, lines.size() - 2),
            lines -> with(lines, 1, lines.get(1).replaceFirst(".$", "x")),
            lines -> with(lines, 1, lines.get(1).replaceFirst("^0", "-1")),
            lines -> with(lines, 1, "x"),
            lines -> with(lines, 1, "9".repeat(100) + " 1"),
            lines -> with(lines, 1, "x".repeat(10_000)),
            lines -> with(lines, 1, "0 99999999999 " + "ab".repeat(32)),
            lines -> with(lines, 1, "0 0 " + "ab".repeat(32)),
            lines -> with(lines, 1, "0 10 " + "AB".repeat(32)),
            lines -> with(lines, 1, "0 10 " + "../" + "ab".repeat(30) + "x"),
            lines -> swapped(lines),
            lines -> with(lines, lines.size() - 1, "end 5 " + "ab".repeat(32)),
            lines -> with(lines, lines.size() - 1, "end"),
            lines -> appended(lines, "more"))) {
      putMap(change.apply(mapLines));
      assertRefused(MAP.value());
    }
  }

  private static List<String> with(List<String> lines, int index, String line) {
    List<String> changed = new ArrayList<>(lines);
    changed.set(index, line);
    return changed;
  }

  private static List<String> without(List<String> lines, int index) {
    List<String> changed = new ArrayList<>(lines);
    changed.remove(index);
    return changed;
  }

  private static List<String> appended(List<String> lines, String line) {
    List<String> changed = new ArrayList<>(lines);
    changed.add(line);
    return changed;
  }

  private static List<String> swapped(List<String> lines) {
    List<String> changed = new ArrayList<>(lines);
    changed.set(1, lines.get(2));
    changed.set(2, lines.get(1));
    return changed;
  }

  @Test
  void read_mapOfAnotherBackup_isRefusedNamingBoth() throws IOException {
    Path tree = temp.resolve("tree");
    Trees.change(tree.resolve("dir1/file1"), 5);
    Trees.create(store, "vol1", "b2", tree);
    byte[] others = store.get(VOL1.map(new BackupName("b2")), 100_000).orElseThrow();
    store.put(MAP, others);

    assertRefused(MAP.value(), HEADER.value(), "another backup's");
    List<ObjectKey> before = store.keys();
    BackupCare.GarbageReport report =
        Trees.backups(store).collectGarbage(Trees.DESTINATION, false, Progress.NONE);
    assertThat(report.skippedVolumes()).hasSize(1);
    assertThat(report.skippedVolumes().get(0)).contains(MAP.value(), HEADER.value());
    assertThat(store.keys())
        .containsAll(before.stream().filter(k -> !k.value().contains("/locks/")).toList());
    // The base of the next one, of which nothing is trusted then.
    Trees.backups(store).delete(Trees.url("vol1", "b2"));
    Trees.change(tree.resolve("dir1/file1"), 6);
    Trees.create(store, "vol1", "b3", tree);
    assertThat(Trees.backups(store).verify(Trees.url("vol1", "b3"), Progress.NONE)).isEmpty();
  }

  /** A frame that asks its reader for a window of 128 MiB. */
  @Test
  void restore_mapOfALargeWindow_isRefused() throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (ZstdOutputStream out = new ZstdOutputStream(stored).setLong(27)) {
      out.write(String.join("\n", mapLines).concat("\n").getBytes(US_ASCII));
    }
    store.put(MAP, stored.toByteArray());

    assertRefused(MAP.value());
  }

  /** Blocks are read one by one, whatever there are of them; all else is bounded. */
  @Test
  void read_oldHeaderThatIsEndless_isRefusedInLittleMemory() throws IOException {
    String start = "{\"Name\":\"b1\",\"SnapshotName\":\"s1\",";
    for (String part : List.of("\"Blocks\":[{\"Offset\":0,\"Other\":[", "\"Other\":[", "")) {
      InputStream endless =
          new SequenceInputStream(
              new ByteArrayInputStream((start + part).getBytes(UTF_8)), new Repeated("1,"));
      assertThatThrownBy(() -> BackupHeader.parse(HEADER, VOL1, B1, endless))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining(HEADER.value());
    }
  }

  private static final class Repeated extends InputStream {
    private final byte[] text;
    private long at;

    Repeated(String text) {
      this.text = text.getBytes(US_ASCII);
    }

    @Override
    public int read() {
      return text[(int) (at++ % text.length)];
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      for (int i = 0; i < length; i++) {
        bytes[offset + i] = (byte) read();
      }
      return length;
    }
  }

  /** These prove whole, and yet are not what the header says. */
  @Test
  void restore_sealedMapThatMakesNoSense_isRefused() throws IOException {
    List<String> whole = blocks();
    putSealedMap(whole.subList(0, whole.size() - 1));
    assertRefused("expected");
    putSealedMap(List.of());
    assertRefused("expected");
    putSealedMap(whole.subList(1, whole.size()));
    assertRefused("expected");
    String last = whole.get(whole.size() - 1);
    String[] words = last.split(" ", -1);
    long end = Long.parseLong(words[0]) + Long.parseLong(words[1]);
    putSealedMap(appended(whole, end + " " + words[1] + " " + words[2]));
    assertRefused("expected");
    putSealedMap(List.of("0 2000000000 " + "ab".repeat(32)));
    assertRefused("2000000000");
    putSealedMap(with(whole, 0, whole.get(0).replaceFirst("[0-9a-f]{64}", "ab".repeat(32))));
    assertRefused("ab".repeat(32), "is missing");
  }

  /** Many lines from few bytes: read as a stream, and left at the first that can't be. */
  @Test
  void restore_mapThatInflatesWithoutEnd_isRefusedInLittleMemory() throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdOutputStream(stored)) {
      out.write("convoy-map 1\n".getBytes(US_ASCII));
      byte[] zeros = new byte[1024 * 1024];
      for (int i = 0; i < 512; i++) {
        out.write(zeros);
      }
    }
    assertThat(stored.size()).isLessThan(1024 * 1024);
    store.put(MAP, stored.toByteArray());
    assertRefused(MAP.value(), "longer than");
  }

  private ObjectKey firstBlock() {
    return VOL1.block(blocks().get(0).split(" ", -1)[2]);
  }

  @Test
  void restore_blockThatIsSpoilt_namesItTheKeyAndTheBytes() throws IOException {
    ObjectKey key = firstBlock();
    String name = blocks().get(0).split(" ", -1)[2];
    int length = Integer.parseInt(blocks().get(0).split(" ", -1)[1]);
    byte[] whole = store.get(key, 1_000_000).orElseThrow();
    byte[] otherContent = new byte[length];
    byte[] flipped = whole.clone();
    flipped[flipped.length / 2] ^= 1;
    for (byte[] bad :
        List.of(
            new byte[0],
            new byte[] {1},
            Arrays.copyOf(whole, whole.length - 1),
            Arrays.copyOf(whole, whole.length + 1),
            flipped,
            otherContent,
            Zstd.compress(otherContent),
            Zstd.compress(new byte[100 * 1024 * 1024]),
            new byte[50 * 1024 * 1024],
            Arrays.copyOf(Zstd.compress(otherContent), 12))) {
      store.put(key, bad);
      assertRefused(key.value(), name, "bytes 0 to " + (length - 1));
    }
    store.delete(List.of(key));
    assertRefused(key.value(), name, "is missing");
  }

  private void putOldHeader(String rest) {
    putText(
        VOL1.volumeConfig(),
        "{\"Name\":\"vol1\",\"Driver\":\"vfs\",\"Size\":4194304,\"CreatedTime\":\"Mon Nov 23"
            + " 22:49:12 +0000 2026\",\"LastBackupName\":\"\"}");
    putText(
        HEADER,
        "{\"Name\":\"b1\",\"Driver\":\"\",\"VolumeName\":\"vol1\",\"SnapshotName\":\"snap\",\"SnapshotCreatedAt\":\"\",\"CreatedTime\":\"\","
            + rest
            + "}");
  }

  @Test
  void restore_singleFileElsewhere_isNotFollowed() throws IOException {
    Path secret = Files.writeString(temp.resolve("tree/secret"), "secret");
    for (String path :
        List.of(
            "/etc/passwd",
            "../../../../etc/passwd",
            secret.toString(),
            "convoy-objectstore/volumes/vo/l1/vol1/BackupFiles/../BackupFiles/b1.bak",
            "convoy-objectstore/volumes/vo/l2/vol2/BackupFiles/b1.bak",
            "convoy-objectstore/volumes/vo/l1/vol1/BackupFiles/b2.bak")) {
      putOldHeader("\"SingleFile\":{\"FilePath\":\"" + path + "\"}");
      assertRefused(HEADER.value(), "SingleFile.FilePath", path);
    }
    for (String value : List.of("\"x\"", "5", "[]", "{\"FilePath\":5}", "{\"FilePath\":[]}")) {
      putOldHeader("\"SingleFile\":" + value);
      assertRefused(HEADER.value(), "SingleFile");
    }
  }

  @Test
  void restore_singleFileThatIsMissingOrNoArchive_namesIt() throws IOException {
    putOldHeader("\"SingleFile\":{\"FilePath\":\"" + VOL1.singleFile(B1) + "\"}");
    assertRefused("missing");
    store.put(VOL1.singleFile(B1), new byte[100]);
    assertRefused("gzip");
  }

  private static final class Sized implements BlockTarget {
    @Override
    public long sizeBytes() {
      return 4 * 1024 * 1024;
    }

    @Override
    public void write(long offsetBytes, ByteBuffer data) {
      throw new AssertionError("written at " + offsetBytes);
    }

    @Override
    public void flush() {}
  }

  @Test
  void restore_oldBlocksThatMakeNoSense_areRefused() throws IOException {
    String name = "\"BlockChecksum\":\"" + "ab".repeat(32) + "\"";
    for (String blocks :
        List.of(
            "\"x\"",
            "{}",
            "5",
            "[5]",
            "[{}]",
            "[{\"Offset\":0}]",
            "[{\"Offset\":\"0\"," + name + "}]",
            "[{\"Offset\":-2097152," + name + "}]",
            "[{\"Offset\":1," + name + "}]",
            "[{\"Offset\":1.5," + name + "}]",
            "[{\"Offset\":9223372036854775807," + name + "}]",
            "[{\"Offset\":9223372036852678656," + name + "}]",
            "[{\"Offset\":99999999999999999999," + name + "}]",
            "[{\"Offset\":0," + name + "},{\"Offset\":0," + name + "}]",
            "[{\"Offset\":2097152," + name + "},{\"Offset\":0," + name + "}]",
            "[{\"Offset\":0,\"BlockChecksum\":\"../../../../etc/passwd\"}]",
            "[{\"Offset\":0,\"BlockChecksum\":\"" + "AB".repeat(32) + "\"}]",
            "[{\"Offset\":0,\"BlockChecksum\":5}]")) {
      putOldHeader("\"Blocks\":" + blocks);
      assertRefused(new Sized(), HEADER.value(), "Blocks");
    }
    putOldHeader("\"Blocks\":[{\"Offset\":2097152," + name + "}]");
    assertRefused(new Sized(), "ab".repeat(32), "bytes 2097152 to 4194303");
    putOldHeader("\"Blocks\":[{\"Offset\":4194304," + name + "}]");
    assertThatThrownBy(
            () -> Trees.backups(store).restore(Trees.url("vol1", "b1"), new Sized(), Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6291456");
  }

  @Test
  void list_spoiltBackups_areReportedAndTheOthersListed() throws IOException {
    Trees.create(store, "vol2", "b1", temp.resolve("tree"));
    putText(HEADER, "{");
    Trees.create(store, "vol3", "b1", temp.resolve("tree"));
    store.delete(List.of(new BackupLayout("vol3").volumeConfig()));
    putText(VOL1.header(new BackupName("b9")), "[]");
    store.put(new ObjectKey("convoy-objectstore/volumes/zz/zz/vol9/volume.cfg"), new byte[5]);
    store.put(new ObjectKey("convoy-objectstore/volumes/vo/l1/.hidden/volume.cfg"), new byte[5]);
    List<String> problems = new ArrayList<>();

    assertThat(
            Trees.backups(store)
                .list(Trees.DESTINATION, Optional.empty(), (key, what) -> problems.add(key)))
        .singleElement()
        .satisfies(backup -> assertThat(backup.url()).isEqualTo(Trees.url("vol2", "b1")));

    assertThat(problems)
        .containsExactly(
            HEADER.value(),
            VOL1.header(new BackupName("b9")).value(),
            new BackupLayout("vol3").header(B1).value());
  }

  @Test
  void everything_urlThatEscapes_isRefused() {
    for (String volume :
        List.of(
            "../x",
            "..",
            ".",
            "a/b",
            "/",
            "",
            "vol1/",
            "vol1~",
            "vol1~../../..",
            "vol1~ABCDEF01",
            "vol1!",
            "a b",
            "vol1~abcdef012",
            "~abcdef01",
            "vol1\n",
            "x".repeat(128))) {
      assertThatThrownBy(() -> Trees.backups(store).inspect(Trees.url(volume, "b1")))
          .as(volume)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Trees.backups(store).delete(Trees.url(volume, "b1")))
          .as(volume)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> BackupUrl.parse("vfs:///x?backup=b1&volume=" + volume))
          .as(volume)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String backup : List.of("../x", "..", "a/b", "", "b1\0", "b 1", "x".repeat(128))) {
      assertThatThrownBy(() -> BackupUrl.parse("vfs:///x?backup=" + backup + "&volume=vol1"))
          .as(backup)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
