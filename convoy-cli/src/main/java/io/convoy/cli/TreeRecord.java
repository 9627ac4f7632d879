package io.convoy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything about a tree that a restore must bring back: of each entry its kind, content, owner,
 * mode, time, links and extended attributes.
 *
 * @param entries by path below the root; what is known of each, by what it is
 * @param bytes the sizes of all files together
 */
record TreeRecord(SortedMap<String, SortedMap<String, String>> entries, long bytes) {
  static TreeRecord of(Path root) throws IOException {
    Walk walk = new Walk(root);
    Files.walkFileTree(root, walk);
    return new TreeRecord(walk.entries, walk.bytes);
  }

  /** Returns what differs in another tree, one line each. */
  List<String> differences(TreeRecord other) {
    List<String> differences = new ArrayList<>();
    SortedSet<String> paths = new TreeSet<>(entries.keySet());
    paths.addAll(other.entries.keySet());
    for (String path : paths) {
      SortedMap<String, String> expected = entries.get(path);
      SortedMap<String, String> actual = other.entries.get(path);
      if (actual == null) {
        differences.add("'%s' is missing".formatted(path));
      } else if (expected == null) {
        differences.add("'%s' should not be there".formatted(path));
      } else {
        SortedSet<String> facts = new TreeSet<>(expected.keySet());
        facts.addAll(actual.keySet());
        facts.stream()
            .filter(fact -> !expected.getOrDefault(fact, "").equals(actual.getOrDefault(fact, "")))
            .map(
                fact ->
                    "'%s': %s is '%s', expected '%s'"
                        .formatted(
                            path,
                            fact,
                            actual.getOrDefault(fact, ""),
                            expected.getOrDefault(fact, "")))
            .forEach(differences::add);
      }
    }
    return differences;
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int HASH_DIGITS = 16;

    private final Path root;
    private final SortedMap<String, SortedMap<String, String>> entries = new TreeMap<>();
    private final Map<Object, String> firstNames = new HashMap<>();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long bytes;

    Walk(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      record(directory, attributes);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      record(file, attributes);
      return FileVisitResult.CONTINUE;
    }

    private void record(Path path, BasicFileAttributes attributes) throws IOException {
      String name = root.relativize(path).toString();
      SortedMap<String, String> facts = new TreeMap<>();
      Map<String, Object> unix =
          Files.readAttributes(path, "unix:mode,uid,gid,nlink,ino", LinkOption.NOFOLLOW_LINKS);
      facts.put("mode", Integer.toOctalString((Integer) unix.get("mode")));
      facts.put("owner", unix.get("uid") + ":" + unix.get("gid"));
      facts.put("time", attributes.lastModifiedTime().toString());
      if (attributes.isSymbolicLink()) {
        facts.put("link", Files.readSymbolicLink(path).toString());
      } else {
        addExtendedAttributes(path, facts);
      }
      if (attributes.isRegularFile()) {
        facts.put("size", Long.toString(attributes.size()));
        facts.put("content", hash(path));
        bytes += attributes.size();
        if ((Integer) unix.get("nlink") > 1) {
          String first = firstNames.putIfAbsent(unix.get("ino"), name);
          facts.put("hard link", first == null ? "first of its names" : first);
        }
      }
      entries.put(name, facts);
    }

    private static void addExtendedAttributes(Path path, Map<String, String> facts)
        throws IOException {
      if (!Files.getFileStore(path).supportsFileAttributeView(UserDefinedFileAttributeView.class)) {
        return;
      }
      UserDefinedFileAttributeView view =
          Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
      for (String name : view.list()) {
        ByteBuffer value = ByteBuffer.allocate(view.size(name));
        view.read(name, value);
        facts.put("attribute " + name, HexFormat.of().formatHex(value.array()));
      }
    }

    private String hash(Path file) throws IOException {
      MessageDigest digest = sha256();
      try (InputStream in = Files.newInputStream(file)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new UncheckedIOException(new IOException("every JDK has SHA-256", e));
      }
    }
  }
}
