package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class BlockNamingTest {
  private static final byte[] ABC = "abc".getBytes(US_ASCII);

  @Test
  void name_knownContent_isTheStandardsExample() {
    assertThat(BlockNaming.SHA_256.name(ByteBuffer.wrap(ABC)))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(BlockNaming.SHA_512_64.name(ByteBuffer.wrap(ABC)))
        .isEqualTo("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a");
  }

  @Test
  void name_partOfADirectBuffer_namesThatPartAndLeavesThePosition() {
    ByteBuffer direct = ByteBuffer.allocateDirect(100);
    direct.position(10).put(ABC).flip().position(10);

    assertThat(BlockNaming.SHA_256.name(direct))
        .isEqualTo(BlockNaming.SHA_256.name(ByteBuffer.wrap(ABC)));
    assertThat(direct.position()).isEqualTo(10);
    assertThat(direct.remaining()).isEqualTo(3);
  }
}
