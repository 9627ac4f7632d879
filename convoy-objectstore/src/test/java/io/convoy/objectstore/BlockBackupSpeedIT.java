package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupName;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.Extent;
import io.convoy.core.FileBlockContent;
import io.convoy.core.FileBlockTarget;
import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backs up and restores an image that looks like a file system's, and prints how fast that was;
 * only that it comes back is asserted.
 */
@Timeout(600)
final class BlockBackupSpeedIT {
  private static final int MIB = 1 << 20;
  private static final int IMAGE_MIB = 1024;

  @TempDir private Path temp;
  private final Random random = new Random(5);
  private final Device device = new Device("vol1", UUID.randomUUID(), 0, 1);

  @Test
  void image_fullIncrementalAndRestore_speedIsPrinted() throws IOException {
    Path image = makeImage();
    for (String compression : List.of("zstd", "lz4", "none")) {
      ObjectStore store =
          new DirectoryObjectStore(
              Files.createDirectory(temp.resolve("store-" + compression)),
              new ProcessCommandRunner());
      run(store, image, compression);
      store.close();
    }
  }

  private void run(ObjectStore store, Path image, String compression) throws IOException {
    long start = System.nanoTime();
    BackupResult full = create(store, image, "b1", compression, Optional.empty());
    print(compression + " full", start, IMAGE_MIB, full.storedBytes());
    List<Extent> changed = change(image);
    start = System.nanoTime();
    BackupResult incremental = create(store, image, "b2", compression, Optional.of(changed));
    print(compression + " incremental", start, changed.size() * 2, incremental.storedBytes());
    assertThat(incremental.newBlocks()).isEqualTo(changed.size());
    Path restored = temp.resolve("restored");
    start = System.nanoTime();
    try (FileBlockTarget target = FileBlockTarget.create(restored, (long) IMAGE_MIB * MIB, true)) {
      Device.backups(store).restore(url(), target, Progress.NONE);
      target.publish();
    }
    print(compression + " restore", start, IMAGE_MIB, 0);
    assertThat(Files.mismatch(image, restored)).isEqualTo(-1);
  }

  private static BackupUrl url() {
    return Trees.url("vol1", "b2");
  }

  private BackupResult create(
      ObjectStore store,
      Path image,
      String name,
      String compression,
      Optional<List<Extent>> changed)
      throws IOException {
    BackupRequest request =
        new BackupRequest(
            new BackupName(name),
            device.volume,
            "image",
            device.request(name, UUID.randomUUID()).snapshot(),
            Trees.DESTINATION,
            new BackupOptions(Optional.empty(), Optional.of(compression)));
    try (FileBlockContent content = FileBlockContent.open(image, Optional.empty(), changed)) {
      return Device.backups(store, BlockBackup.BLOCK_BYTES).create(request, content, Progress.NONE);
    }
  }

  private static void print(String what, long startNanos, int mebibytes, long storedBytes) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    System.out.printf(
        "%-18s %5d MiB in %6.2f s: %5.0f MB/s, %4d MiB stored%n",
        what, mebibytes, seconds, mebibytes * 1.048576 / seconds, storedBytes >> 20);
  }

  /** A third text, a third that does not compress, the rest zeros and short records. */
  private Path makeImage() throws IOException {
    Path image = temp.resolve("image");
    try (FileChannel out =
        FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < IMAGE_MIB; i++) {
        byte[] piece = new byte[MIB];
        switch (i / 8 % 6) {
          case 0, 1 -> text(piece);
          case 2, 3 -> random.nextBytes(piece);
          case 4 -> records(piece);
          default -> {}
        }
        out.write(ByteBuffer.wrap(piece));
      }
    }
    return image;
  }

  private void text(byte[] piece) {
    byte[][] words = new byte[512][];
    for (int i = 0; i < words.length; i++) {
      words[i] = new byte[2 + random.nextInt(9)];
      for (int j = 0; j < words[i].length; j++) {
        words[i][j] = (byte) ('a' + random.nextInt(26));
      }
    }
    for (int at = 0; at < piece.length; ) {
      byte[] word = words[(int) Math.abs(random.nextGaussian() * 150) % words.length];
      int length = Math.min(word.length, piece.length - at);
      System.arraycopy(word, 0, piece, at, length);
      at += length + 1;
    }
  }

  private void records(byte[] piece) {
    for (int at = 0; at < piece.length; at += 128) {
      ByteBuffer.wrap(piece, at, 16).putLong(random.nextLong()).putInt(random.nextInt(1000));
    }
  }

  /** Changes a twentieth of the blocks. */
  private List<Extent> change(Path image) throws IOException {
    List<Extent> changed = new ArrayList<>();
    try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
      for (long offset = 0; offset < (long) IMAGE_MIB * MIB; offset += 40L * MIB) {
        byte[] bytes = new byte[100_000];
        random.nextBytes(bytes);
        out.write(ByteBuffer.wrap(bytes), offset);
        changed.add(new Extent(offset, bytes.length));
      }
    }
    return changed;
  }
}
