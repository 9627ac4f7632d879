package io.convoy.ebs;

import io.convoy.core.process.CommandFailedException;
import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What file system is on a device.
 *
 * @param type as {@code mount -t} wants it
 * @param uuid as blkid tells it
 */
record Filesystem(String type, String uuid) {
  private static final Duration MAKE_LIMIT = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final Duration PROBE_LIMIT = Duration.ofMinutes(1);

  /** blkid found nothing that it knows. */
  private static final int BLKID_NOTHING = 2;

  /** e2fsck mended something, and all is well now. */
  private static final int E2FSCK_CORRECTED = 1;

  private static final long MIB = 1L << 20;
  private static final int SAMPLES = 64;
  private static final int SAMPLE_BYTES = 4096;

  /** Reads one as it stands in a tag. */
  static Filesystem parse(String text) {
    int colon = text.indexOf(':');
    return new Filesystem(text.substring(0, Math.max(colon, 0)), text.substring(colon + 1));
  }

  @Override
  public String toString() {
    return type + ":" + uuid;
  }

  /** Returns what is on a device; a partition table is something, too. */
  static Optional<Filesystem> probe(CommandRunner commands, Path device) throws IOException {
    String found;
    try {
      found = commands.run(List.of("blkid", "-p", "-o", "export", device.toString()), PROBE_LIMIT);
    } catch (CommandFailedException e) {
      if (e.exitStatus() == BLKID_NOTHING) {
        return Optional.empty();
      }
      throw e;
    }
    Map<String, String> values = new HashMap<>();
    for (String line : found.lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    String type = values.getOrDefault("TYPE", values.getOrDefault("PTTYPE", "unknown"));
    return Optional.of(new Filesystem(type, values.getOrDefault("UUID", "")));
  }

  /** Returns whether a device in which no file system was found holds nothing else either. */
  static boolean isBlank(Path device) throws IOException {
    try (FileChannel channel = FileChannel.open(device)) {
      long size = channel.size();
      if (!isZero(channel, 0, Math.min(size, 4 * MIB))
          || !isZero(channel, Math.max(0, size - MIB), Math.min(size, MIB))) {
        return false;
      }
      for (int i = 1; i < SAMPLES; i++) {
        long offset = size / SAMPLES * i / SAMPLE_BYTES * SAMPLE_BYTES;
        if (!isZero(channel, offset, Math.min(SAMPLE_BYTES, size - offset))) {
          return false;
        }
      }
      return true;
    }
  }

  private static boolean isZero(FileChannel channel, long offset, long length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) MIB);
    for (long at = offset; at < offset + length; ) {
      buffer.clear().limit((int) Math.min(MIB, offset + length - at));
      int count = channel.read(buffer, at);
      if (count <= 0) {
        throw new IOException("device ends at %s while it is read".formatted(at));
      }
      for (int i = 0; i < count; i++) {
        if (buffer.get(i) != 0) {
          return false;
        }
      }
      at += count;
    }
    return true;
  }

  /** Makes an ext4 on a device that is blank, with a UUID that tells whose it is. */
  static Filesystem make(CommandRunner commands, Path device, UUID uuid) throws IOException {
    commands.run(
        List.of("mkfs.ext4", "-q", "-E", "nodiscard", "-U", uuid.toString(), device.toString()),
        MAKE_LIMIT);
    return new Filesystem("ext4", uuid.toString());
  }

  /** Returns whether an ext4 is whole; nothing is mended. */
  static boolean isWholeExt4(CommandRunner commands, Path device) throws IOException {
    try {
      commands.run(List.of("e2fsck", "-f", "-n", device.toString()), LIMIT);
      return true;
    } catch (CommandFailedException e) {
      return false;
    }
  }

  /** Has an ext4 that is not mounted fill a device that is larger. */
  static void growExt4(CommandRunner commands, Path device) throws IOException {
    String superblock = commands.run(List.of("dumpe2fs", "-h", device.toString()), LIMIT);
    long bytes =
        number("Block count: +(\\d+)", superblock) * number("Block size: +(\\d+)", superblock);
    if (DeviceFinder.sizeBytes(device) - bytes < MIB) {
      return;
    }
    try {
      // resize2fs wants it.
      commands.run(List.of("e2fsck", "-f", "-p", device.toString()), LIMIT);
    } catch (CommandFailedException e) {
      if (e.exitStatus() != E2FSCK_CORRECTED) {
        throw e;
      }
    }
    commands.run(List.of("resize2fs", device.toString()), LIMIT);
  }

  /** Has this file system, which is mounted, fill its device; does nothing if it does. */
  void growMounted(CommandRunner commands, Path device, Path mountPoint) throws IOException {
    switch (type) {
      case "xfs" -> growXfs(commands, mountPoint);
      case "ext4" -> commands.run(List.of("resize2fs", device.toString()), LIMIT);
      default ->
          throw new IOException(
              "'%s' holds %s, which is not known to grow: expected ext4 or xfs"
                  .formatted(device, type));
    }
  }

  private static long number(String pattern, String text) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new IOException("there is no '%s' in '%s'".formatted(pattern, text.strip()));
    }
    return Long.parseLong(matcher.group(1));
  }

  /** Has an XFS that is mounted fill its device. */
  static void growXfs(CommandRunner commands, Path mountPoint) throws IOException {
    commands.run(List.of("xfs_growfs", "-d", mountPoint.toString()), LIMIT);
  }
}
