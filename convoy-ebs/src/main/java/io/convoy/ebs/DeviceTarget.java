package io.convoy.ebs;

import io.convoy.core.BlockTarget;
import io.convoy.core.TargetFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The device of a fresh volume, to be filled; what is not written there reads as zeros. */
final class DeviceTarget implements BlockTarget, AutoCloseable {
  private final TargetFile device;
  private final long sizeBytes;

  private DeviceTarget(TargetFile device, long sizeBytes) {
    this.device = device;
    this.sizeBytes = sizeBytes;
  }

  static DeviceTarget open(Path device, long sizeBytes) throws IOException {
    return new DeviceTarget(TargetFile.open(device), sizeBytes);
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
}
