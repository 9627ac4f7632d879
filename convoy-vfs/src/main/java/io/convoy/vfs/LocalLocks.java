package io.convoy.vfs;

import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import io.convoy.core.MountTable;
import io.convoy.core.MountTable.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Tells that locks of a storage's files hold on this host alone, as it is mounted: then nothing
 * keeps several hosts from changing one record at once.
 */
record LocalLocks(Path path, Path mountPoint, String option) {
  // nfs(5). Ours are locks of fcntl(2), which "local_lock=flock" leaves to the server.
  private static final Set<String> OPTIONS = Set.of("nolock", "local_lock=all", "local_lock=posix");

  /** Returns what is wrong with a storage's locks, or empty if nothing is. */
  static Optional<LocalLocks> of(Path path, MountTable mounts) throws IOException {
    Path there = path;
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    Optional<Mount> mount = mounts.holding(there).filter(found -> found.type().startsWith("nfs"));
    return mount
        .flatMap(found -> found.options().stream().filter(OPTIONS::contains).findFirst())
        .map(option -> new LocalLocks(path, mount.get().mountPoint(), option));
  }

  String describe() {
    return "vfs.path '%s' can't be shared: %s is mounted with '%s', so locks hold on this host alone"
        .formatted(path, mountPoint, option);
  }

  String remedy() {
    return "take 'nolock' and 'local_lock' out of the options of %1$s (see /etc/fstab), umount %1$s, and mount it again"
        .formatted(mountPoint);
  }

  Finding finding() {
    return new Finding(Severity.WARNING, describe(), "if any other host uses it, too: " + remedy());
  }
}
