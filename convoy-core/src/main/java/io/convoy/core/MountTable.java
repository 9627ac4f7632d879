package io.convoy.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is mounted on this host, by the kernel's word. */
public final class MountTable {
  // proc(5), /proc/pid/mountinfo
  private static final int DEVICE_FIELD = 2;
  private static final int MOUNT_POINT_FIELD = 4;
  private static final String SEPARATOR = "-";
  private static final int TYPE_AFTER_SEPARATOR = 1;
  private static final int OPTIONS_AFTER_SEPARATOR = 3;
  private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

  private final Path mountInfo;

  /** Makes one that reads a file as that of {@link #ofThisProcess}. */
  public MountTable(Path mountInfo) {
    this.mountInfo = mountInfo;
  }

  /** Returns the one of this process's mount namespace. */
  public static MountTable ofThisProcess() {
    return new MountTable(Path.of("/proc/self/mountinfo"));
  }

  /**
   * A device and where it is mounted.
   *
   * @param device its number, {@code major:minor}
   * @param type of the file system, such as {@code nfs4}
   * @param options of the file system, wherever it is mounted, such as {@code nolock}
   */
  public record Mount(String device, Path mountPoint, String type, List<String> options) {
    static Mount parse(List<String> fields) {
      int separator = fields.indexOf(SEPARATOR);
      boolean whole = separator >= 0 && separator + OPTIONS_AFTER_SEPARATOR < fields.size();
      return new Mount(
          fields.get(DEVICE_FIELD),
          Path.of(unescape(fields.get(MOUNT_POINT_FIELD))),
          whole ? fields.get(separator + TYPE_AFTER_SEPARATOR) : "",
          whole
              ? List.of(fields.get(separator + OPTIONS_AFTER_SEPARATOR).split(",", -1))
              : List.of());
    }
  }

  /** Returns all mounts, in order; of several at one place the last is the one that shows. */
  public List<Mount> all() throws IOException {
    List<Mount> mounts = new ArrayList<>();
    for (String line : Files.readAllLines(mountInfo, ISO_8859_1)) {
      List<String> fields = List.of(line.split(" ", -1));
      if (fields.size() > MOUNT_POINT_FIELD) {
        mounts.add(Mount.parse(fields));
      }
    }
    return mounts;
  }

  /** Returns a field of a table of mounts, or of fstab, as text: {@code \\040} is a space. */
  public static String unescape(String field) {
    String plain =
        ESCAPE
            .matcher(field)
            .replaceAll(
                match ->
                    Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(match.group(1), 8))));
    return new String(plain.getBytes(ISO_8859_1), UTF_8);
  }

  /**
   * Returns where a device is mounted, in order.
   *
   * @param device its number, {@code major:minor}
   */
  public List<Path> mountPointsOf(String device) throws IOException {
    return all().stream()
        .filter(mount -> mount.device().equals(device))
        .map(Mount::mountPoint)
        .toList();
  }

  /**
   * Returns whether a device is what shows at a mount point.
   *
   * @param device its number, {@code major:minor}
   */
  public boolean isMountedAt(String device, Path mountPoint) throws IOException {
    List<Mount> there =
        all().stream().filter(mount -> mount.mountPoint().equals(mountPoint)).toList();
    return !there.isEmpty() && there.get(there.size() - 1).device().equals(device);
  }

  /**
   * Returns a mount of the file system that a file is in, or empty if none of them is known by the
   * number that the file system gives, as with some kinds.
   */
  public Optional<Mount> holding(Path file) throws IOException {
    String device = deviceOf((Long) Files.getAttribute(file, "unix:dev"));
    return all().stream().filter(mount -> mount.device().equals(device)).findFirst();
  }

  /** Takes a number apart as gnu_dev_major and gnu_dev_minor of glibc do. */
  static String deviceOf(long number) {
    long major = ((number >>> 8) & 0xfff) | ((number >>> 32) & ~0xfffL);
    long minor = (number & 0xff) | ((number >>> 12) & 0xffffff00L);
    return major + ":" + minor;
  }

  /** Returns whether anything is mounted exactly at a place. */
  public boolean isMountPoint(Path place) throws IOException {
    return all().stream().anyMatch(mount -> mount.mountPoint().equals(place));
  }

  /** Returns a mount point at or below a directory, or empty if there is none. */
  public Optional<Path> mountedBelow(Path directory) throws IOException {
    Path real = directory.toRealPath();
    return all().stream()
        .map(Mount::mountPoint)
        .filter(place -> place.startsWith(real))
        .findFirst();
  }
}
