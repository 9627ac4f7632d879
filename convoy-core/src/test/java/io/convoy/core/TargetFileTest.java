package io.convoy.core;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TargetFileTest {
  private static final int UNIT = TargetFile.ALIGNMENT_BYTES;
  private static final int SIZE = 64 * UNIT;

  @TempDir private Path directory;

  @Test
  void write_anyPlaceLengthAndMemory_holdsWhatWasWritten() throws IOException {
    assertHoldsWhatIsWritten(directory.resolve("file"));
  }

  /** It refuses O_DIRECT, in most kernels. */
  @Test
  void write_tmpfs_holdsWhatWasWritten() throws IOException {
    Path file = Files.createTempDirectory(Path.of("/dev/shm"), "convoy-test").resolve("file");
    try {
      assertHoldsWhatIsWritten(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(file.getParent());
    }
  }

  private static void assertHoldsWhatIsWritten(Path file) throws IOException {
    Random random = new Random(7);
    byte[] expected = new byte[SIZE];
    try (TargetFile target = TargetFile.open(file, CREATE_NEW)) {
      target.write(0, ByteBuffer.wrap(expected));
      for (int round = 0; round < 300; round++) {
        // Mostly whole units, as a device's blocks are, and now and then anything.
        int step = random.nextInt(4) == 0 ? 1 : UNIT;
        int offset = random.nextInt(SIZE / step) * step;
        int length = random.nextInt(Math.min(10 * UNIT, SIZE - offset) + 1);
        byte[] piece = new byte[length];
        random.nextBytes(piece);
        int skipped = random.nextInt(3) * UNIT / 2;
        ByteBuffer data =
            random.nextInt(5) == 0
                ? ByteBuffer.wrap(piece)
                : TargetFile.allocate(skipped + length)
                    .position(skipped)
                    .put(piece)
                    .position(skipped);
        target.write(offset, data);
        assertThat(data.hasRemaining()).isFalse();
        System.arraycopy(piece, 0, expected, offset, length);
      }
      target.flush();
    }
    assertThat(Arrays.equals(Files.readAllBytes(file), expected)).isTrue();
  }

  @Test
  void open_fileThatMustBeNew_isLeftAlone() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    assertThatThrownBy(() -> TargetFile.open(file, CREATE_NEW))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).hasContent("mine");
  }

  @Test
  void allocate_anySize_startsAtAUnitAndHasTheSize() {
    for (int size : new int[] {0, 1, UNIT - 1, UNIT, UNIT + 1, 3 * UNIT + 17}) {
      ByteBuffer buffer = TargetFile.allocate(size);
      assertThat(buffer.capacity()).isEqualTo(size);
      assertThat(TargetFile.isAligned(buffer)).isTrue();
    }
    assertThat(TargetFile.isAligned(ByteBuffer.allocate(UNIT))).isFalse();
    assertThat(TargetFile.isAligned(TargetFile.allocate(UNIT).position(1))).isFalse();
  }
}
