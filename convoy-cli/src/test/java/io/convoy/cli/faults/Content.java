package io.convoy.cli.faults;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * What the files of a volume may hold: by name, the possible contents, of which there are several
 * after a write that failed halfway. A name that is not there has none.
 */
final class Content {
  private static final String UNFINISHED = ".unfinished";
  private static final String OF_EXT4 = "lost+found";

  private final Map<String, List<Optional<Bytes>>> files = new TreeMap<>();

  /** The bytes of a file, made of a seed rather than kept. */
  record Bytes(long seed, int length) {
    byte[] make() {
      byte[] bytes = new byte[length];
      new Random(seed).nextBytes(bytes);
      return bytes;
    }
  }

  Content copy() {
    Content copy = new Content();
    files.forEach((name, possible) -> copy.files.put(name, List.copyOf(possible)));
    return copy;
  }

  private List<Optional<Bytes>> possible(String name) {
    return files.getOrDefault(name, List.of(Optional.empty()));
  }

  /** Writes a file durably; after a failure it has its old content or the new one. */
  void write(Path directory, String name, Bytes bytes) throws IOException {
    List<Optional<Bytes>> either = new ArrayList<>(possible(name));
    either.add(Optional.of(bytes));
    files.put(name, either);
    Path unfinished = directory.resolve(name + UNFINISHED);
    try (FileChannel file = FileChannel.open(unfinished, CREATE, TRUNCATE_EXISTING, WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes.make());
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
      file.force(true);
    }
    Files.move(
        unfinished,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel parent = FileChannel.open(directory)) {
      parent.force(true);
    }
    files.put(name, List.of(Optional.of(bytes)));
  }

  /**
   * Compares a directory with what it may hold, of which only what it does hold remains.
   *
   * @return the bytes that were compared, or what is wrong
   */
  Result compare(Path directory) throws IOException {
    Map<String, byte[]> found = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!name.endsWith(UNFINISHED) && !name.equals(OF_EXT4)) {
          found.put(name, Files.readAllBytes(entry));
        }
      }
    }
    long bytes = 0;
    for (String name : List.copyOf(files.keySet())) {
      byte[] actual = found.remove(name);
      Optional<Optional<Bytes>> match =
          possible(name).stream().filter(one -> is(actual, one)).findFirst();
      if (match.isEmpty()) {
        return new Result(
            bytes,
            Optional.of(
                "%s holds %s, expected one of %s"
                    .formatted(
                        directory.resolve(name),
                        actual == null ? "nothing" : actual.length + " other bytes",
                        possible(name))));
      }
      files.put(name, List.of(match.get()));
      bytes += actual == null ? 0 : actual.length;
    }
    return new Result(
        bytes,
        found.isEmpty()
            ? Optional.empty()
            : Optional.of("%s has %s besides".formatted(directory, found.keySet())));
  }

  /** What a comparison showed. */
  record Result(long bytes, Optional<String> problem) {}

  private static boolean is(byte[] actual, Optional<Bytes> expected) {
    return expected.isEmpty()
        ? actual == null
        : actual != null && Arrays.equals(actual, expected.get().make());
  }
}
