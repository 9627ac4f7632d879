package io.convoy.core.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What Convoy v0.5.2 itself wrote in one run: its root, its {@code vfs.path}, a backup destination,
 * and what its commands printed. It ran in {@code /run/w}.
 */
public final class OldConvoy {
  private static final String ARCHIVE = "/convoy-v0.5.2.tar.gz";
  private static final String RECORDED_PATH = "/run/w";

  private OldConvoy() {}

  /** Lays everything out in a directory, with owners when the test runs as root. */
  public static void extractTo(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Process tar =
        new ProcessBuilder("tar", "-xzf", "-", "-C", directory.toString())
            .redirectErrorStream(true)
            .start();
    try (InputStream archive = OldConvoy.class.getResourceAsStream(ARCHIVE);
        var stdin = tar.getOutputStream()) {
      archive.transferTo(stdin);
    }
    String output = new String(tar.getInputStream().readAllBytes(), UTF_8);
    if (tar.waitFor() != 0) {
      throw new IOException("tar could not lay out " + ARCHIVE + ": " + output);
    }
  }

  /** Lays everything out, and has the records of the drivers say that it ran there. */
  public static void moveTo(Path directory) throws IOException, InterruptedException {
    extractTo(directory);
    for (String part : new String[] {"root", "vfs/config"}) {
      try (Stream<Path> files = Files.walk(directory.resolve(part))) {
        files
            .filter(file -> file.toString().matches(".*\\.(cfg|json)"))
            .forEach(file -> rewrite(file, directory));
      }
    }
  }

  private static void rewrite(Path file, Path directory) {
    try {
      Files.writeString(file, Files.readString(file).replace(RECORDED_PATH + "/", directory + "/"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
