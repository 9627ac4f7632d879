package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The version of this program, which the build writes into a file beside this class. */
final class Version {
  private static final String FILE = "version.txt";

  private static final String PROPERTY = "convoy.version";

  private Version() {}

  static String get() {
    // The launcher knows it, too, and spares a command the opening of its jar.
    String known = System.getProperty(PROPERTY, "");
    if (!known.isEmpty()) {
      return known;
    }
    try (InputStream file = Version.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException(FILE + " is missing from the jar: build it again");
      }
      return new String(file.readAllBytes(), UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
