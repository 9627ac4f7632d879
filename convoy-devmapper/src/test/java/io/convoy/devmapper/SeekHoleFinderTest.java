package io.convoy.devmapper;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Extent;
import io.convoy.core.HoleFinder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeekHoleFinderTest {
  private static final int MIB = 1 << 20;

  @TempDir private Path temp;
  private final HoleFinder finder = ServiceLoader.load(HoleFinder.class).findFirst().orElseThrow();

  @Test
  void dataExtents_dataBetweenHoles_areTheDataAlone() throws IOException {
    Path file = temp.resolve("sparse ü");
    try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
      channel.write(data(), 4L * MIB);
      channel.write(data(), 8L << 30); // its offset takes more than 32 bits
      channel.write(ByteBuffer.allocate(1), (8L << 30) + 64 * MIB);
    }

    assertThat(finder.dataExtents(file).orElseThrow())
        .startsWith(new Extent(4L * MIB, MIB), new Extent(8L << 30, MIB))
        .hasSize(3);
  }

  @Test
  void dataExtents_holeAtTheEnd_endsBeforeIt() throws IOException {
    Path file = temp.resolve("file");
    Files.write(file, new byte[MIB]);
    try (FileChannel channel = FileChannel.open(file, WRITE)) {
      channel.write(ByteBuffer.allocate(1), 64L * MIB);
      channel.truncate(32L * MIB);
    }

    assertThat(finder.dataExtents(file).orElseThrow()).containsExactly(new Extent(0, MIB));
  }

  @Test
  void dataExtents_emptyFile_areNone() throws IOException {
    assertThat(finder.dataExtents(Files.createFile(temp.resolve("empty"))).orElseThrow()).isEmpty();
  }

  @Test
  void dataExtents_noFile_isAnError() {
    assertThatThrownBy(() -> finder.dataExtents(temp.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessage("open of %s: No such file or directory (errno 2)", temp.resolve("none"));
  }

  private static ByteBuffer data() {
    byte[] bytes = new byte[MIB];
    java.util.Arrays.fill(bytes, (byte) 1);
    return ByteBuffer.wrap(bytes);
  }
}
