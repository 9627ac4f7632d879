package io.convoy.plugin.http;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;

/** A unix socket that listens, and its file, which goes when this is closed. */
final class ListeningSocket implements Listener {
  private static final int BACKLOG = 128;
  private static final int MAX_PATH_BYTES = 107;

  private final Path path;
  private final UnixServerSocketChannel channel;
  private final Object fileKey;

  private ListeningSocket(Path path, UnixServerSocketChannel channel, Object fileKey) {
    this.path = path;
    this.channel = channel;
    this.fileKey = fileKey;
  }

  /**
   * Listens at a path, for root and the members of a group. A socket file that nobody listens at is
   * replaced.
   *
   * @throws FileAlreadyExistsException if somebody listens there, or the file is no socket
   * @throws IllegalArgumentException if the path is too long for a socket, or there is no such
   *     group
   */
  static ListeningSocket open(Path path, Optional<String> group) throws IOException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH_BYTES) {
      throw new IllegalArgumentException(
          "Socket '%s': the path is %s bytes long, expected at most %s"
              .formatted(path, length, MAX_PATH_BYTES));
    }
    Optional<GroupPrincipal> owners =
        group.isEmpty() ? Optional.empty() : Optional.of(find(path, group.get()));
    Path directory = path.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    removeStale(path);
    UnixServerSocketChannel channel = bind(path);
    try {
      if (owners.isPresent()) {
        Files.getFileAttributeView(path, PosixFileAttributeView.class, NOFOLLOW_LINKS)
            .setGroup(owners.get());
      }
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
      return new ListeningSocket(path, channel, fileKey(path));
    } catch (IOException | RuntimeException e) {
      try (channel) {
        Files.deleteIfExists(path);
      }
      throw e;
    }
  }

  /**
   * Listens at a path, for the owner alone, from the first moment on. Linux makes the file with the
   * mode that the socket has; a umask could take from that, but holds for all threads.
   */
  static UnixServerSocketChannel bind(Path path) throws IOException {
    UnixServerSocketChannel channel = UnixServerSocketChannel.open();
    try {
      Files.setPosixFilePermissions(
          Path.of("/proc/self/fd/" + channel.getFD()),
          PosixFilePermissions.fromString("rw-------"));
      channel.socket().bind(new UnixSocketAddress(path.toFile()), BACKLOG);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static GroupPrincipal find(Path path, String group) throws IOException {
    try {
      return path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
    } catch (java.nio.file.attribute.UserPrincipalNotFoundException e) {
      throw new IllegalArgumentException(
          "There is no group '%s' for the socket".formatted(group), e);
    }
  }

  private static void removeStale(Path path) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return;
    }
    if (!attributes.isOther()) {
      throw new FileAlreadyExistsException(
          path.toString(), null, "this is not a socket: move it away, or choose another path");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
      throw new FileAlreadyExistsException(
          path.toString(),
          null,
          "another process listens at this socket: stop it, or choose another path");
    } catch (ConnectException e) {
      Files.deleteIfExists(path);
    } catch (SocketException e) {
      throw new IOException(
          "Socket '%s': could not find out whether somebody listens there: %s"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  private static Object fileKey(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS).fileKey();
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public UnixSocketChannel accept() throws IOException {
    return channel.accept();
  }

  @Override
  public void close() throws IOException {
    try {
      if (fileKey.equals(fileKey(path))) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      // Somebody removed it, which is what was to be done.
    } finally {
      channel.close();
    }
  }
}
