package io.convoy.ebs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is mounted, by the kernel's word: proc(5), /proc/pid/mountinfo. */
final class MountTable {
  private static final Path MOUNT_INFO = Path.of("/proc/self/mountinfo");
  private static final int DEVICE_FIELD = 2;
  private static final int MOUNT_POINT_FIELD = 4;

  private final List<String[]> lines;

  private MountTable(List<String[]> lines) {
    this.lines = lines;
  }

  /** Reads it as it is now. */
  static MountTable read() throws IOException {
    List<String[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(MOUNT_INFO, ISO_8859_1)) {
      lines.add(line.split(" ", -1));
    }
    return new MountTable(lines);
  }

  /** Returns where a device is mounted, in order. */
  List<Path> mountPointsOf(String deviceNumber) {
    return lines.stream()
        .filter(fields -> fields[DEVICE_FIELD].equals(deviceNumber))
        .map(fields -> Path.of(unescape(fields[MOUNT_POINT_FIELD])))
        .toList();
  }

  /** Returns whether anything is mounted exactly at a place. */
  boolean isMountPoint(Path place) {
    return lines.stream()
        .anyMatch(fields -> Path.of(unescape(fields[MOUNT_POINT_FIELD])).equals(place));
  }

  /** The kernel writes space, tab, newline and backslash as octal numbers. */
  private static String unescape(String field) {
    String plain =
        field
            .replace("\\040", " ")
            .replace("\\011", "\t")
            .replace("\\012", "\n")
            .replace("\\134", "\\");
    return new String(plain.getBytes(ISO_8859_1), UTF_8);
  }
}
