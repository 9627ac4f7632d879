package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.DirectHash;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OpensslHashTest {
  private static final int MIB = 1 << 20;

  private final DirectHash hash = DirectHash.find().orElseThrow();

  @Test
  void hash_anyLength_isThatOfJava() {
    Random random = new Random(3);
    for (int length : new int[] {0, 1, 63, 64, 65, 127, 128, 4711, 2 * MIB, 2 * MIB + 1}) {
      byte[] content = new byte[length];
      random.nextBytes(content);

      for (String algorithm : List.of("SHA-256", "SHA-512")) {
        assertThat(hash.hash(algorithm, direct(content)).orElseThrow())
            .as("%s of %s bytes", algorithm, length)
            .isEqualTo(inJava(algorithm, content));
      }
    }
  }

  @Test
  void hash_partOfABuffer_isOfThatPartAndLeavesThePosition() {
    ByteBuffer content = direct(new byte[] {1, 2, 3, 4, 5}).position(1).limit(4);

    assertThat(hash.hash("SHA-256", content).orElseThrow())
        .isEqualTo(inJava("SHA-256", new byte[] {2, 3, 4}));
    assertThat(content.position()).isEqualTo(1);
    assertThat(content.limit()).isEqualTo(4);
  }

  @Test
  void hash_severalThreads_keepApart() {
    Random random = new Random(4);
    List<byte[]> contents =
        IntStream.range(0, 64)
            .mapToObj(
                i -> {
                  byte[] content = new byte[MIB / 4];
                  random.nextBytes(content);
                  return content;
                })
            .toList();

    assertThat(
            contents.parallelStream()
                .filter(
                    content ->
                        !MessageDigest.isEqual(
                            hash.hash("SHA-256", direct(content)).orElseThrow(),
                            inJava("SHA-256", content))))
        .isEmpty();
  }

  @Test
  void hash_unknownAlgorithm_isEmpty() {
    assertThat(hash.hash("MD4", direct(new byte[1]))).isEmpty();
  }

  private static ByteBuffer direct(byte[] content) {
    return ByteBuffer.allocateDirect(content.length).put(content).flip();
  }

  private static byte[] inJava(String algorithm, byte[] content) {
    try {
      return MessageDigest.getInstance(algorithm).digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
