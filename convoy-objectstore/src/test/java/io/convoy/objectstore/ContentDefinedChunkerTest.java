package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class ContentDefinedChunkerTest {
  private static final int FILE_BYTES = 52 * 1024;

  @Property(tries = 100)
  void split_anyStream_chunksAreTheStream(
      @ForAll @IntRange(max = 200_000) int length,
      @ForAll @IntRange(min = 1, max = 256) int alphabet,
      @ForAll long seed)
      throws IOException {
    byte[] content = random(length, alphabet, seed);

    List<byte[]> chunks = split(1024, new ByteArrayInputStream(content));

    assertThat(join(chunks)).isEqualTo(content);
    for (int i = 0; i < chunks.size(); i++) {
      assertThat(chunks.get(i).length).isBetween(1, 4096);
      assertThat(chunks.get(i).length >= 256 || i == chunks.size() - 1).isTrue();
    }
  }

  @Test
  void split_streamThatTrickles_cutsAtTheSamePlaces() throws IOException {
    byte[] content = random(3_000_000, 256, 1);
    InputStream trickle =
        new FilterInputStream(new ByteArrayInputStream(content)) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return in.read(bytes, offset, Math.min(length, 777));
          }
        };

    assertThat(names(split(65536, trickle)))
        .isEqualTo(names(split(65536, new ByteArrayInputStream(content))));
  }

  @Test
  void split_bytesInsertedAtTheFront_findsTheOldCutsAgain() throws IOException {
    byte[] content = random(16_000_000, 256, 2);
    ByteArrayOutputStream shifted = new ByteArrayOutputStream();
    shifted.write(random(1001, 256, 3));
    shifted.write(content);

    List<String> before = names(split(65536, new ByteArrayInputStream(content)));
    List<String> after = names(split(65536, new ByteArrayInputStream(shifted.toByteArray())));

    Set<String> fresh = new HashSet<>(after);
    fresh.removeAll(new HashSet<>(before));
    assertThat(before).hasSizeGreaterThan(150);
    assertThat(fresh).hasSizeLessThan(10);
  }

  /** What these cuts are is part of the store's format: others would store everything once more. */
  @Test
  void split_fixedStream_cutsWhereItAlwaysDid() throws IOException {
    List<Integer> lengths =
        split(65536, new ByteArrayInputStream(random(500_000, 256, 4))).stream()
            .map(chunk -> chunk.length)
            .toList();

    assertThat(lengths)
        .containsExactly(19133, 33340, 30740, 64309, 50524, 22191, 21968, 101357, 75470, 80968);
  }

  @Test
  void split_randomContent_averageIsAsWished() throws IOException {
    int chunks = split(65536, new ByteArrayInputStream(random(64 << 20, 256, 5))).size();

    assertThat((64 << 20) / chunks).isBetween(45_000, 55_000);
  }

  @Test
  void split_zeros_makesTheLongestChunks() throws IOException {
    List<byte[]> chunks = split(65536, new ByteArrayInputStream(new byte[1 << 20]));

    assertThat(chunks).hasSize(4).allMatch(chunk -> chunk.length == 4 * 65536);
  }

  @Test
  void split_onePercentOfTheFilesReplaced_storesAtMostThreePercent() throws IOException {
    int files = 2_000;
    Set<String> known = new HashSet<>(names(split(65536, new FilesInput(files, 0))));

    long[] freshBytes = new long[1];
    long total =
        new ContentDefinedChunker(65536)
            .split(
                new FilesInput(files, 100),
                chunk -> {
                  if (known.add(BlockNaming.SHA_256.name(chunk))) {
                    freshBytes[0] += chunk.remaining();
                  }
                });

    assertThat(total).isEqualTo((long) files * FILE_BYTES);
    assertThat(100.0 * freshBytes[0] / total).isLessThanOrEqualTo(3.0);
  }

  @Test
  void new_averageThatIsNoPowerOfTwo_isRefused() {
    assertThatThrownBy(() -> new ContentDefinedChunker(60_000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static List<byte[]> split(int averageBytes, InputStream in) throws IOException {
    List<byte[]> chunks = new ArrayList<>();
    new ContentDefinedChunker(averageBytes)
        .split(
            in,
            chunk -> {
              byte[] bytes = new byte[chunk.remaining()];
              chunk.get(bytes);
              chunks.add(bytes);
            });
    return chunks;
  }

  private static List<String> names(List<byte[]> chunks) {
    return chunks.stream().map(c -> BlockNaming.SHA_256.name(ByteBuffer.wrap(c))).toList();
  }

  private static byte[] join(List<byte[]> chunks) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] chunk : chunks) {
      all.write(chunk);
    }
    return all.toByteArray();
  }

  private static byte[] random(int length, int alphabet, long seed) {
    byte[] bytes = new byte[length];
    Random random = new Random(seed);
    random.nextBytes(bytes);
    for (int i = 0; alphabet < 256 && i < length; i++) {
      bytes[i] = (byte) ((bytes[i] & 0xff) % alphabet);
    }
    return bytes;
  }

  /**
   * Files of random bytes one after the other, each {@code replacedEvery}-th one other than usual.
   */
  private static final class FilesInput extends InputStream {
    private final int files;
    private final int replacedEvery;
    private int next;
    private ByteBuffer file = ByteBuffer.allocate(0);

    FilesInput(int files, int replacedEvery) {
      this.files = files;
      this.replacedEvery = replacedEvery;
    }

    @Override
    public int read() {
      byte[] single = new byte[1];
      return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (!file.hasRemaining()) {
        if (next == files) {
          return -1;
        }
        boolean replaced = replacedEvery > 0 && next % replacedEvery == replacedEvery / 2;
        file = ByteBuffer.wrap(random(FILE_BYTES, 256, replaced ? -1L - next : next));
        next++;
      }
      int n = Math.min(length, file.remaining());
      file.get(bytes, offset, n);
      return n;
    }
  }
}
