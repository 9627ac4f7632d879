package io.convoy.objectstore;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.RunningCommand;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A directory tree as one tar stream, written and read by GNU tar.
 *
 * <p>Names are arbitrary bytes; owners are numbers. Owners, modes, times of change to the
 * nanosecond, hard and symbolic links, extended attributes, ACLs, holes, fifos and device nodes
 * come back; hard links only of files and symbolic links. Unix sockets do not: they are left out,
 * since one without its server is of no use.
 */
final class TreeArchive {
  /** Takes a tar stream. */
  @FunctionalInterface
  interface StreamSink {
    /** Reads {@code tar} to its end. */
    void accept(InputStream tar) throws IOException;
  }

  private static final int BUFFER_BYTES = 128 * 1024;

  private final CommandRunner commands;
  private final boolean root;

  TreeArchive(CommandRunner commands) {
    this(commands, isRoot());
  }

  /**
   * Makes an archiver.
   *
   * @param root whether the programs that {@code commands} starts run as root
   */
  TreeArchive(CommandRunner commands, boolean root) {
    this.commands = Objects.requireNonNull(commands, "commands");
    this.root = root;
  }

  /**
   * Hands a tree that nobody changes to {@code sink}, as a POSIX tar stream that is the same for
   * the same tree.
   *
   * <p>Only the return of this method says that the stream was whole: a tar that fails half way
   * ends the stream too.
   *
   * @throws IOException if a part of the tree can't be read, or the sink did not read to the end
   */
  void capture(Path directory, StreamSink sink) throws IOException {
    try (RunningCommand tar = commands.start(createCommand(directory))) {
      tar.standardInput().close();
      InputStream stream = new InterruptibleInput(tar.standardOutput());
      sink.accept(stream);
      if (stream.read() >= 0) {
        throw new IOException("the archive of %s was not read to its end".formatted(directory));
      }
      tar.waitForSuccess();
    }
  }

  /**
   * Puts the content of an uncompressed tar stream into an existing, empty directory.
   *
   * <p>Root gets everything back. Others get what they may: their own owner, no device nodes, the
   * extended attributes of users.
   *
   * <p>After a failure the directory holds a part of the tree; nothing outside of it was touched.
   *
   * @throws io.convoy.core.CorruptDataException if the stream is cut or damaged, or has an entry
   *     that leads out of the directory, naming it
   */
  void restore(InputStream tar, Path directory) throws IOException {
    requireEmpty(directory);
    try (RunningCommand extraction = commands.start(extractCommand(directory))) {
      new CheckedExtraction(root)
          .run(new BufferedInputStream(new InterruptibleInput(tar), BUFFER_BYTES), extraction);
    }
  }

  /** Does what {@link #restore} does with a tar stream that gzip compressed, as v0.5.2 keeps it. */
  void restoreGzip(InputStream targz, Path directory) throws IOException {
    restore(SingleGzipInput.open(targz), directory);
  }

  private static List<String> createCommand(Path directory) {
    List<String> argv = tar();
    argv.addAll(
        List.of(
            "--create",
            "--format=posix",
            // Without a name given, it has the process id in it; the two times change by reading.
            "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
            "--sort=name",
            "--numeric-owner",
            "--xattrs",
            "--xattrs-include=*",
            "--acls",
            // Holes are asked of the file system; where it can't tell, zeros are looked for.
            "--sparse",
            // The others name the file after the process.
            "--sparse-version=0.0",
            // Unix sockets.
            "--warning=no-file-ignored",
            "--file=-",
            "--directory=" + directory.toAbsolutePath(),
            "."));
    return argv;
  }

  private List<String> extractCommand(Path directory) {
    List<String> argv = tar();
    argv.addAll(
        List.of(
            "--extract",
            "--preserve-permissions",
            "--numeric-owner",
            root ? "--same-owner" : "--no-same-owner",
            "--xattrs",
            root ? "--xattrs-include=*" : "--xattrs-include=user.*",
            "--acls",
            "--delay-directory-restore",
            "--file=-",
            "--directory=" + directory.toAbsolutePath()));
    return argv;
  }

  /** Options that the environment has for people's own use of tar are none of ours. */
  private static List<String> tar() {
    return new ArrayList<>(List.of("env", "-u", "TAR_OPTIONS", "-u", "POSIXLY_CORRECT", "tar"));
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException e) {
      throw new UncheckedIOException("the user can't be found out from /proc/self", e);
    }
  }

  private static void requireEmpty(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      if (entries.iterator().hasNext()) {
        throw new DirectoryNotEmptyException(directory.toString());
      }
    }
  }
}
