package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.SplittableRandom;

/** Files as a small company's server might have: the same ones on each run. */
final class DemoTree {
  static final int FILES = 3000;
  static final int CHANGED = FILES / 100;

  private static final int FOLDERS = 60;
  private static final int SMALL_BYTES = 24 << 10;
  private static final int BIG_BYTES = 1 << 20;
  private static final int BIG_EVERY = 60;
  private static final Instant LAST_YEAR = Instant.parse("2025-03-14T15:09:26.535897932Z");
  private static final String[] WORDS = {
    "invoice ", "order ", "paid ", "customer ", "address ", "delivered ", "item ", "total "
  };

  private final Path root;

  DemoTree(Path root) {
    this.root = root;
  }

  /** Writes the files, and some of everything else that a tree can hold. */
  void write() throws IOException {
    for (int i = 0; i < FILES; i++) {
      Path file = file(i);
      // Not the folders above: if they are gone the demo is being stopped.
      if (i < FOLDERS) {
        Files.createDirectory(file.getParent());
      }
      Files.write(file, content(i));
      Files.setLastModifiedTime(file, FileTime.from(LAST_YEAR.plusSeconds(i)));
    }
    Files.setPosixFilePermissions(file(1), PosixFilePermissions.fromString("rwxr-x---"));
    Files.setPosixFilePermissions(file(2), PosixFilePermissions.fromString("r--------"));
    Files.createLink(root.resolve("second name of file 3"), file(3));
    Files.createSymbolicLink(root.resolve("latest"), Path.of("folder-00"));
    Files.createSymbolicLink(root.resolve("broken"), Path.of("/nowhere/at all"));
    Files.createDirectory(root.resolve("empty folder"));
    Files.createFile(root.resolve("empty file"));
    if (namesMayBeUnicode()) {
      Files.writeString(root.resolve("Übersicht – 概要.txt"), "Names in any script\n");
    }
    UserDefinedFileAttributeView attributes =
        Files.getFileAttributeView(file(4), UserDefinedFileAttributeView.class);
    if (Files.getFileStore(root).supportsFileAttributeView(UserDefinedFileAttributeView.class)) {
      attributes.write("origin", ByteBuffer.wrap("scanner 7".getBytes(UTF_8)));
    }
  }

  /** Changes one file in a hundred, and adds, removes and renames some. */
  void change() throws IOException {
    for (int i = 0; i < CHANGED; i++) {
      Path file = file(7 + i * 97 % FILES);
      byte[] content = Files.readAllBytes(file);
      byte[] more = "changed on Tuesday\n".getBytes(UTF_8);
      System.arraycopy(more, 0, content, content.length / 2, more.length);
      Files.write(file, content);
    }
    Files.writeString(root.resolve("folder-00").resolve("new.txt"), "new on Tuesday\n");
    Files.delete(file(10));
    Files.move(file(11), root.resolve("renamed.dat"));
  }

  private Path file(int number) {
    return root.resolve("folder-%02d".formatted(number % FOLDERS))
        .resolve("file %04d.%s".formatted(number, number % 2 == 0 ? "txt" : "jpg"));
  }

  /** Half of it compresses well, half of it not at all. */
  private static byte[] content(int number) {
    SplittableRandom random = new SplittableRandom(number);
    byte[] content =
        new byte[number % BIG_EVERY == 0 ? BIG_BYTES : 64 + random.nextInt(SMALL_BYTES)];
    if (number % 2 == 1) {
      random.nextBytes(content);
      return content;
    }
    int done = 0;
    while (done < content.length) {
      byte[] word =
          (WORDS[random.nextInt(WORDS.length)] + random.nextInt(1000) + "\n").getBytes(UTF_8);
      int length = Math.min(word.length, content.length - done);
      System.arraycopy(word, 0, content, done, length);
      done += length;
    }
    return content;
  }

  /** In some locales Java cannot name such a file; bin/convoy chooses one in which it can. */
  private static boolean namesMayBeUnicode() {
    return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")).equals(UTF_8);
  }
}
