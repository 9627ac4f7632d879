package io.convoy.devmapper;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Block devices by the kernel's word. */
final class KernelBlockDevices implements BlockDevices {
  // stat(2): S_IFMT and S_IFBLK
  private static final int FILE_TYPE_MASK = 0170000;
  private static final int BLOCK_DEVICE = 0060000;

  @Override
  public DeviceNumber number(Path device) throws IOException {
    int mode;
    long number;
    try {
      mode = (int) Files.getAttribute(device, "unix:mode");
      number = (long) Files.getAttribute(device, "unix:rdev");
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(device.toString(), null, "there is no such block device");
    }
    if ((mode & FILE_TYPE_MASK) != BLOCK_DEVICE) {
      throw new IOException("'%s' is not a block device".formatted(device));
    }
    return decode(number);
  }

  /** Takes a number apart as gnu_dev_major and gnu_dev_minor of glibc do. */
  private static DeviceNumber decode(long number) {
    long major = ((number >>> 8) & 0xfff) | ((number >>> 32) & ~0xfffL);
    long minor = (number & 0xff) | ((number >>> 12) & 0xffffff00L);
    return new DeviceNumber(major, minor);
  }

  @Override
  public List<String> holders(DeviceNumber device) throws IOException {
    try (Stream<Path> above = Files.list(Path.of("/sys/dev/block", device.toString(), "holders"))) {
      return above.map(holder -> holder.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException e) {
      // Partitions and the like may have none.
      return List.of();
    }
  }

  @Override
  public long sizeBytes(Path device) throws IOException {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
      return channel.size();
    }
  }
}
