package io.convoy.objectstore;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.convoy.core.CorruptDataException;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.state.AtomicFiles;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Objects as files below a directory, on a local disk or on NFS.
 *
 * <p>A file is written under a temporary name and then linked or renamed, so it is whole when it is
 * there. The directory itself is never made: a share that is not mounted must not become a
 * directory on the host's own disk. Names that no key has are somebody else's and are left alone.
 */
final class DirectoryObjectStore implements ObjectStore {
  private static final Duration SYNC_LIMIT = Duration.ofHours(2);

  /** A temporary file that nobody has touched for so long was left by a crash. */
  private static final Duration TEMPORARY_AGE = Duration.ofDays(7);

  private static final int BUFFER_BYTES = 128 * 1024;

  private final Path root;
  private final CommandRunner commands;
  private final UncachedFiles blocks;

  /**
   * Opens the store.
   *
   * @throws IOException if {@code root} is not a directory
   */
  DirectoryObjectStore(Path root, CommandRunner commands) throws IOException {
    this.root = root;
    this.commands = commands;
    if (!Files.isDirectory(root)) {
      throw Files.exists(root)
          ? new NotDirectoryException("Destination %s is not a directory".formatted(root))
          : new FileNotFoundException(
              "Destination directory %s does not exist: make it, or mount the share it is on"
                  .formatted(root));
    }
    this.blocks = new UncachedFiles(root);
  }

  private Path file(ObjectKey key) {
    return root.resolve(key.value());
  }

  @Override
  public boolean create(ObjectKey key, byte[] content) throws IOException {
    Path file = file(key);
    checkRoot();
    AtomicFiles.createDirectories(file.getParent());
    try {
      AtomicFiles.create(file, content);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  @Override
  public void put(ObjectKey key, byte[] content) throws IOException {
    put(key, out -> out.write(content));
  }

  @Override
  public void put(ObjectKey key, ContentWriter writer) throws IOException {
    Path file = file(key);
    checkRoot();
    AtomicFiles.createDirectories(file.getParent());
    write(
        file,
        temporary -> {
          try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE);
              OutputStream out =
                  new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES)) {
            writer.writeTo(out);
            out.flush();
            channel.force(true);
          }
          return 0;
        });
    AtomicFiles.syncDirectory(file.getParent());
  }

  @Override
  public long putUnsynced(ObjectKey key, ByteBuffer content) throws IOException {
    Path file = file(key);
    FileWriter writer = temporary -> blocks.create(temporary, content);
    try {
      return write(file, writer);
    } catch (NoSuchFileException e) {
      checkRoot();
      Files.createDirectories(file.getParent());
      return write(file, writer);
    }
  }

  private interface FileWriter {
    /** Returns how many bytes of it are in the page cache only. */
    long create(Path temporary) throws IOException;
  }

  private static long write(Path file, FileWriter writer) throws IOException {
    Path temporary = AtomicFiles.temporaryBeside(file);
    try {
      long cachedBytes = writer.create(temporary);
      Files.move(temporary, file, ATOMIC_MOVE);
      return cachedBytes;
    } catch (IOException | RuntimeException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  @Override
  public void sync() throws IOException {
    // One syncfs(2) for all: an fsync for each of many small files would take longer than the rest.
    commands.run(List.of("sync", "--file-system", root.toAbsolutePath().toString()), SYNC_LIMIT);
  }

  @Override
  public Optional<byte[]> get(ObjectKey key, int maxBytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file(key))) {
      long size = channel.size();
      if (size > maxBytes) {
        throw new CorruptDataException(
            "%s: %s bytes long, expected at most %s".formatted(file(key), size, maxBytes));
      }
      ByteBuffer content = ByteBuffer.allocate((int) size);
      while (content.hasRemaining()) {
        if (channel.read(content) < 0) {
          throw new CorruptDataException(
              "%s: ends after %s bytes, expected %s"
                  .formatted(file(key), content.position(), size));
        }
      }
      return Optional.of(content.array());
    } catch (NoSuchFileException e) {
      checkRoot();
      return Optional.empty();
    }
  }

  @Override
  public boolean read(ObjectKey key, ByteBuffer room) throws IOException {
    try {
      blocks.read(file(key), room);
      if (!room.hasRemaining() && Files.size(file(key)) > room.capacity()) {
        throw new CorruptDataException(
            "%s: %s bytes long, expected at most %s"
                .formatted(file(key), Files.size(file(key)), room.capacity()));
      }
      room.flip();
      return true;
    } catch (NoSuchFileException e) {
      checkRoot();
      return false;
    }
  }

  @Override
  public Optional<InputStream> open(ObjectKey key) throws IOException {
    try {
      return Optional.of(Files.newInputStream(file(key)));
    } catch (NoSuchFileException e) {
      checkRoot();
      return Optional.empty();
    }
  }

  @Override
  public OptionalLong sizeBytes(ObjectKey key) throws IOException {
    try {
      return OptionalLong.of(Files.size(file(key)));
    } catch (NoSuchFileException e) {
      checkRoot();
      return OptionalLong.empty();
    }
  }

  /** "Not there" is only true while the store itself is there. */
  private void checkRoot() throws IOException {
    if (!Files.isDirectory(root)) {
      throw new FileNotFoundException(
          "Destination directory %s is gone: is the share still mounted?".formatted(root));
    }
  }

  @Override
  public void list(String prefix, ObjectListener listener) throws IOException {
    checkRoot();
    list(root.resolve(checkPrefix(prefix)), prefix, listener);
  }

  private static String checkPrefix(String prefix) {
    if (!prefix.endsWith("/") || !ObjectKey.isValid(prefix.substring(0, prefix.length() - 1))) {
      throw new IllegalArgumentException("'%s' is no prefix of keys".formatted(prefix));
    }
    return prefix;
  }

  private void list(Path directory, String prefix, ObjectListener listener) throws IOException {
    for (Entry entry : entries(directory)) {
      if (entry.directory) {
        list(entry.path, prefix + entry.name + "/", listener);
      } else {
        listener.object(new ObjectKey(prefix + entry.name), entry.sizeBytes);
      }
    }
  }

  private record Entry(Path path, String name, boolean directory, long sizeBytes) {
    /** Keys go on behind a directory's '/', which sorts behind '-' and '.'. */
    String sortKey() {
      return directory ? name + "/" : name;
    }
  }

  /** Returns the entries that can be keys, in the order of keys; removes old temporary files. */
  private static List<Entry> entries(Path directory) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path path : stream) {
        String name = path.getFileName().toString();
        if (name.startsWith(AtomicFiles.TEMPORARY_PREFIX)) {
          removeIfOld(path);
        } else if (ObjectKey.isValid(name)) {
          add(entries, path, name);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    entries.sort(Comparator.comparing(Entry::sortKey));
    return entries;
  }

  private static void add(List<Entry> entries, Path path, String name) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
      if (attributes.isDirectory() || attributes.isRegularFile()) {
        entries.add(new Entry(path, name, attributes.isDirectory(), attributes.size()));
      }
    } catch (NoSuchFileException e) {
      // Deleted while listing.
    }
  }

  private static void removeIfOld(Path temporary) throws IOException {
    try {
      Instant oldest = Instant.now().minus(TEMPORARY_AGE);
      if (Files.getLastModifiedTime(temporary, NOFOLLOW_LINKS).toInstant().isBefore(oldest)) {
        Files.deleteIfExists(temporary);
      }
    } catch (NoSuchFileException e) {
      // Its owner published or removed it meanwhile.
    }
  }

  @Override
  public List<String> listDirectories(String prefix) throws IOException {
    checkRoot();
    List<String> names = new ArrayList<>();
    for (Entry entry : entries(root.resolve(checkPrefix(prefix)))) {
      if (entry.directory) {
        names.add(entry.name);
      }
    }
    return names;
  }

  @Override
  public void delete(Collection<ObjectKey> keys, Guard guard) throws IOException {
    IOException failure = null;
    for (ObjectKey key : keys) {
      guard.check();
      try {
        Files.deleteIfExists(file(key));
      } catch (IOException e) {
        if (failure == null) {
          failure = new IOException("%s: can't be deleted: %s".formatted(file(key), e), e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {}
}
