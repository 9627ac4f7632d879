package io.convoy.vfs;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.convoy.core.state.AtomicFiles;
import io.convoy.vfs.WorkArea.Work;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The disk image in a volume for a virtual machine. */
final class DiskImage {
  static final String NAME = "disk.img";

  private final WorkArea work;

  DiskImage(WorkArea work) {
    this.work = work;
  }

  /** Makes an empty image without any blocks, unless there is one: that stays as it is. */
  void createIfMissing(Path volumeDirectory, long sizeBytes) throws IOException {
    Path image = volumeDirectory.resolve(NAME);
    if (Files.exists(image, NOFOLLOW_LINKS)) {
      return;
    }
    UUID uuid = UUID.randomUUID();
    Path temporary = work.staging(Work.IMAGING, uuid);
    try (WorkArea.UnderWay imaging = work.begin(uuid)) {
      create(image, temporary, sizeBytes);
    }
    AtomicFiles.syncDirectory(volumeDirectory);
  }

  private static void create(Path image, Path temporary, long sizeBytes) throws IOException {
    try {
      try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE, SPARSE)) {
        // A zero in the last place gives the file its size; all before it is a hole.
        channel.write(ByteBuffer.allocate(1), sizeBytes - 1);
        channel.force(true);
      }
      Files.createLink(image, temporary);
    } catch (FileAlreadyExistsException e) {
      // Somebody else made one meanwhile, and it is not to be overwritten.
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
