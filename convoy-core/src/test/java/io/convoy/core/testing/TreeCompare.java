package io.convoy.core.testing;

import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares two directory trees by everything a backup has to bring back: names, types, contents,
 * owners, modes, times of change to the nanosecond, hard links, targets of symbolic links, device
 * numbers, extended attributes with the ACLs among them, and whether files with holes have them
 * still.
 *
 * <p>Needs python3, since Java reads neither names that are not UTF-8 nor all of these.
 */
public final class TreeCompare {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** Prints a line for each file but sockets: its name, a tab, and what there is to know of it. */
  private static final String DESCRIBE =
      """
      import hashlib, os, stat, sys
      root = os.fsencode(sys.argv[1])
      first = {}
      def sha(path):
          digest = hashlib.sha256()
          with open(path, 'rb') as f:
              for part in iter(lambda: f.read(1 << 20), b''):
                  digest.update(part)
          return digest.hexdigest()
      def describe(name, path):
          s = os.lstat(path)
          kind = stat.S_IFMT(s.st_mode)
          if kind == stat.S_IFSOCK:
              return
          d = ['type %o mode %o owner %d:%d' % (kind, stat.S_IMODE(s.st_mode), s.st_uid, s.st_gid),
               'mtime %d' % s.st_mtime_ns]
          if kind != stat.S_IFDIR:
              d.append('links %d same as %r' % (s.st_nlink, first.setdefault(s.st_ino, name)))
          if kind == stat.S_IFREG:
              holes = s.st_size >= 262144 and s.st_blocks * 512 < s.st_size // 2
              d.append('size %d%s sha256 %s' % (s.st_size, ' with holes' * holes, sha(path)))
          if kind == stat.S_IFLNK:
              d.append('to %r' % os.readlink(path))
          if kind in (stat.S_IFCHR, stat.S_IFBLK):
              d.append('device %d:%d' % (os.major(s.st_rdev), os.minor(s.st_rdev)))
          for x in sorted(os.listxattr(path, follow_symlinks=False)):
              d.append('%s=%r' % (x, os.getxattr(path, x, follow_symlinks=False)))
          print('%r\\t%s' % (name, ', '.join(d)))
      def walk(name, path):
          describe(name, path)
          if stat.S_ISDIR(os.lstat(path).st_mode):
              for child in sorted(os.listdir(path)):
                  walk(os.path.join(name, child), os.path.join(path, child))
      sys.setrecursionlimit(100000)
      walk(b'', root)
      """;

  private TreeCompare() {}

  /**
   * Returns the differences, one line each, in order of name; empty if the trees are equal. Unix
   * sockets are not looked at.
   */
  public static List<String> differences(Path expected, Path actual) throws IOException {
    Map<String, String> wanted = describe(expected);
    Map<String, String> got = describe(actual);
    TreeSet<String> names = new TreeSet<>(wanted.keySet());
    names.addAll(got.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String before = wanted.getOrDefault(name, "nothing");
      String after = got.getOrDefault(name, "nothing");
      if (!before.equals(after)) {
        differences.add("%s: expected %s, but found %s".formatted(name, before, after));
      }
    }
    return List.copyOf(differences);
  }

  private static Map<String, String> describe(Path root) throws IOException {
    String output =
        new ProcessCommandRunner()
            .run(List.of("python3", "-c", DESCRIBE, root.toAbsolutePath().toString()), LIMIT);
    Map<String, String> files = new TreeMap<>();
    output
        .lines()
        .forEach(
            line ->
                files.put(
                    line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1)));
    return files;
  }
}
