package io.convoy.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The programs with which tests make trees, and look at them independently of the driver. */
final class Programs {
  private static final String DESCRIBE =
      """
      import hashlib, os, stat, sys
      root = os.fsencode(sys.argv[1])
      links = {}
      def show(path):
          s = os.lstat(path)
          what = b''
          if stat.S_ISLNK(s.st_mode):
              what = os.readlink(path)
          elif stat.S_ISREG(s.st_mode):
              what = hashlib.sha256(open(path, 'rb').read()).hexdigest().encode()
              if s.st_size >= 1 << 20 and s.st_blocks * 512 < s.st_size // 2:
                  what += b' sparse'
          elif stat.S_ISBLK(s.st_mode) or stat.S_ISCHR(s.st_mode):
              what = str(s.st_rdev).encode()
          xattrs = []
          for name in sorted(os.listxattr(path, follow_symlinks=False)):
              xattrs.append((name, os.getxattr(path, name, follow_symlinks=False)))
          size = 0 if stat.S_ISDIR(s.st_mode) else s.st_size
          first = links.setdefault(s.st_ino, path[len(root):])
          print(path[len(root):], oct(s.st_mode), s.st_uid, s.st_gid, size, s.st_mtime_ns,
                what, xattrs, first)
          if stat.S_ISDIR(s.st_mode):
              for name in sorted(os.listdir(path)):
                  show(os.path.join(path, name))
      show(root)
      """;

  private Programs() {}

  /** Runs a program in a directory, and returns what it printed. */
  static String run(Path directory, String... argv) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(argv).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(argv), output).isZero();
    return output;
  }

  /** Returns everything about a tree that a copy of it must have, too. */
  static String describe(Path tree) throws IOException, InterruptedException {
    return run(tree, "python3", "-c", DESCRIBE, tree.toString());
  }
}
