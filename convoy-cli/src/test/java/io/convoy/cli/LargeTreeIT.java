package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupDestination;
import io.convoy.core.BackupResult;
import io.convoy.core.Convoy;
import io.convoy.core.ConvoyConfig;
import io.convoy.core.MountRequest;
import io.convoy.core.Progress;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.testing.Environment;
import io.convoy.core.testing.TreeCompare;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree of 20,000 files and a GiB: what the second backup costs, and what comes back. */
final class LargeTreeIT {
  private static final int FILES = 20_000;
  private static final int FILES_PER_DIRECTORY = 200;
  private static final int MEAN_FILE_BYTES = 52 * 1024;
  private static final VolumeName VOLUME = new VolumeName("large");

  @TempDir private Path directory;

  @Test
  void secondBackup_onePercentChanged_storesAboutThat() throws IOException {
    Environment.requireRoot();
    Path store = Files.createDirectory(directory.resolve("store"));
    BackupDestination destination = BackupDestination.parse("vfs://" + store);
    try (Convoy convoy = Convoy.open(ConvoyConfig.of(directory.resolve("root"), "vfs"))) {
      convoy.create(VolumeSpec.of(VOLUME), Optional.empty(), Progress.NONE);
      Path tree = convoy.mount(VOLUME, MountRequest.command(Optional.empty()));
      writeTree(tree);
      BackupResult first = backUp(convoy, "first", destination);

      changeOnePercent(tree);
      BackupResult second = backUp(convoy, "second", destination);

      System.out.printf(
          "First backup: %,d bytes of content, %,d stored. Second, after 1 %% of the files changed:"
              + " %,d new, %,d stored (%.2f %%)%n",
          first.contentBytes(),
          first.storedBytes(),
          second.newBytes(),
          second.storedBytes(),
          100.0 * second.storedBytes() / first.storedBytes());
      assertThat(second.storedBytes()).isLessThanOrEqualTo(first.storedBytes() * 3 / 100);
      assertRestores(convoy, first, "restored-first", Optional.empty());
      assertRestores(convoy, second, "restored-second", Optional.of(tree));
    }
  }

  private static BackupResult backUp(Convoy convoy, String name, BackupDestination destination)
      throws IOException {
    SnapshotName snapshot = new SnapshotName(name);
    convoy.createSnapshot(VOLUME, Optional.of(snapshot));
    return convoy.createBackup(snapshot, destination, Progress.NONE);
  }

  private static void assertRestores(
      Convoy convoy, BackupResult backup, String name, Optional<Path> expected) throws IOException {
    VolumeName volume = new VolumeName(name);
    convoy.create(
        VolumeSpec.of(volume).withSource(backup.backup().url()), Optional.empty(), Progress.NONE);
    Path restored = convoy.mount(volume, MountRequest.command(Optional.empty()));
    if (expected.isPresent()) {
      assertThat(TreeCompare.differences(expected.get(), restored)).isEmpty();
    }
    assertThat(convoy.verifyBackup(backup.backup().url(), Progress.NONE)).isEmpty();
  }

  /** Half of the content is random, as in media and databases; half is like text. */
  private static void writeTree(Path tree) throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < FILES; i++) {
      Path parent = tree.resolve("d%03d".formatted(i / FILES_PER_DIRECTORY));
      if (i % FILES_PER_DIRECTORY == 0) {
        Files.createDirectories(parent);
      }
      Path file = parent.resolve("f%05d".formatted(i));
      Files.write(file, content(random));
      Files.setAttribute(file, "unix:uid", 1000 + i % 7, LinkOption.NOFOLLOW_LINKS);
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(i % 3 == 0 ? "rw-r-----" : "rwxr-xr-x"));
      Files.setLastModifiedTime(
          file, FileTime.from(Instant.ofEpochSecond(1_700_000_000 + i, 123_456_789)));
      if (i % 100 == 0) {
        Files.createSymbolicLink(parent.resolve("s%05d".formatted(i)), file.getFileName());
        Files.createLink(parent.resolve("h%05d".formatted(i)), file);
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class)
            .write("number", ByteBuffer.wrap(Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  private static void changeOnePercent(Path tree) throws IOException {
    Random random = new Random(2);
    for (int changed = 0; changed < FILES / 100; changed++) {
      int i = random.nextInt(FILES);
      Path file =
          tree.resolve("d%03d".formatted(i / FILES_PER_DIRECTORY)).resolve("f%05d".formatted(i));
      Files.write(file, content(random));
    }
  }

  private static byte[] content(Random random) {
    byte[] bytes = new byte[MEAN_FILE_BYTES / 2 + random.nextInt(MEAN_FILE_BYTES)];
    random.nextBytes(bytes);
    for (int i = bytes.length / 2; i < bytes.length; i++) {
      bytes[i] = (byte) "etaoin shrdlu\n".charAt((bytes[i] & 0xff) % 14);
    }
    return bytes;
  }
}
