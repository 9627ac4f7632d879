package io.convoy.devmapper;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a fake machine's disks hold, which outlives its kernel: a data and a metadata device, and
 * the thin devices in the pool on them. Each thin device is a file.
 */
final class FakeStorage {
  private static final long DATA_BYTES = 1L << 30;
  private static final long METADATA_BYTES = 16L << 20;
  private static final long MAGIC = 27022010;

  final Path directory;
  final Path dataDevice;
  final Path metadataDevice;

  /** The thin devices by id. */
  final Map<Integer, Path> thins = new TreeMap<>();

  /** How many of the pool's blocks are taken by what volumes hold. */
  int takenBlocks;

  long transactionId;
  boolean metadataHeld;
  private int filesMade;

  FakeStorage(Path directory) throws IOException {
    this.directory = directory;
    this.dataDevice = sparse(directory.resolve("data"), DATA_BYTES);
    this.metadataDevice = sparse(directory.resolve("metadata"), METADATA_BYTES);
    Files.createDirectories(directory.resolve("thin"));
  }

  private static Path sparse(Path file, long bytes) throws IOException {
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(bytes);
    }
    return file;
  }

  Path newThinFile() {
    return directory.resolve("thin").resolve("file-" + filesMade++);
  }

  /** Writes the metadata's superblock, as the kernel does with each change. */
  void commit(long blockSectors) {
    ByteBuffer block =
        ByteBuffer.allocate(MetadataSuperblock.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(32, MAGIC)
            .putLong(48, transactionId)
            .putInt(336, (int) blockSectors);
    try (RandomAccessFile file = new RandomAccessFile(metadataDevice.toFile(), "rw")) {
      file.write(block.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
