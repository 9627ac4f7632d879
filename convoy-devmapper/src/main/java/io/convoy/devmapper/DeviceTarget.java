package io.convoy.devmapper;

import io.convoy.core.BlockTarget;
import io.convoy.core.TargetFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;

/** A volume's device, to be filled. */
final class DeviceTarget implements BlockTarget, AutoCloseable {
  private final TargetFile device;
  private final long sizeBytes;
  private final Optional<BlockZeroing> zeroing;

  private DeviceTarget(TargetFile device, long sizeBytes, Optional<BlockZeroing> zeroing) {
    this.device = device;
    this.sizeBytes = sizeBytes;
    this.zeroing = zeroing;
  }

  /**
   * Opens a device, which must be there: to make a file in its place would look like a success.
   *
   * @param config says whether the pool clears its blocks
   */
  static DeviceTarget open(BlockDevices devices, Path node, long sizeBytes, ThinPoolConfig config)
      throws IOException {
    devices.number(node);
    TargetFile device = TargetFile.open(node);
    try {
      long actual = devices.sizeBytes(node);
      if (actual != sizeBytes) {
        throw new IOException("'%s' has %s bytes, expected %s".formatted(node, actual, sizeBytes));
      }
      return new DeviceTarget(
          device,
          sizeBytes,
          config.zeroNewBlocks()
              ? Optional.empty()
              : Optional.of(new BlockZeroing(device, sizeBytes, config.blockBytes())));
    } catch (IOException | RuntimeException e) {
      device.close();
      throw e;
    }
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void write(long offsetBytes, ByteBuffer data) throws IOException {
    if (offsetBytes < 0 || offsetBytes + data.remaining() > sizeBytes) {
      throw new IOException(
          "%s bytes at %s are beyond the device's end at %s"
              .formatted(data.remaining(), offsetBytes, sizeBytes));
    }
    if (zeroing.isPresent()) {
      zeroing.get().prepare(offsetBytes, data.remaining());
    }
    device.write(offsetBytes, data);
  }

  @Override
  public void flush() throws IOException {
    device.flush();
  }

  @Override
  public void close() throws IOException {
    device.close();
  }

  /**
   * Clears each block of the pool before a part of it is written for the first time: a pool that
   * does not do so itself shows there what was deleted from other volumes.
   */
  private static final class BlockZeroing {
    private static final int MOST_AT_ONCE_BYTES = 4 << 20;

    private final TargetFile device;
    private final long sizeBytes;
    private final long blockBytes;
    private final BitSet cleared = new BitSet();

    BlockZeroing(TargetFile device, long sizeBytes, long blockBytes) {
      this.device = device;
      this.sizeBytes = sizeBytes;
      this.blockBytes = blockBytes;
    }

    synchronized void prepare(long offsetBytes, int lengthBytes) throws IOException {
      long end = offsetBytes + lengthBytes;
      for (long start = offsetBytes / blockBytes * blockBytes; start < end; start += blockBytes) {
        int index = Math.toIntExact(start / blockBytes);
        long blockEnd = Math.min(start + blockBytes, sizeBytes);
        if (!cleared.get(index) && (offsetBytes > start || end < blockEnd)) {
          clear(start, blockEnd);
        }
        cleared.set(index);
      }
    }

    private void clear(long from, long to) throws IOException {
      ByteBuffer zeros = TargetFile.allocate((int) Math.min(to - from, MOST_AT_ONCE_BYTES));
      for (long at = from; at < to; at += zeros.capacity()) {
        device.write(at, zeros.clear().limit((int) Math.min(zeros.capacity(), to - at)));
      }
    }
  }
}
