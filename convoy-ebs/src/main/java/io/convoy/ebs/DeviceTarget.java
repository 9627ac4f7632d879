package io.convoy.ebs;

import static java.nio.file.StandardOpenOption.WRITE;

import io.convoy.core.BlockTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The device of a fresh volume, to be filled; what is not written there reads as zeros. */
final class DeviceTarget implements BlockTarget, AutoCloseable {
  private final FileChannel channel;
  private final long sizeBytes;

  private DeviceTarget(FileChannel channel, long sizeBytes) {
    this.channel = channel;
    this.sizeBytes = sizeBytes;
  }

  static DeviceTarget open(Path device, long sizeBytes) throws IOException {
    return new DeviceTarget(FileChannel.open(device, WRITE), sizeBytes);
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
