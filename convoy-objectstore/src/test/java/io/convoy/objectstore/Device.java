package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.BackupDestination;
import io.convoy.core.BackupName;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupRequest;
import io.convoy.core.BlockContent;
import io.convoy.core.BlockTarget;
import io.convoy.core.Extent;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A device in memory that tells which of its chunks are allocated and which changed between
 * snapshots, as a thin pool does.
 */
final class Device {
  static final int CHUNK_BYTES = 1024;
  static final int BLOCK_BYTES = 4096;

  private final int chunkBytes;
  private final Map<UUID, Picture> pictures = new HashMap<>();
  final Volume volume;
  private byte[] bytes;
  private BitSet allocated = new BitSet();
  private long[] versions = new long[0];
  private long version;

  Device(String name, int sizeBytes) {
    this(name, UUID.randomUUID(), sizeBytes, CHUNK_BYTES);
  }

  Device(String name, UUID uuid, int sizeBytes, int chunkBytes) {
    this.chunkBytes = chunkBytes;
    this.bytes = new byte[sizeBytes];
    this.volume =
        new Volume(
            new VolumeName(name),
            uuid,
            Instant.parse("2026-11-23T22:00:00Z"),
            OptionalLong.of(sizeBytes),
            Map.of(),
            List.of());
  }

  private static final class Picture {
    private final byte[] bytes;
    private final BitSet allocated;
    private final long[] versions;

    Picture(byte[] bytes, BitSet allocated, long[] versions) {
      this.bytes = bytes;
      this.allocated = allocated;
      this.versions = versions;
    }
  }

  int sizeBytes() {
    return bytes.length;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  void write(int offset, byte[] content) {
    System.arraycopy(content, 0, bytes, offset, content.length);
    touch(offset, content.length, true);
  }

  void writeRandom(Random random, int offset, int length) {
    byte[] content = new byte[length];
    random.nextBytes(content);
    write(offset, content);
  }

  /** Discards the chunks that are all in a range. */
  void discard(int offset, int length) {
    int first = (offset + chunkBytes - 1) / chunkBytes;
    int end = (offset + length) / chunkBytes;
    for (int chunk = first; chunk < end; chunk++) {
      Arrays.fill(bytes, chunk * chunkBytes, (chunk + 1) * chunkBytes, (byte) 0);
      touch(chunk * chunkBytes, chunkBytes, false);
    }
  }

  void grow(int sizeBytes) {
    bytes = Arrays.copyOf(bytes, sizeBytes);
  }

  /** Changes a byte of which the storage says that it has not changed. */
  void rot(int offset) {
    bytes[offset] ^= 1;
  }

  private void touch(int offset, int length, boolean isThere) {
    version++;
    for (int chunk = offset / chunkBytes; chunk * chunkBytes < offset + length; chunk++) {
      allocated.set(chunk, isThere);
      versions = Arrays.copyOf(versions, Math.max(versions.length, chunk + 1));
      versions[chunk] = version;
    }
  }

  /** Makes a snapshot that is remembered until {@link #forget}. */
  UUID snapshot() {
    return snapshot(UUID.randomUUID());
  }

  private UUID snapshot(UUID uuid) {
    pictures.put(uuid, new Picture(bytes.clone(), (BitSet) allocated.clone(), versions.clone()));
    return uuid;
  }

  /**
   * Makes a device that changed so many times, each time in the same way, wherever this is called,
   * with a snapshot after each change.
   */
  static Device ofVersion(String name, int sizeBytes, int version) {
    UUID uuid = UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
    Device device = new Device(name, uuid, sizeBytes, CHUNK_BYTES);
    for (int i = 0; i <= version; i++) {
      Random random = new Random(31L * i + name.hashCode());
      for (int writes = i == 0 ? sizeBytes / 16_384 : 6; writes > 0; writes--) {
        int length = 1 + random.nextInt(12 * 1024);
        device.writeRandom(random, random.nextInt(sizeBytes - length), length);
      }
      device.discard(random.nextInt(sizeBytes - 20_480), 20_480);
      device.snapshot(snapshotOf(name, i));
    }
    return device;
  }

  /** Returns the snapshot of {@link #ofVersion} after a change. */
  static UUID snapshotOf(String name, int version) {
    return UUID.nameUUIDFromBytes((name + "@" + version).getBytes(UTF_8));
  }

  void forget(UUID snapshot) {
    pictures.remove(snapshot);
  }

  Content open(UUID snapshot) {
    return new Content(pictures.get(snapshot));
  }

  BackupRequest request(String backup, UUID snapshot) {
    return request(backup, snapshot, BackupOptions.DEFAULT, Trees.DESTINATION);
  }

  BackupRequest request(
      String backup, UUID snapshot, BackupOptions options, BackupDestination destination) {
    return new BackupRequest(
        new BackupName(backup),
        volume,
        "devicemapper",
        new Snapshot(
            new SnapshotName("snap-" + backup),
            snapshot,
            volume.name(),
            Instant.parse("2026-11-23T23:00:00Z"),
            OptionalLong.empty(),
            Map.of()),
        destination,
        options);
  }

  /** Backups that cut devices into short blocks. */
  static ObjectStoreBackups backups(ObjectStore store) {
    return backups(store, BLOCK_BYTES);
  }

  static ObjectStoreBackups backups(ObjectStore store, int blockBytes) {
    return backups(store, blockBytes, Trees.timing(store));
  }

  static ObjectStoreBackups backups(ObjectStore store, int blockBytes, StoreLock.Timing timing) {
    ObjectStores stores =
        new ObjectStores() {
          @Override
          public ObjectStore open(BackupDestination destination) {
            return store; // closing one of those tests use does nothing
          }

          @Override
          public void close() {}
        };
    return new ObjectStoreBackups(
        stores,
        new ProcessCommandRunner(),
        BackupOptions.DEFAULT,
        blockBytes,
        timing,
        "host1",
        Clock.systemUTC());
  }

  /** A snapshot that is being read. */
  final class Content implements BlockContent {
    private final Picture picture;
    final AtomicLong readBytes = new AtomicLong();

    Content(Picture picture) {
      this.picture = picture;
    }

    @Override
    public long sizeBytes() {
      return picture.bytes.length;
    }

    @Override
    public List<Extent> allocated() {
      return extents(picture.allocated);
    }

    @Override
    public Optional<List<Extent>> changedSince(UUID snapshot) {
      Picture before = pictures.get(snapshot);
      if (before == null) {
        return Optional.empty();
      }
      BitSet changed = new BitSet();
      for (int chunk = 0; chunk < picture.versions.length; chunk++) {
        long old = chunk < before.versions.length ? before.versions[chunk] : 0;
        changed.set(chunk, picture.versions[chunk] != old);
      }
      return Optional.of(extents(changed));
    }

    private List<Extent> extents(BitSet chunks) {
      List<Extent> extents = new ArrayList<>();
      for (int start = chunks.nextSetBit(0); start >= 0; ) {
        int end = chunks.nextClearBit(start);
        long endBytes = Math.min((long) end * chunkBytes, picture.bytes.length);
        extents.add(new Extent((long) start * chunkBytes, endBytes - (long) start * chunkBytes));
        start = chunks.nextSetBit(end);
      }
      return extents;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer buffer) throws EOFException {
      if (offsetBytes + buffer.remaining() > picture.bytes.length) {
        throw new EOFException("read behind the end");
      }
      readBytes.addAndGet(buffer.remaining());
      buffer.put(picture.bytes, (int) offsetBytes, buffer.remaining());
    }

    @Override
    public void close() {}
  }

  /** A fresh device. */
  static final class Target implements BlockTarget {
    final byte[] bytes;
    final AtomicLong writtenBytes = new AtomicLong();
    final List<Extent> prepared = new CopyOnWriteArrayList<>();
    volatile boolean flushed;

    Target(int sizeBytes) {
      this.bytes = new byte[sizeBytes];
    }

    @Override
    public long sizeBytes() {
      return bytes.length;
    }

    @Override
    public void prepare(List<Extent> extents) {
      prepared.addAll(extents);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer data) {
      long end = offsetBytes + data.remaining();
      if (prepared.stream().noneMatch(e -> e.offsetBytes() <= offsetBytes && end <= e.endBytes())) {
        throw new IllegalStateException(
            "%s bytes at %s were not prepared".formatted(data.remaining(), offsetBytes));
      }
      writtenBytes.addAndGet(data.remaining());
      data.get(bytes, (int) offsetBytes, data.remaining());
    }

    @Override
    public void flush() {
      flushed = true;
    }
  }
}
