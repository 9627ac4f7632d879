package io.convoy.ebs;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.RunningCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system that stands still. A process of its own freezes it, and thaws it when it is told
 * so, when Convoy is gone, or when it takes too long, whichever comes first: nothing that happens
 * to Convoy leaves containers hanging.
 */
final class Freeze implements AutoCloseable {
  private static final int LIMIT_SECONDS = 30;

  /** Reads its input until that ends, which it does with this process, too. */
  private static final String SCRIPT =
      "trap '' HUP INT TERM; fsfreeze --freeze \"$1\" || exit 1; echo frozen;"
          + " timeout \"$2\" cat >/dev/null; exec fsfreeze --unfreeze \"$1\"";

  private final RunningCommand child;
  private final Path mountPoint;
  private final Thawed thawed;

  /** Is told when the file system goes on. */
  interface Thawed {
    void end() throws IOException;
  }

  private Freeze(RunningCommand child, Path mountPoint, Thawed thawed) {
    this.child = child;
    this.mountPoint = mountPoint;
    this.thawed = thawed;
  }

  static Freeze of(CommandRunner commands, Path mountPoint, Thawed thawed) throws IOException {
    RunningCommand child =
        commands.start(
            List.of(
                "setsid",
                "sh",
                "-c",
                SCRIPT,
                "sh",
                mountPoint.toString(),
                Integer.toString(LIMIT_SECONDS)));
    Freeze freeze = new Freeze(child, mountPoint, thawed);
    // It prints when it is done, or ends.
    if (child.standardOutput().read() < 0) {
      IOException failed =
          new IOException(
              "'%s' can't be frozen: %s".formatted(mountPoint, child.errorOutput().strip()));
      freeze.child.close();
      thawed.end();
      throw failed;
    }
    return freeze;
  }

  /**
   * Thaws the file system.
   *
   * @throws IOException if it was not frozen any more, because it took too long, or can't be thawed
   */
  @Override
  public void close() throws IOException {
    child.standardInput().close();
    int status = child.waitFor();
    String errors = child.errorOutput().strip();
    child.close();
    if (status != 0) {
      throw new IOException(
          "'%s' could not be thawed ('fsfreeze --unfreeze' ended with status %s): %s"
              .formatted(mountPoint, status, errors));
    }
    thawed.end();
  }
}
