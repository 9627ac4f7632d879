package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.api.Test;

/** The frames are read by the library too, which has its own idea of the format. */
final class Lz4FrameTest {
  private static final int PIECE = 256 << 10;

  @Test
  void write_piecesThatCompressAndPiecesThatDoNot_areReadBack() throws IOException {
    byte[] content = new byte[4 * PIECE + 4711];
    Random random = new Random(5);
    byte[] noise = new byte[PIECE];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, content, PIECE, PIECE);
    random.nextBytes(noise);
    System.arraycopy(noise, 0, content, 3 * PIECE + 100, PIECE);
    assertReadBack(content);
  }

  @Test
  void write_anyLength_isReadBack() throws IOException {
    for (int length : new int[] {0, 1, 13, 4096, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE}) {
      byte[] content = new byte[length];
      Arrays.fill(content, (byte) 'x');
      assertReadBack(content);
    }
  }

  @Test
  void isOwn_frameOfTheLibrary_isNotAndIsReadAllTheSame() throws IOException {
    byte[] content = new byte[3 * PIECE];
    new Random(6).nextBytes(content);
    Arrays.fill(content, PIECE, 2 * PIECE, (byte) 0);
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (OutputStream out = new LZ4FrameOutputStream(stored)) {
      out.write(content);
    }

    assertThat(Lz4Frame.isOwn(Codec.direct(stored.toByteArray()))).isFalse();
    assertThat(Codec.decode(stored.toByteArray(), content.length)).isEqualTo(content);
  }

  private static void assertReadBack(byte[] content) throws IOException {
    ByteBuffer direct = ByteBuffer.allocateDirect(content.length).put(content).flip();
    ByteBuffer room = ByteBuffer.allocateDirect(BlockEncoder.maxStoredBytes(content.length));
    byte[] stored;
    try (Lz4Frame.Writer writer = new Lz4Frame.Writer()) {
      ByteBuffer frame = writer.write(direct, room);
      stored = new byte[frame.remaining()];
      frame.get(stored);
    }
    try (InputStream in = new LZ4FrameInputStream(new ByteArrayInputStream(stored), true)) {
      assertThat(Arrays.equals(in.readAllBytes(), content)).isTrue();
    }
    assertThat(direct.remaining()).isEqualTo(content.length);
    ByteBuffer own = Codec.direct(stored);
    ByteBuffer read = ByteBuffer.allocateDirect(content.length);
    assertThat(Lz4Frame.isOwn(own)).isTrue();
    assertThat(Lz4Frame.contentBytes(own)).isEqualTo(content.length);
    Lz4Frame.read(own, read);
    assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(content));
  }
}
