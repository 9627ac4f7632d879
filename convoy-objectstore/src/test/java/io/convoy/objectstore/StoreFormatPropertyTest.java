package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupName;
import io.convoy.core.CorruptDataException;
import io.convoy.core.VolumeName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Writes and reads back what a store holds, and reads what nobody wrote. */
final class StoreFormatPropertyTest {
  private static final BackupLayout VOL1 = new BackupLayout("vol1");
  private static final ObjectKey MAP = VOL1.map(new BackupName("b1"));
  private static final ObjectKey HEADER = VOL1.header(new BackupName("b1"));

  @Provide
  Arbitrary<List<BlockRef>> maps() {
    Arbitrary<int[]> gapAndLength =
        Combinators.combine(
                Arbitraries.integers().between(0, 1 << 30),
                Arbitraries.integers().between(1, 1 << 24))
            .as((gap, length) -> new int[] {gap, length});
    return gapAndLength
        .list()
        .ofMaxSize(200)
        .map(
            list -> {
              List<BlockRef> blocks = new ArrayList<>();
              long end = 0;
              for (int[] next : list) {
                String name =
                    BlockNaming.SHA_256.name(ByteBuffer.wrap(("" + end + next[0]).getBytes(UTF_8)));
                blocks.add(new BlockRef(end + next[0], next[1], name));
                end += next[0] + next[1];
              }
              return blocks;
            });
  }

  private static byte[] write(List<BlockRef> blocks) throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (BlockMapWriter writer = new BlockMapWriter(stored)) {
      for (BlockRef block : blocks) {
        writer.write(block);
      }
      writer.finish();
    }
    return stored.toByteArray();
  }

  private static List<BlockRef> read(byte[] stored) throws IOException {
    List<BlockRef> blocks = new ArrayList<>();
    try (BlockMapReader reader = BlockMapReader.open(MAP, new ByteArrayInputStream(stored))) {
      for (Optional<BlockRef> block = reader.next(); block.isPresent(); block = reader.next()) {
        blocks.add(block.get());
      }
      assertThat(reader.next()).isEmpty();
    }
    return blocks;
  }

  @Property(tries = 100)
  void map_written_readsBack(@ForAll("maps") List<BlockRef> blocks) throws IOException {
    assertThat(read(write(blocks))).isEqualTo(blocks);
  }

  @Property(tries = 300)
  void map_withAByteChanged_isRefusedOrTheSame(
      @ForAll("maps") List<BlockRef> blocks,
      @ForAll int where,
      @ForAll @IntRange(min = 1, max = 255) int flip)
      throws IOException {
    byte[] stored = write(blocks);
    stored[Math.floorMod(where, stored.length)] ^= (byte) flip;
    try {
      assertThat(read(stored)).isEqualTo(blocks);
    } catch (CorruptDataException e) {
      assertThat(e).hasMessageContaining(MAP.value());
    }
  }

  @Property(tries = 300)
  void map_cutAnywhere_isRefused(@ForAll("maps") List<BlockRef> blocks, @ForAll int where)
      throws IOException {
    byte[] stored = write(blocks);
    byte[] cut = Arrays.copyOf(stored, Math.floorMod(where, stored.length));
    try {
      read(cut);
      throw new AssertionError("a map that was cut to %s bytes was read".formatted(cut.length));
    } catch (CorruptDataException e) {
      assertThat(e).hasMessageContaining(MAP.value());
    }
  }

  @Property(tries = 500)
  void map_ofAnyBytes_isRefused(@ForAll @Size(max = 300) byte[] bytes) throws IOException {
    try {
      read(bytes);
      throw new AssertionError("read");
    } catch (CorruptDataException e) {
      assertThat(e).hasMessageContaining(MAP.value());
    }
  }

  @Property(tries = 500)
  void headerAndConfig_ofAnyBytes_areRefused(@ForAll @Size(max = 300) byte[] bytes)
      throws IOException {
    for (boolean header : new boolean[] {true, false}) {
      ObjectKey key = header ? HEADER : VOL1.volumeConfig();
      try {
        if (header) {
          BackupHeader.parse(key, VOL1, new BackupName("b1"), new ByteArrayInputStream(bytes));
        } else {
          VolumeConfig.parse(key, bytes);
        }
        throw new AssertionError("read");
      } catch (CorruptDataException e) {
        assertThat(e).hasMessageContaining(key.value());
      }
    }
  }

  private static byte[] oldHeader(int blocks) {
    StringBuilder json = new StringBuilder("{\"Name\":\"b1\",\"SnapshotName\":\"s1\",\"Blocks\":[");
    for (int i = 0; i < blocks; i++) {
      json.append(i == 0 ? "" : ",")
          .append("{\"Offset\":%s,\"BlockChecksum\":\"".formatted(i * 3L * 2097152))
          .append(BlockNaming.SHA_256.name(ByteBuffer.wrap(("" + i).getBytes(UTF_8))))
          .append("\"}");
    }
    return json.append("],\"SingleFile\":{\"FilePath\":\"\"}}").toString().getBytes(UTF_8);
  }

  private static BackupHeader nativeHeader(MapSeal seal) throws IOException {
    return parse(
        """
        {"Name":"b1","SnapshotName":"s1","Format":1,"Kind":"tree","ContentBytes":1,\
        "MapBlocks":%s,"MapSHA256":"%s"}\
        """
            .formatted(seal.blocks(), seal.sha256())
            .getBytes(UTF_8));
  }

  private static BackupHeader parse(byte[] header) throws IOException {
    return BackupHeader.parse(HEADER, VOL1, new BackupName("b1"), new ByteArrayInputStream(header));
  }

  @Property(tries = 300)
  void oldHeader_withAByteChanged_isRefusedOrListsBlocksInOrder(
      @ForAll @IntRange(max = 20) int blocks,
      @ForAll int where,
      @ForAll @IntRange(min = 1, max = 255) int flip)
      throws IOException {
    byte[] stored = oldHeader(blocks);
    assertThat(parse(stored).kind()).isEqualTo(BackupHeader.Kind.OLD_BLOCKS);
    stored[Math.floorMod(where, stored.length)] ^= (byte) flip;
    try {
      BackupHeader header = parse(stored);
      long end = 0;
      try (HeaderReader reader = new HeaderReader(HEADER, new ByteArrayInputStream(stored))) {
        for (Optional<BlockRef> block = reader.next(); block.isPresent(); block = reader.next()) {
          assertThat(block.get().offsetBytes()).isGreaterThanOrEqualTo(end);
          end = block.get().endBytes();
        }
      }
      assertThat(header.contentBytes()).isEqualTo(end);
    } catch (CorruptDataException e) {
      assertThat(e).hasMessageContaining(HEADER.value());
    }
  }

  @Property(tries = 500)
  void nativeHeader_withAByteChanged_isRefusedOrStillOfNothingBelowZero(
      @ForAll int where, @ForAll @IntRange(min = 1, max = 255) int flip) throws IOException {
    byte[] stored =
        """
        {"Name":"b1","SnapshotName":"s1","Format":1,"Kind":"blocks","BlockBytes":2097152,\
        "ContentBytes":10485760,"NewBytes":7,"StoredBytes":5,"MapBlocks":3,"MapSHA256":"%s"}\
        """
            .formatted("0123456789abcdef".repeat(4))
            .getBytes(UTF_8);
    assertThat(parse(stored).kind()).isEqualTo(BackupHeader.Kind.BLOCKS);
    stored[Math.floorMod(where, stored.length)] ^= (byte) flip;
    try {
      BackupHeader header = parse(stored);
      assertThat(header.contentBytes()).isNotNegative();
      assertThat(header.name().value()).isEqualTo("b1");
    } catch (CorruptDataException e) {
      assertThat(e).hasMessageContaining(HEADER.value());
    }
  }

  @Property(tries = 100)
  void map_ofAnotherBackup_isRefused(
      @ForAll("maps") List<BlockRef> blocks, @ForAll("maps") List<BlockRef> others)
      throws IOException {
    MapSeal seal;
    try (BlockMapWriter writer = new BlockMapWriter(OutputStream.nullOutputStream())) {
      for (BlockRef block : others) {
        writer.write(block);
      }
      seal = writer.finish();
    }
    List<BlockRef> read = new ArrayList<>();
    try (BlockMapReader reader =
        BlockMapReader.open(MAP, new ByteArrayInputStream(write(blocks)), nativeHeader(seal))) {
      for (Optional<BlockRef> block = reader.next(); block.isPresent(); block = reader.next()) {
        read.add(block.get());
      }
      assertThat(read).isEqualTo(others);
    } catch (CorruptDataException e) {
      assertThat(blocks).isNotEqualTo(others);
      assertThat(e).hasMessageContaining(MAP.value()).hasMessageContaining(HEADER.value());
    }
  }

  @Provide
  Arbitrary<String> volumes() {
    Arbitrary<String> names =
        Combinators.combine(
                Arbitraries.strings().withChars("azAZ09").ofLength(1),
                Arbitraries.strings().withChars("azAZ09_.-").ofMinLength(1).ofMaxLength(126))
            .as((first, rest) -> first + rest);
    Arbitrary<String> strangers =
        names.map(
            name ->
                BackupLayout.strangersDirectory(
                    new VolumeName(name), UUID.nameUUIDFromBytes(name.getBytes(UTF_8))));
    return Arbitraries.oneOf(names, strangers);
  }

  @Property(tries = 300)
  void layout_keysThatItBuilds_itParses(
      @ForAll("volumes") String directory, @ForAll("volumes") String backup) {
    BackupLayout layout = new BackupLayout(directory);
    BackupName name =
        new BackupName(backup.replace('~', '-').substring(0, Math.min(backup.length(), 127)));
    String block = BlockNaming.SHA_256.name(ByteBuffer.wrap(backup.getBytes(UTF_8)));

    assertThat(layout.parseHeader(layout.header(name))).contains(name);
    assertThat(layout.parseBlock(layout.block(block))).contains(block);
    String[] segments = layout.volumeConfig().value().split("/", -1);
    assertThat(segments).hasSize(6);
    assertThat(segments[4]).startsWith(segments[2]);
    assertThat(segments[3]).isIn(segments[4].substring(2, 4), "!!");
    assertThat(BackupLayout.parseDirectory(segments[4])).contains(directory);
    assertThat(BackupLayout.mayHold(directory, new VolumeName(directory.split("~", -1)[0])))
        .isTrue();
    assertThat(layout.singleFile(name).value()).startsWith(layout.singleFilesPrefix());
    assertThat(layout.map(name).value()).startsWith(layout.mapsPrefix());
  }

  @Property(tries = 300)
  void layout_twoVolumes_shareNoKey(
      @ForAll("volumes") String one, @ForAll("volumes") String other) {
    if (!one.equals(other)) {
      String prefix = new BackupLayout(one).headersPrefix().replace("backups/", "");
      assertThat(new BackupLayout(other).volumeConfig().value()).doesNotStartWith(prefix);
    }
  }
}
