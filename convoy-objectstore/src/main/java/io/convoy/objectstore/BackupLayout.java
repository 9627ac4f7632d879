package io.convoy.objectstore;

import com.google.common.base.Strings;
import io.convoy.core.BackupName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where everything is in a store. The only class that builds and parses keys; the tree stands in
 * the package's description.
 */
final class BackupLayout {
  static final String VOLUMES = "convoy-objectstore/volumes/";

  private static final int SEGMENT = 2;
  private static final int PADDED_LENGTH = 2 * SEGMENT;
  private static final String PAD = "!";
  private static final String CONFIG = "volume.cfg";
  private static final Pattern HEADER = Pattern.compile("backup_(.+)\\.cfg");
  private static final Pattern BLOCK =
      Pattern.compile("([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{64})\\.blk");
  private static final Pattern DIRECTORY = Pattern.compile("([^~!]+)(~[0-9a-f]{8})?");
  private static final int UUID_DIGITS = 8;

  private final String directory;
  private final String prefix;

  /**
   * Returns the layout of one volume's part of a store.
   *
   * @param directory the volume's name, or for a second volume of that name the name, '~' and the
   *     first digits of its UUID
   */
  BackupLayout(String directory) {
    Matcher matcher = DIRECTORY.matcher(directory);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no volume's directory in a store".formatted(directory));
    }
    String ignored = new VolumeName(matcher.group(1)).value();
    this.directory = directory;
    String padded = padded(directory);
    String second = padded.substring(SEGMENT, PADDED_LENGTH);
    this.prefix =
        VOLUMES
            + padded.substring(0, SEGMENT)
            + "/"
            // 'ab..c' is a volume's name, but no segment of a key.
            + (second.equals("..") ? PAD.repeat(SEGMENT) : second)
            + "/"
            + padded
            + "/";
  }

  private static String padded(String directory) {
    return Strings.padEnd(directory, PADDED_LENGTH, PAD.charAt(0));
  }

  /** Returns the directory's name for a volume whose name another volume has in the store. */
  static String strangersDirectory(VolumeName name, UUID uuid) {
    return name + "~" + uuid.toString().substring(0, UUID_DIGITS);
  }

  /** Returns the directories that a volume may have, the best first. */
  static List<String> directories(Volume volume) {
    return List.of(volume.name().value(), strangersDirectory(volume.name(), volume.uuid()));
  }

  /** Returns the name of the volume directory that a listed directory is, if it is one. */
  static Optional<String> parseDirectory(String listed) {
    String directory = listed;
    while (directory.endsWith(PAD)) {
      directory = directory.substring(0, directory.length() - 1);
    }
    Matcher matcher = DIRECTORY.matcher(directory);
    if (!matcher.matches() || !padded(directory).equals(listed)) {
      return Optional.empty();
    }
    try {
      String ignored = new VolumeName(matcher.group(1)).value();
      return Optional.of(directory);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns whether a volume of that name may be in this directory. */
  static boolean mayHold(String directory, VolumeName name) {
    Matcher matcher = DIRECTORY.matcher(directory);
    return matcher.matches() && matcher.group(1).equals(name.value());
  }

  String directory() {
    return directory;
  }

  ObjectKey volumeConfig() {
    return new ObjectKey(prefix + CONFIG);
  }

  String headersPrefix() {
    return prefix + "backups/";
  }

  ObjectKey header(BackupName backup) {
    return new ObjectKey(headersPrefix() + "backup_" + backup + ".cfg");
  }

  /** Returns which backup's header a key is, if it is one. */
  Optional<BackupName> parseHeader(ObjectKey key) {
    Matcher matcher = HEADER.matcher(key.value().substring(headersPrefix().length()));
    return matcher.matches() ? backupName(matcher.group(1)) : Optional.empty();
  }

  String pendingPrefix() {
    return prefix + "pending/";
  }

  /** Returns where a backup's header waits to be published. */
  ObjectKey pending(BackupName backup) {
    return new ObjectKey(pendingPrefix() + "backup_" + backup + ".cfg");
  }

  /** Returns which backup's header waits at a key, if it is one. */
  Optional<BackupName> parsePending(ObjectKey key) {
    Matcher matcher = HEADER.matcher(key.value().substring(pendingPrefix().length()));
    return matcher.matches() ? backupName(matcher.group(1)) : Optional.empty();
  }

  String mapsPrefix() {
    return prefix + "maps/";
  }

  ObjectKey map(BackupName backup) {
    return new ObjectKey(mapsPrefix() + backup + ".map");
  }

  String singleFilesPrefix() {
    return prefix + "BackupFiles/";
  }

  ObjectKey singleFile(BackupName backup) {
    return new ObjectKey(singleFilesPrefix() + backup + ".bak");
  }

  String blocksPrefix() {
    return prefix + "blocks/";
  }

  ObjectKey block(String name) {
    return new ObjectKey(
        blocksPrefix()
            + name.substring(0, SEGMENT)
            + "/"
            + name.substring(SEGMENT, PADDED_LENGTH)
            + "/"
            + name
            + ".blk");
  }

  /** Returns the name of the block that a key is, if it is one. */
  Optional<String> parseBlock(ObjectKey key) {
    Matcher matcher = BLOCK.matcher(key.value().substring(blocksPrefix().length()));
    return matcher.matches() && matcher.group(3).startsWith(matcher.group(1) + matcher.group(2))
        ? Optional.of(matcher.group(3))
        : Optional.empty();
  }

  String damagedPrefix() {
    return prefix + "damaged/";
  }

  /** Returns where it is noted that a block is damaged. */
  ObjectKey damaged(String name) {
    return new ObjectKey(damagedPrefix() + name);
  }

  /** Returns the name of the block that a key says is damaged, if it is one. */
  Optional<String> parseDamaged(ObjectKey key) {
    return Optional.of(key.value().substring(damagedPrefix().length())).filter(BlockRef::isName);
  }

  String locksPrefix() {
    return prefix + "locks/";
  }

  private static Optional<BackupName> backupName(String text) {
    try {
      return Optional.of(new BackupName(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
