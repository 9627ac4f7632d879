package io.convoy.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.convoy.core.ByteSize;
import io.convoy.core.process.CommandFailedException;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.RunningCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How a disk is divided into a thin pool's metadata and data. */
final class PoolPlan {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final long MIB = 1L << 20;
  private static final int SECTOR_BYTES = 512;

  /** A partition table at each end of the disk, and partitions that begin at whole MiB. */
  private static final long TABLE_BYTES = 2 * MIB;

  /** With less, what a backup has the pool hold soon fills it. */
  private static final long MIN_METADATA_BYTES = 16 * MIB;

  // dm-thin-metadata.h: THIN_METADATA_MAX_SECTORS is a little less than this
  private static final long MAX_METADATA_BYTES = 16L << 30;

  private static final long MIN_BLOCK_BYTES = 64 << 10;
  private static final long MAX_BLOCK_BYTES = 1L << 30;

  /** blkid found nothing that it knows. */
  private static final int BLKID_NOTHING = 2;

  private final CommandRunner commands;
  private final Path device;
  private final long diskBytes;
  private final long blockBytes;
  private final long metadataBytes;

  private PoolPlan(
      CommandRunner commands, Path device, long diskBytes, long blockBytes, long metadataBytes) {
    this.commands = commands;
    this.device = device;
    this.diskBytes = diskBytes;
    this.blockBytes = blockBytes;
    this.metadataBytes = metadataBytes;
  }

  /**
   * Plans.
   *
   * @param volumes how many volumes and snapshots there will be at most
   * @throws IllegalArgumentException if a number makes no sense, or the disk is too small
   */
  static PoolPlan of(Path device, long blockBytes, long volumes, CommandRunner commands)
      throws IOException {
    if (blockBytes < MIN_BLOCK_BYTES
        || blockBytes > MAX_BLOCK_BYTES
        || blockBytes % MIN_BLOCK_BYTES != 0) {
      throw new IllegalArgumentException(
          "Invalid block size %s: expected a multiple of 64K up to 1G"
              .formatted(new ByteSize(blockBytes)));
    }
    if (volumes < 1 || volumes >= 1 << 24) {
      throw new IllegalArgumentException(
          "Invalid number of volumes %s: expected 1 to %s".formatted(volumes, (1 << 24) - 1));
    }
    Path real = device.toRealPath();
    long diskBytes = sizeBytes(real);
    long needed =
        Long.parseLong(
            commands
                .run(
                    List.of(
                        "thin_metadata_size",
                        "--block-size",
                        blockBytes / SECTOR_BYTES + "s",
                        "--pool-size",
                        diskBytes / SECTOR_BYTES + "s",
                        "--max-thins",
                        Long.toString(volumes),
                        "--unit",
                        "b",
                        "--numeric-only"),
                    LIMIT)
                .strip());
    // Twice: changes are written beside what a backup has the pool hold.
    long metadata = (2 * needed + MIB - 1) / MIB * MIB;
    metadata = Math.min(Math.max(metadata, MIN_METADATA_BYTES), MAX_METADATA_BYTES);
    if (diskBytes < TABLE_BYTES + metadata + blockBytes) {
      throw new IllegalArgumentException(
          "'%s' has %s: expected at least %s for the metadata and one block"
              .formatted(
                  device,
                  new ByteSize(diskBytes),
                  new ByteSize(TABLE_BYTES + metadata + blockBytes)));
    }
    return new PoolPlan(commands, real, diskBytes, blockBytes, metadata);
  }

  private static Path sysfs(Path device) throws IOException {
    Path directory = Path.of("/sys/class/block").resolve(device.getFileName());
    if (!Files.isDirectory(directory) || Files.exists(directory.resolve("partition"))) {
      throw new IOException("'%s' is no disk: expected a whole one".formatted(device));
    }
    return directory;
  }

  private static long sizeBytes(Path device) throws IOException {
    return Long.parseLong(Files.readString(sysfs(device).resolve("size")).strip()) * SECTOR_BYTES;
  }

  private String partition(int number) {
    String name = device.toString();
    return name + (Character.isDigit(name.charAt(name.length() - 1)) ? "p" : "") + number;
  }

  private String table() {
    return "label: gpt\nsize=%s, name=convoy-metadata\nname=convoy-data\n"
        .formatted(metadataBytes / SECTOR_BYTES);
  }

  /** Returns what is planned, and the commands for it. */
  String describe(boolean written) {
    String daemon =
        "convoy daemon --drivers devicemapper --driver-opts dm.datadev=%s --driver-opts dm.metadatadev=%s%s"
            .formatted(
                partition(2),
                partition(1),
                blockBytes == 2 * MIB
                    ? ""
                    : " --driver-opts dm.thinpoolblocksize=" + blockBytes / SECTOR_BYTES);
    return "%s: %s, of which %s metadata and %s data%n%n  printf '%s' | sfdisk %s%s%n  %s%n"
        .formatted(
            device,
            new ByteSize(diskBytes),
            new ByteSize(metadataBytes),
            new ByteSize(diskBytes - TABLE_BYTES - metadataBytes),
            table().replace("\n", "\\n"),
            device,
            written ? "   # done" : "",
            daemon);
  }

  /**
   * Makes the partitions.
   *
   * @throws IOException if the disk holds anything or is used, and then it is left as it is
   */
  void write() throws IOException {
    checkEmpty();
    try (RunningCommand sfdisk =
        commands.start(List.of("sfdisk", "--quiet", "--wipe", "never", device.toString()))) {
      try (OutputStream input = sfdisk.standardInput()) {
        input.write(table().getBytes(US_ASCII));
      }
      sfdisk.waitForSuccess();
    }
  }

  private void checkEmpty() throws IOException {
    Path directory = sysfs(device);
    try (var entries = Files.list(directory)) {
      if (entries.anyMatch(entry -> Files.exists(entry.resolve("partition")))) {
        throw refusal("has partitions");
      }
    }
    try (var holders = Files.list(directory.resolve("holders"))) {
      List<String> names = holders.map(holder -> holder.getFileName().toString()).toList();
      if (!names.isEmpty()) {
        throw refusal("is a part of " + names);
      }
    }
    String number = Files.readString(directory.resolve("dev")).strip();
    try (var mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      if (mounts.anyMatch(mount -> mount.split(" ", -1)[2].equals(number))) {
        throw refusal("is mounted");
      }
    }
    try (var swaps = Files.lines(Path.of("/proc/swaps"))) {
      if (swaps.anyMatch(swap -> swap.startsWith(device + " "))) {
        throw refusal("is swapped to");
      }
    }
    byte[] start;
    try (InputStream content = Files.newInputStream(device)) {
      start = content.readNBytes((int) MIB);
    }
    try {
      String found = commands.run(List.of("blkid", "-p", device.toString()), LIMIT).strip();
      throw refusal("holds something (%s)".formatted(found));
    } catch (CommandFailedException e) {
      if (e.exitStatus() != BLKID_NOTHING) {
        throw e;
      }
    }
    // A pool's devices have no mark that blkid knows.
    for (byte b : start) {
      if (b != 0) {
        throw refusal("holds something (its first MiB is not all zeros)");
      }
    }
  }

  private IOException refusal(String fact) {
    return new IOException(
        "'%s' %s: expected an empty disk; nothing was written".formatted(device, fact));
  }
}
