package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A tree of a few parts of which each has one of a few contents, byte by byte the same whoever
 * makes it: so blocks that were deleted come again, and several writers have the same ones. It says
 * itself what is in it.
 */
final class RecurringTree {
  private static final int PARTS = 6;
  private static final int CONTENTS = 3;
  private static final int FILES = 4;
  private static final int FILE_BYTES = 60_000;
  private static final String LABEL = "label";

  private final Path directory;
  private final int[] contents = new int[PARTS];

  RecurringTree(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    for (int part = 0; part < PARTS; part++) {
      write(part, 0);
    }
  }

  Path directory() {
    return directory;
  }

  void change(Random random) throws IOException {
    write(random.nextInt(PARTS), random.nextInt(CONTENTS));
  }

  private void write(int part, int content) throws IOException {
    contents[part] = content;
    Path parent = Files.createDirectories(directory.resolve("part" + part));
    for (int i = 0; i < FILES; i++) {
      put(parent.resolve("file" + i), bytes(part, content, i));
    }
    put(
        directory.resolve(LABEL),
        Arrays.stream(contents)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(" "))
            .getBytes(US_ASCII));
    settle(parent);
    settle(directory);
  }

  private static void put(Path file, byte[] content) throws IOException {
    Files.write(file, content);
    settle(file);
  }

  private static void settle(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
  }

  private static byte[] bytes(int part, int content, int file) {
    byte[] bytes = new byte[FILE_BYTES];
    new Random(part * 100L + content * 10L + file).nextBytes(bytes);
    return bytes;
  }

  /** Fails unless a restored tree holds what its label says. */
  static void check(Path restored) throws IOException {
    String[] label = Files.readString(restored.resolve(LABEL)).split(" ", -1);
    assertThat(label).hasSize(PARTS);
    for (int part = 0; part < PARTS; part++) {
      for (int i = 0; i < FILES; i++) {
        assertThat(restored.resolve("part" + part).resolve("file" + i))
            .hasBinaryContent(bytes(part, Integer.parseInt(label[part]), i));
      }
    }
    try (Stream<Path> all = Files.walk(restored)) {
      assertThat(all).hasSize(2 + PARTS + PARTS * FILES);
    }
  }
}
