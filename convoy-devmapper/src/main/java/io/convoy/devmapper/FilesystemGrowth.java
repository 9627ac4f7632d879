package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;

import io.convoy.core.ByteSize;
import io.convoy.core.process.CommandFailedException;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.state.AtomicFiles;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Has a file system fill a device that is larger than the one it was made on. */
final class FilesystemGrowth {
  private static final Logger LOGGER = System.getLogger(FilesystemGrowth.class.getName());
  private static final Duration LIMIT = Duration.ofMinutes(30);

  /** e2fsck mended something, and all is well now. */
  private static final int E2FSCK_CORRECTED = 1;

  private final CommandRunner commands;
  private final ThinPoolConfig config;
  private final Path mountParent;

  /**
   * Makes one.
   *
   * @param mountParent where a file system is mounted for the time that takes
   */
  FilesystemGrowth(CommandRunner commands, ThinPoolConfig config, Path mountParent) {
    this.commands = commands;
    this.config = config;
    this.mountParent = mountParent;
  }

  /**
   * Grows what is on a device that nobody uses, if the device has at least a block of the pool to
   * spare; else every byte stays as it was restored.
   *
   * @param filesystem what is there; one that Convoy does not make is left as it is
   */
  void grow(String filesystem, Path node, long sizeBytes) throws IOException {
    switch (filesystem) {
      case "ext4" -> {
        String superblock = commands.run(List.of("dumpe2fs", "-h", node.toString()), LIMIT);
        long bytes =
            number("Block count: +(\\d+)", superblock) * number("Block size: +(\\d+)", superblock);
        if (isLarger(node, sizeBytes, bytes)) {
          growExt4(node);
        }
      }
      case "xfs" -> {
        String superblock =
            commands.run(
                List.of("xfs_db", "-r", "-c", "sb 0", "-c", "print dblocks blocksize", node + ""),
                LIMIT);
        long bytes =
            number("dblocks = (\\d+)", superblock) * number("blocksize = (\\d+)", superblock);
        if (isLarger(node, sizeBytes, bytes)) {
          growXfs(node);
        }
      }
      default -> LOGGER.log(INFO, "''{0}'' holds {1}, which is left as it is", node, filesystem);
    }
  }

  /** Grows what is mounted from a device that has grown. */
  void growMounted(String filesystem, Path node, Path mountPoint) throws IOException {
    switch (filesystem) {
      case "ext4" -> commands.run(List.of("resize2fs", node.toString()), LIMIT);
      case "xfs" -> commands.run(List.of("xfs_growfs", "-d", mountPoint.toString()), LIMIT);
      default -> LOGGER.log(INFO, "''{0}'' holds {1}, which is left as it is", node, filesystem);
    }
  }

  private boolean isLarger(Path node, long sizeBytes, long filesystemBytes) {
    if (config.roundUp(filesystemBytes) >= sizeBytes) {
      return false;
    }
    LOGGER.log(
        INFO,
        "''{0}'': the file system grows from {1} to {2}",
        node,
        new ByteSize(filesystemBytes),
        new ByteSize(sizeBytes));
    return true;
  }

  private static long number(String pattern, String text) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new IOException("there is no '%s' in '%s'".formatted(pattern, text.strip()));
    }
    return Long.parseLong(matcher.group(1));
  }

  private void growExt4(Path node) throws IOException {
    try {
      // resize2fs wants it.
      commands.run(List.of("e2fsck", "-f", "-p", node.toString()), LIMIT);
    } catch (CommandFailedException e) {
      if (e.exitStatus() != E2FSCK_CORRECTED) {
        throw e;
      }
    }
    commands.run(List.of("resize2fs", node.toString()), LIMIT);
  }

  /** XFS grows while it is mounted only. */
  private void growXfs(Path node) throws IOException {
    AtomicFiles.createDirectories(mountParent);
    Path place = Files.createTempDirectory(mountParent, ".grow-");
    commands.run(
        List.of("mount", "-t", "xfs", "-o", "nouuid", node.toString(), place.toString()), LIMIT);
    try {
      commands.run(List.of("xfs_growfs", "-d", place.toString()), LIMIT);
    } finally {
      commands.run(List.of("umount", place.toString()), LIMIT);
      Files.delete(place);
    }
  }
}
