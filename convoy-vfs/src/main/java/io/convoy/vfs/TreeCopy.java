package io.convoy.vfs;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.RunningCommand;
import io.convoy.core.state.AtomicFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Copies a tree that may be written to meanwhile, sharing the blocks where the file system can.
 * What vanishes between being listed and being copied is left out, and the copy says so; anything
 * else that goes wrong is a failure.
 */
final class TreeCopy {
  static final String CONSISTENCY = "Consistency";
  static final String CHANGED = "ChangedWhileCopied";
  static final String VANISHED = "VanishedWhileCopied";

  /** What is told of a copy, as the keys of a snapshot's record. */
  static final List<String> FACTS = List.of(CONSISTENCY, CHANGED, VANISHED, "Host");

  private static final int ATTEMPTS = 5;

  /** The kernel's file times go in steps of at most 10 ms. */
  private static final long CLOCK_STEP_MILLIS = 20;

  /** At this length of what a program complained of, there may have been more. */
  private static final int MAX_COMPLAINTS = 60 * 1024;

  /**
   * All that cp says of a source; of its target it says "cannot create", "setting", "preserving".
   */
  private static final String CP_SOURCE =
      "cp: (cannot (stat|open|access|read symbolic link) "
          + "|listing attributes of |getting attribute .+ of |)['\"/].+: ";

  private static final Pattern CP_VANISHED =
      Pattern.compile(CP_SOURCE + "No such file or directory");
  private static final Pattern CP_REPLACED =
      Pattern.compile(
          "cp: skipping file .+, as it was replaced while being copied|"
              + CP_SOURCE
              + "(Not a directory|Invalid argument|No data available|Too many levels of symbolic links)");
  private static final Pattern FIND_VANISHED =
      Pattern.compile("find: .+: No such file or directory");

  private final CommandRunner commands;
  private final TreePrograms programs;

  TreeCopy(CommandRunner commands) {
    this.commands = commands;
    this.programs = new TreePrograms(commands);
  }

  /** Returns whether files in a directory can share blocks: cp does not tell what it did. */
  private boolean canShareBlocks(Path directory) throws IOException {
    Path original = Files.createTempFile(directory, AtomicFiles.TEMPORARY_PREFIX, null);
    Path clone = original.resolveSibling(original.getFileName() + "-clone");
    try {
      Files.write(original, new byte[64 * 1024]);
      return copy(List.of("--reflink=always"), original, clone).status() == 0;
    } finally {
      Files.deleteIfExists(clone);
      Files.deleteIfExists(original);
    }
  }

  /**
   * Copies a tree to a place where nothing is yet, and returns the facts of it. After a failure
   * something may be left there.
   *
   * @param reference a file to be made on the same file system, whose clock is the one that counts
   */
  Map<String, String> copy(Path source, Path target, Path reference) throws IOException {
    boolean sharesBlocks = canShareBlocks(target.getParent());
    for (int attempt = 1; ; attempt++) {
      Files.write(reference, new byte[0]);
      pause();
      Ended ended =
          copy(
              List.of(
                  "--recursive",
                  "--no-dereference",
                  // "all" would not mind attributes that can't be kept
                  "--preserve=mode,ownership,timestamps,links,xattr",
                  "--reflink=auto",
                  "--sparse=auto"),
              source,
              target);
      List<String> complaints = ended.complaints().lines().toList();
      boolean replaced = complaints.stream().anyMatch(line -> CP_REPLACED.matcher(line).matches());
      for (String line : complaints) {
        if (!CP_VANISHED.matcher(line).matches() && !CP_REPLACED.matcher(line).matches()) {
          throw new IOException("%s can't be copied: %s".formatted(source, line));
        }
      }
      if (ended.status() != 0
          && (complaints.isEmpty() || ended.complaints().length() > MAX_COMPLAINTS)) {
        throw new IOException(
            "%s can't be copied: cp ended with status %s after %s lines like '%s'"
                .formatted(
                    source,
                    ended.status(),
                    complaints.size(),
                    complaints.stream().findFirst().orElse("")));
      }
      if (!replaced) {
        return facts(source, target, reference, complaints.size(), sharesBlocks);
      }
      // Unlike one that vanished, a file that was replaced is there and must be in the copy.
      if (attempt == ATTEMPTS) {
        throw new IOException(
            "%s can't be copied: in %s attempts, files were replaced while they were being copied (%s); try again when less is written"
                .formatted(source, ATTEMPTS, complaints.get(0)));
      }
      programs.remove(target);
    }
  }

  private Map<String, String> facts(
      Path source, Path target, Path reference, int vanished, boolean sharesBlocks)
      throws IOException {
    if (!Files.isDirectory(target, NOFOLLOW_LINKS)) {
      throw new IOException("%s can't be copied: it vanished meanwhile".formatted(source));
    }
    Map<String, String> facts = new TreeMap<>();
    facts.put(CONSISTENCY, sharesBlocks ? "reflink" : "copy");
    facts.put(CHANGED, Boolean.toString(vanished > 0 || hasChangedSince(source, reference)));
    if (vanished > 0) {
      facts.put(VANISHED, Integer.toString(vanished));
    }
    return facts;
  }

  private boolean hasChangedSince(Path tree, Path reference) throws IOException {
    try (RunningCommand find =
        commands.start(
            List.of("find", tree.toString(), "-cnewer", reference.toString(), "-printf", "x"))) {
      find.standardInput().close();
      boolean changed = find.standardOutput().readAllBytes().length > 0;
      int status = find.waitFor();
      List<String> complaints = find.errorOutput().lines().toList();
      for (String line : complaints) {
        if (!FIND_VANISHED.matcher(line).matches()) {
          throw new IOException("whether %s changed is not known: %s".formatted(tree, line));
        }
      }
      return changed || status != 0;
    }
  }

  private Ended copy(List<String> options, Path source, Path target) throws IOException {
    List<String> argv = new ArrayList<>(List.of("cp"));
    argv.addAll(options);
    argv.addAll(List.of("--no-target-directory", "--", source.toString(), target.toString()));
    try (RunningCommand cp = commands.start(argv)) {
      cp.standardInput().close();
      int status = cp.waitFor();
      return new Ended(status, cp.errorOutput());
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(CLOCK_STEP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted before a copy was made");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private record Ended(int status, String complaints) {}
}
