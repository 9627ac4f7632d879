package io.convoy.devmapper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Extent;
import io.convoy.core.SparseFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinuxSparseFilesTest {
  private static final int MIB = 1 << 20;

  @TempDir private Path temp;
  private final SparseFiles files = SparseFiles.find().orElseThrow();

  @Test
  void dataExtents_dataBetweenHoles_areTheDataAlone() throws IOException {
    Path file = temp.resolve("sparse ü");
    try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
      channel.write(data(), 4L * MIB);
      channel.write(data(), 8L << 30); // its offset takes more than 32 bits
      channel.write(ByteBuffer.allocate(1), (8L << 30) + 64 * MIB);
    }

    assertThat(files.dataExtents(file).orElseThrow())
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

    assertThat(files.dataExtents(file).orElseThrow()).containsExactly(new Extent(0, MIB));
  }

  @Test
  void dataExtents_emptyFile_areNone() throws IOException {
    assertThat(files.dataExtents(Files.createFile(temp.resolve("empty"))).orElseThrow()).isEmpty();
  }

  @Test
  void dataExtents_noFile_isAnError() {
    assertThatThrownBy(() -> files.dataExtents(temp.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessage("open of %s: No such file or directory (errno 2)", temp.resolve("none"));
  }

  @Test
  void allocate_extentsOfASparseFile_keepsContentAndLengthAndTakesRoom() throws IOException {
    Path file = temp.resolve("sparse");
    try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
      channel.write(data(), 4L * MIB);
      channel.write(ByteBuffer.allocate(1), 64L * MIB - 1);
    }
    byte[] before = Files.readAllBytes(file);

    files.allocate(file, List.of(new Extent(3L * MIB, 3L * MIB), new Extent(32L * MIB, 8L * MIB)));

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(allocatedBytes(file)).isBetween(11L * MIB, 13L * MIB);
  }

  @Test
  void allocate_behindWhatAFileCanBe_isAnError() throws IOException {
    Path file = Files.createFile(temp.resolve("file"));
    Extent tooFar = new Extent(Long.MAX_VALUE - MIB, MIB);

    assertThatThrownBy(() -> files.allocate(file, List.of(tooFar)))
        .isInstanceOf(IOException.class)
        .hasMessage("fallocate of %s: File too large (errno 27)", file);
  }

  private static long allocatedBytes(Path file) throws IOException {
    long kib = 0;
    Process process = new ProcessBuilder("du", "-k", file.toString()).start();
    try (Scanner out = new Scanner(process.getInputStream(), UTF_8)) {
      kib = out.nextLong();
    }
    return kib * 1024;
  }

  private static ByteBuffer data() {
    byte[] bytes = new byte[MIB];
    java.util.Arrays.fill(bytes, (byte) 1);
    return ByteBuffer.wrap(bytes);
  }
}
