package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.CorruptDataException;
import io.convoy.core.TargetFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class BlockCodecTest {
  private static final int BLOCK_BYTES = 2 * 1024 * 1024;
  private static final int SMALL_BYTES = 64 * 1024;

  @Property(tries = 500)
  void decode_whatEncodeMade_isTheContent(
      @ForAll Compression compression, @ForAll("contents") byte[] content) throws IOException {
    byte[] stored = Codec.encode(compression, content);

    assertThat(Codec.decode(stored, content.length)).isEqualTo(content);
  }

  @Property(tries = 500)
  void decode_cutBlock_isRefusedOrRaw(
      @ForAll Compression compression,
      @ForAll("contents") byte[] content,
      @ForAll("fractions") double fraction) {
    byte[] stored = Codec.encode(compression, content);
    byte[] cut = Arrays.copyOf(stored, (int) (stored.length * fraction));

    Optional<byte[]> decoded = decodeIfSound(cut);

    if (cut.length >= 4 && !Arrays.equals(stored, content) && cut.length < stored.length) {
      assertThat(decoded).isEmpty();
    }
  }

  @Property(tries = 1000)
  void decode_flippedBit_isRefusedOrDiffersInTheHash(
      @ForAll Compression compression,
      @ForAll("contents") byte[] content,
      @ForAll("fractions") double fraction,
      @ForAll("bits") int bit) {
    byte[] stored = Codec.encode(compression, content);
    if (stored.length > 0) {
      stored[(int) (stored.length * fraction)] ^= (byte) (1 << bit);
    }

    decodeIfSound(stored).ifPresent(d -> assertThat(d.length).isLessThanOrEqualTo(SMALL_BYTES));
  }

  @Property(tries = 1000)
  void decode_anything_isRefusedOrWithinTheLimit(
      @ForAll("magics") byte[] magic, @ForAll("contents") byte[] rest) {
    byte[] stored = concat(magic, rest);

    decodeIfSound(stored).ifPresent(d -> assertThat(d.length).isLessThanOrEqualTo(SMALL_BYTES));
  }

  @Property(tries = 200)
  void decode_somethingBehindACompressedBlock_isRefused(
      @ForAll("compressing") Compression compression, @ForAll("tails") byte[] tail) {
    byte[] stored = Codec.encode(compression, new byte[SMALL_BYTES]);

    assertThatThrownBy(() -> Codec.decode(concat(stored, tail), SMALL_BYTES))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("damaged")
        .hasMessageNotContaining("\n");
  }

  @Test
  void decode_aBlockBehindABlock_isRefused() {
    for (Compression compression :
        new Compression[] {Compression.ZSTD, Compression.LZ4, Compression.GZIP}) {
      byte[] stored = Codec.encode(compression, new byte[100]);

      assertThatThrownBy(() -> Codec.decode(concat(stored, stored), SMALL_BYTES))
          .isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void decode_bomb_isRefused() {
    for (Compression compression :
        new Compression[] {Compression.ZSTD, Compression.LZ4, Compression.GZIP}) {
      byte[] stored = Codec.encode(compression, new byte[64 * BLOCK_BYTES]);

      assertThat(stored.length).isLessThan(BLOCK_BYTES);
      assertThatThrownBy(() -> Codec.decode(stored, BLOCK_BYTES))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("more than the 2097152 bytes");
    }
  }

  @Test
  void decode_lz4BombThatDoesNotTellItsLength_isRefused() throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (OutputStream out = new LZ4FrameOutputStream(stored)) {
      out.write(new byte[16 * BLOCK_BYTES]);
    }

    assertThatThrownBy(() -> Codec.decode(stored.toByteArray(), BLOCK_BYTES))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("more than the 2097152 bytes");
  }

  @Test
  void decode_rawBlockThatIsTooLong_isRefused() {
    assertThatThrownBy(() -> Codec.decode(new byte[101], 100))
        .isInstanceOf(CorruptDataException.class);
  }

  @Test
  void encode_incompressible_isKeptRaw() {
    byte[] content = random(BLOCK_BYTES);
    content[0] = 0;

    for (Compression compression :
        new Compression[] {Compression.ZSTD, Compression.LZ4, Compression.NONE}) {
      assertThat(Codec.encode(compression, content)).isEqualTo(content);
    }
  }

  @Test
  void encode_gzip_isGzipEvenWhereItDoesNotPay() throws IOException {
    byte[] content = random(1000);

    byte[] stored = Codec.encode(Compression.GZIP, content);

    try (GZIPInputStream in = new GZIPInputStream(new java.io.ByteArrayInputStream(stored))) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
  }

  @Test
  void encode_contentThatLooksCompressed_isNeverKeptRaw() throws IOException {
    for (String magic : new String[] {"1f8b", "28b52ffd", "04224d18"}) {
      byte[] content = concat(HexFormat.of().parseHex(magic), random(1000));
      for (Compression compression : Compression.values()) {
        byte[] stored = Codec.encode(compression, content);

        assertThat(stored).isNotEqualTo(content);
        assertThat(Codec.decode(stored, content.length)).isEqualTo(content);
      }
    }
  }

  @Test
  void compress_contentBestKeptRaw_isEmptyAndLeavesTheRoom() {
    ByteBuffer content = Codec.direct(random(SMALL_BYTES));
    ByteBuffer room = ByteBuffer.allocateDirect(BlockEncoder.maxStoredBytes(SMALL_BYTES));

    for (Compression compression : EnumSet.complementOf(EnumSet.of(Compression.GZIP))) {
      try (BlockEncoder encoder = new BlockEncoder(compression)) {
        assertThat(encoder.compress(content, room)).isEmpty();
        assertThat(room.position()).isZero();
        assertThat(content.remaining()).isEqualTo(SMALL_BYTES);
      }
    }
  }

  @Test
  void copy_behindAnother_startsAtAUnit() {
    ByteBuffer content = Codec.direct(random(SMALL_BYTES));
    ByteBuffer room = ByteBuffer.allocateDirect(2 * BlockEncoder.maxStoredBytes(SMALL_BYTES));
    room.position(100);

    ByteBuffer copied = BlockEncoder.copy(content, room);

    assertThat(copied).isEqualTo(content);
    assertThat(room.position()).isEqualTo(TargetFile.ALIGNMENT_BYTES + SMALL_BYTES);
    assertThat(room.slice(TargetFile.ALIGNMENT_BYTES, SMALL_BYTES)).isEqualTo(content);
  }

  @Test
  void compress_severalBlocksIntoOneRoom_putsEachAtTheStartOfAUnit() throws IOException {
    ByteBuffer content = ByteBuffer.allocateDirect(1000).position(100).limit(600);
    ByteBuffer room = ByteBuffer.allocateDirect(2 * BlockEncoder.maxStoredBytes(500));

    for (Compression compression : EnumSet.complementOf(EnumSet.of(Compression.NONE))) {
      room.clear();
      try (BlockEncoder encoder = new BlockEncoder(compression)) {
        ByteBuffer first = encoder.compress(content, room).orElseThrow();
        ByteBuffer second = encoder.compress(content, room).orElseThrow();

        assertThat(content.position()).isEqualTo(100);
        assertThat(first.remaining()).isLessThan(TargetFile.ALIGNMENT_BYTES);
        assertThat(room.position()).isEqualTo(TargetFile.ALIGNMENT_BYTES + second.remaining());
        for (ByteBuffer stored : List.of(first, second)) {
          assertThat(BlockDecoder.decode(stored, ByteBuffer.allocateDirect(500)))
              .isEqualTo(ByteBuffer.allocate(500));
        }
      }
    }
  }

  @Test
  void decode_oneBlockAfterAnotherInOneRoom_leavesNothingOfTheFirst() throws IOException {
    ByteBuffer room = ByteBuffer.allocateDirect(SMALL_BYTES);
    for (Compression compression : Compression.values()) {
      BlockDecoder.decode(Codec.direct(Codec.encode(compression, random(SMALL_BYTES))), room);

      byte[] stored = Codec.encode(compression, new byte[10]);
      assertThat(BlockDecoder.decode(Codec.direct(stored), room))
          .isEqualTo(ByteBuffer.allocate(10));
    }
  }

  @Test
  void parse_unknown_namesTheKnown() {
    assertThat(Compression.parse("Zstd")).isEqualTo(Compression.ZSTD);
    assertThatThrownBy(() -> Compression.parse("brotli"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No compression is named 'brotli': expected one of zstd, lz4, gzip, none");
  }

  @Provide
  Arbitrary<byte[]> contents() {
    Arbitrary<Integer> lengths = Arbitraries.integers().between(0, 20_000);
    Arbitrary<Integer> alphabets = Arbitraries.of(1, 2, 16, 256);
    return Combinators.combine(lengths, alphabets, Arbitraries.longs())
        .as(
            (length, alphabet, seed) -> {
              byte[] content = new byte[length];
              Random random = new Random(seed);
              for (int i = 0; i < length; i++) {
                content[i] = (byte) random.nextInt(alphabet);
              }
              return content;
            });
  }

  @Provide
  Arbitrary<byte[]> magics() {
    return Arbitraries.of("1f8b0800", "1f8b", "28b52ffd", "04224d18", "04224d18604082", "502a4d18")
        .map(HexFormat.of()::parseHex);
  }

  @Provide
  Arbitrary<byte[]> tails() {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(40);
  }

  @Provide
  Arbitrary<Compression> compressing() {
    return Arbitraries.of(Compression.ZSTD, Compression.LZ4, Compression.GZIP);
  }

  @Provide
  Arbitrary<Double> fractions() {
    return Arbitraries.doubles().between(0, true, 1, false);
  }

  @Provide
  Arbitrary<Integer> bits() {
    return Arbitraries.integers().between(0, 7);
  }

  /** Anything else that is thrown fails the test. */
  private Optional<byte[]> decodeIfSound(byte[] stored) {
    try {
      return Optional.of(Codec.decode(stored, SMALL_BYTES));
    } catch (CorruptDataException e) {
      assertThat(e.getMessage()).doesNotContain("\n");
      return Optional.empty();
    }
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
