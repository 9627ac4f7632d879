package io.convoy.devmapper;

import com.google.common.collect.ImmutableList;
import io.convoy.core.process.CommandFailedException;
import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The file systems that Convoy makes on a volume. */
enum Filesystem {
  EXT4(ImmutableList.of("mkfs.ext4", "-q", "-F", "-E", "nodiscard"), ImmutableList.of()),
  // A restored volume has the UUID of the one that was backed up, which may be mounted beside it.
  XFS(ImmutableList.of("mkfs.xfs", "-q", "-f", "-K"), ImmutableList.of("-o", "nouuid"));

  /**
   * Says to a mkfs.ext4 of our days that the device is all zeros. Else the kernel writes zeros to
   * the inode tables in the time after the first mount, which takes blocks of the pool and makes
   * the next backups larger.
   */
  private static final String PREZEROED = "assume_storage_prezeroed";

  private static final Duration MAKE_LIMIT = Duration.ofMinutes(10);
  private static final Duration PROBE_LIMIT = Duration.ofMinutes(1);

  /** blkid found nothing that it knows. */
  private static final int BLKID_NOTHING = 2;

  /** blkid found several things that exclude each other. */
  private static final int BLKID_AMBIVALENT = 8;

  private final ImmutableList<String> makeCommand;
  private final ImmutableList<String> mountOptions;

  Filesystem(ImmutableList<String> makeCommand, ImmutableList<String> mountOptions) {
    this.makeCommand = makeCommand;
    this.mountOptions = mountOptions;
  }

  /** Returns the file system of that name. */
  static Filesystem parse(String name) {
    for (Filesystem filesystem : values()) {
      if (filesystem.toString().equals(name)) {
        return filesystem;
      }
    }
    throw new IllegalArgumentException(
        "Invalid file system '%s': expected ext4 or xfs".formatted(name));
  }

  /** Returns the name of what is on a device: a file system or something else, or empty. */
  static Optional<String> probe(CommandRunner commands, Path device) throws IOException {
    try {
      String found =
          commands
              .run(
                  List.of("blkid", "-p", "-s", "TYPE", "-s", "PTTYPE", "-o", "value", device + ""),
                  PROBE_LIMIT)
              .strip();
      return found.isEmpty() ? Optional.empty() : Optional.of(found.lines().findFirst().get());
    } catch (CommandFailedException e) {
      if (e.exitStatus() == BLKID_NOTHING) {
        return Optional.empty();
      }
      if (e.exitStatus() == BLKID_AMBIVALENT) {
        return Optional.of("several things at once");
      }
      throw e;
    }
  }

  /**
   * Makes an empty one on a device, in place of what is there.
   *
   * @param zeros whether the device is known to be all zeros, and blocks that it is given later too
   */
  void make(CommandRunner commands, Path device, boolean zeros) throws IOException {
    if (this == EXT4 && zeros) {
      try {
        commands.run(makeCommand("," + PREZEROED + "=1", device), MAKE_LIMIT);
        return;
      } catch (CommandFailedException e) {
        if (!e.errorOutput().contains(PREZEROED)) {
          throw e;
        }
        // An older one, which does not know that and has written nothing.
      }
    }
    commands.run(makeCommand("", device), MAKE_LIMIT);
  }

  private List<String> makeCommand(String moreOptions, Path device) {
    List<String> argv = new ArrayList<>(makeCommand);
    argv.set(argv.size() - 1, argv.get(argv.size() - 1) + moreOptions);
    argv.add(device.toString());
    return argv;
  }

  /** Returns the options for {@code mount} that this file system needs. */
  ImmutableList<String> mountOptions() {
    return mountOptions;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
