package io.convoy.vfs;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.RunningCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Removes and flushes directory trees with the programs that do it for everybody: they cope with
 * names of any bytes, trees of any depth and links to anywhere. They take as long as they take; an
 * interrupt ends them.
 */
final class TreePrograms {
  private final CommandRunner commands;

  TreePrograms(CommandRunner commands) {
    this.commands = commands;
  }

  /** Removes a tree without following links or leaving its file system; it may be gone already. */
  void remove(Path tree) throws IOException {
    runToEnd(List.of("rm", "--recursive", "--force", "--one-file-system", "--", tree.toString()));
  }

  /**
   * Removes a tree because of a failure, interrupted or not; what can't be removed is told with the
   * failure, and the next start removes it.
   */
  void removeAfter(Exception cause, Path tree) {
    boolean interrupted = Thread.interrupted();
    try {
      try {
        remove(tree);
      } catch (IOException first) {
        // A program that was killed a moment ago may just have written one file more.
        remove(tree);
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Puts everything on the tree's file system on stable storage. */
  void sync(Path tree) throws IOException {
    runToEnd(List.of("sync", "--file-system", "--", tree.toString()));
  }

  private void runToEnd(List<String> argv) throws IOException {
    try (RunningCommand program = commands.start(argv)) {
      program.standardInput().close();
      program.waitForSuccess();
    }
  }
}
