package io.convoy.devmapper;

import static java.nio.file.StandardOpenOption.WRITE;

import io.convoy.core.BlockTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A volume's device, to be filled. */
final class DeviceTarget implements BlockTarget, AutoCloseable {
  private final FileChannel channel;
  private final long sizeBytes;

  private DeviceTarget(FileChannel channel, long sizeBytes) {
    this.channel = channel;
    this.sizeBytes = sizeBytes;
  }

  /** Opens a device, which must be there: to make a file in its place would look like a success. */
  static DeviceTarget open(BlockDevices devices, Path node, long sizeBytes) throws IOException {
    devices.number(node);
    FileChannel channel = FileChannel.open(node, WRITE);
    try {
      long actual = devices.sizeBytes(node);
      if (actual != sizeBytes) {
        throw new IOException("'%s' has %s bytes, expected %s".formatted(node, actual, sizeBytes));
      }
      return new DeviceTarget(channel, sizeBytes);
    } catch (IOException | RuntimeException e) {
      channel.close();
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
    long offset = offsetBytes;
    while (data.hasRemaining()) {
      offset += channel.write(data, offset);
    }
  }

  @Override
  public void flush() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
