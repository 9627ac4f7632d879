package io.convoy.ebs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the device of an attached volume: on Nitro instances by the serial number of the NVMe
 * device, which is the volume's ID; on Xen instances by the name of the attachment. Never by size,
 * or by being new.
 */
final class DeviceFinder {
  private final Path devices;
  private final Path blocks;

  /**
   * Makes one.
   *
   * @param devices {@code /dev}
   * @param system {@code /sys}
   */
  DeviceFinder(Path devices, Path system) {
    this.devices = devices;
    this.blocks = system.resolve("block");
  }

  /** Returns the device of a volume, or empty if the kernel does not show it. */
  Optional<Path> find(EbsVolume volume, String instanceId) throws IOException {
    Map<String, Path> serials = bySerial();
    Path found = serials.get(volume.id());
    if (found == null
        && serials.isEmpty()
        && volume.isAttachedTo(instanceId)
        && volume.attachment().orElseThrow().state().equals("attached")) {
      found = byName(volume.attachment().orElseThrow().device());
    }
    if (found == null || Files.notExists(found)) {
      return Optional.empty();
    }
    return Optional.of(found);
  }

  /** Returns the devices of NVMe volumes by the ID of the volume. */
  Map<String, Path> bySerial() throws IOException {
    Map<String, Path> found = new HashMap<>();
    if (!Files.isDirectory(blocks)) {
      return found;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(blocks, "nvme*")) {
      for (Path block : all) {
        Path serial = block.resolve("device").resolve("serial");
        if (Files.isReadable(serial)) {
          String text = Files.readString(serial).strip();
          if (text.matches("vol-?[0-9a-f]+")) {
            found.put(
                "vol-" + text.replaceFirst("vol-?", ""),
                devices.resolve(block.getFileName().toString()));
          }
        }
      }
    }
    return found;
  }

  /** The kernel calls {@code /dev/sdf} {@code /dev/xvdf}, or as it is called. */
  private Path byName(String attachmentName) {
    String name = attachmentName.replaceFirst("^/dev/", "");
    Path xen = devices.resolve(name.replaceFirst("^sd", "xvd"));
    return Files.exists(xen) ? xen : devices.resolve(name);
  }

  /** Returns whether the kernel has a device that goes by the name of an attachment. */
  boolean isTaken(String attachmentName) {
    return Files.exists(byName(attachmentName));
  }

  /** Returns what the kernel numbers a device, {@code major:minor}. */
  static String number(Path device) throws IOException {
    if (!(Files.getAttribute(device, "unix:rdev") instanceof Long rdev)) {
      throw new IOException("'%s' has no device number".formatted(device));
    }
    // As makedev(3) puts them together.
    long major = ((rdev >>> 8) & 0xfff) | ((rdev >>> 32) & ~0xfffL);
    long minor = (rdev & 0xff) | ((rdev >>> 12) & ~0xffL);
    return major + ":" + (minor & 0xffffffffL);
  }

  static long sizeBytes(Path device) throws IOException {
    try (FileChannel channel = FileChannel.open(device)) {
      return channel.size();
    }
  }
}
