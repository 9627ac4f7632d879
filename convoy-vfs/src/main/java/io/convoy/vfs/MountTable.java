package io.convoy.vfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is mounted on this host, by the kernel's word. */
final class MountTable {
  private static final int MOUNT_POINT_FIELD = 4;
  private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

  private final Path mountInfo;

  MountTable(Path mountInfo) {
    this.mountInfo = mountInfo;
  }

  /** Returns a mount point at or below a directory, or empty if there is none. */
  Optional<String> mountedBelow(Path directory) throws IOException {
    String wanted = directory.toRealPath().toString();
    for (String line : Files.readAllLines(mountInfo, ISO_8859_1)) {
      String[] fields = line.split(" ", -1);
      if (fields.length > MOUNT_POINT_FIELD) {
        String mountPoint = unescape(fields[MOUNT_POINT_FIELD]);
        if (mountPoint.equals(wanted) || mountPoint.startsWith(wanted + "/")) {
          return Optional.of(mountPoint);
        }
      }
    }
    return Optional.empty();
  }

  private static String unescape(String field) {
    String plain =
        ESCAPE
            .matcher(field)
            .replaceAll(
                match ->
                    Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(match.group(1), 8))));
    return new String(plain.getBytes(ISO_8859_1), UTF_8);
  }
}
