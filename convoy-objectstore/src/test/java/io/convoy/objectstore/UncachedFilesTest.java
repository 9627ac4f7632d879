package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.TargetFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

final class UncachedFilesTest {
  private static final int[] SIZES = {0, 1, 4095, 4096, 4097, 65_536, 1_000_003};

  @TempDir private Path directory;

  @Test
  void create_anySizeAndMemory_holdsTheContent() throws IOException {
    assertHoldsContent(directory);
  }

  /** It refuses O_DIRECT, in most kernels. */
  @Test
  void create_tmpfs_holdsTheContent() throws IOException {
    onTmpfs(UncachedFilesTest::assertHoldsContent);
  }

  private interface Check {
    void run(Path directory) throws IOException;
  }

  private static void onTmpfs(Check check) throws IOException {
    Path tmpfs = Files.createTempDirectory(Path.of("/dev/shm"), "convoy-test");
    try {
      check.run(tmpfs);
    } finally {
      try (var files = Files.list(tmpfs)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(tmpfs);
    }
  }

  private static void assertHoldsContent(Path directory) throws IOException {
    UncachedFiles files = new UncachedFiles(directory);
    Random random = new Random(3);
    for (int size : SIZES) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      ByteBuffer aligned = TargetFile.allocate(size).put(content).flip();
      ByteBuffer shifted = TargetFile.allocate(size + 1).position(1).put(content).position(1);
      for (ByteBuffer buffer : new ByteBuffer[] {aligned, shifted, ByteBuffer.wrap(content)}) {
        Path file = directory.resolve(size + "-" + buffer.position() + buffer.isDirect());
        files.create(file, buffer);
        assertThat(Arrays.equals(Files.readAllBytes(file), content)).isTrue();
        assertThat(buffer.remaining()).isEqualTo(size);
      }
    }
  }

  /** Where this is built, rather than in /tmp, which may be in memory. */
  @Test
  void create_buffer_saysWhatIsInTheCacheOnly(@TempDir(factory = InBuild.class) Path onDisk)
      throws IOException {
    UncachedFiles files = new UncachedFiles(onDisk);

    assertThat(files.create(onDisk.resolve("heap"), ByteBuffer.allocate(5000))).isEqualTo(5000);
    assertThat(files.create(onDisk.resolve("direct"), TargetFile.allocate(5000))).isZero();
  }

  private static final class InBuild implements TempDirFactory {
    @Override
    public Path createTempDirectory(
        AnnotatedElementContext elementContext, ExtensionContext extensionContext)
        throws IOException {
      return Files.createTempDirectory(Path.of("target"), "uncached");
    }
  }

  @Test
  void read_anySizeAndRoom_isTheFirstBytes() throws IOException {
    assertReadsFirstBytes(directory);
  }

  @Test
  void read_tmpfs_isTheFirstBytes() throws IOException {
    onTmpfs(UncachedFilesTest::assertReadsFirstBytes);
  }

  private static void assertReadsFirstBytes(Path directory) throws IOException {
    UncachedFiles files = new UncachedFiles(directory);
    Random random = new Random(4);
    for (int size : SIZES) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      Path file = Files.write(directory.resolve("read-" + size), content);
      for (ByteBuffer room :
          new ByteBuffer[] {
            TargetFile.allocate(1 << 20),
            TargetFile.allocate(8192),
            TargetFile.allocate(5000),
            TargetFile.allocate(8193).slice(1, 8192),
            ByteBuffer.allocate(8192)
          }) {
        room.position(room.capacity() / 2);
        files.read(file, room);
        assertThat(bytes(room.flip()))
            .isEqualTo(Arrays.copyOf(content, Math.min(size, room.capacity())));
      }
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Test
  void read_noSuchFile_throwsThat() {
    assertThatThrownBy(
            () ->
                new UncachedFiles(directory)
                    .read(directory.resolve("none"), TargetFile.allocate(8192)))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void create_fileThatIsThere_isLeftAlone() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    assertThatThrownBy(() -> new UncachedFiles(directory).create(file, TargetFile.allocate(10_000)))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).hasContent("mine");
  }

  @Test
  void create_noSuchDirectory_throwsThat() {
    assertThatThrownBy(
            () ->
                new UncachedFiles(directory)
                    .create(directory.resolve("none/file"), TargetFile.allocate(10_000)))
        .isInstanceOf(NoSuchFileException.class);
  }
}
