package io.convoy.vfs;

import static java.util.Objects.requireNonNull;

import io.convoy.core.Age;
import io.convoy.core.ByteSize;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The driver's options as given; what is empty was not.
 *
 * @param path the directory that holds the volumes, absolute
 * @param defaultVolumeSizeBytes size of the disk image of a volume for a virtual machine
 * @param shared whether several hosts use that directory
 * @param lease for how long a host that gives no sign of life counts as having volumes mounted
 */
record VfsConfig(
    Optional<Path> path,
    OptionalLong defaultVolumeSizeBytes,
    Optional<Boolean> shared,
    Optional<Age> lease) {
  static final String PATH = "vfs.path";
  static final String DEFAULT_VOLUME_SIZE = "vfs.defaultvolumesize";
  static final String SHARED = "vfs.shared";
  static final String LEASE = "vfs.lease";
  static final Set<String> OPTIONS = Set.of(PATH, DEFAULT_VOLUME_SIZE, SHARED, LEASE);

  VfsConfig {
    requireNonNull(path, "path is null");
    requireNonNull(defaultVolumeSizeBytes, "defaultVolumeSizeBytes is null");
    requireNonNull(shared, "shared is null");
    requireNonNull(lease, "lease is null");
    if (path.isPresent() && (!path.get().isAbsolute() || path.get().getNameCount() == 0)) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': expected the absolute path of a directory".formatted(PATH, path.get()));
    }
    path = path.map(Path::normalize);
    if (defaultVolumeSizeBytes.isPresent() && defaultVolumeSizeBytes.getAsLong() <= 0) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': expected more than 0 bytes"
              .formatted(DEFAULT_VOLUME_SIZE, defaultVolumeSizeBytes.getAsLong()));
    }
  }

  /**
   * Parses the driver's options.
   *
   * @throws IllegalArgumentException if one is unknown, or its value makes no sense
   */
  static VfsConfig parse(Map<String, String> options) {
    for (String key : options.keySet()) {
      if (!OPTIONS.contains(key)) {
        throw new IllegalArgumentException(
            "Unknown option '%s': the vfs driver takes %s".formatted(key, new TreeSet<>(OPTIONS)));
      }
    }
    return new VfsConfig(
        Optional.ofNullable(options.get(PATH)).map(VfsConfig::parsePath),
        options.containsKey(DEFAULT_VOLUME_SIZE)
            ? OptionalLong.of(parseSize(options.get(DEFAULT_VOLUME_SIZE)))
            : OptionalLong.empty(),
        Optional.ofNullable(options.get(SHARED)).map(VfsConfig::parseShared),
        Optional.ofNullable(options.get(LEASE)).map(VfsConfig::parseLease));
  }

  private static boolean parseShared(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException(
              "Invalid %s '%s': expected true or false".formatted(SHARED, text));
    };
  }

  private static Age parseLease(String text) {
    try {
      return Age.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Invalid %s: %s".formatted(LEASE, e.getMessage()), e);
    }
  }

  private static Path parsePath(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "Invalid %s '%s': %s".formatted(PATH, text, e.getReason()), e);
    }
  }

  private static long parseSize(String text) {
    try {
      return ByteSize.parse(text).bytes();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Invalid %s: %s".formatted(DEFAULT_VOLUME_SIZE, e.getMessage()), e);
    }
  }
}
