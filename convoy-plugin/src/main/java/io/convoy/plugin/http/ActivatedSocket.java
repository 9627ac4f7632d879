package io.convoy.plugin.http;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jnr.enxio.channels.NativeSelectorProvider;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketChannel;

/**
 * A socket at which the service manager listens for us (sd_listen_fds(3)). It listens before the
 * daemon runs and after it has stopped, so that clients wait instead of failing: neither its file
 * nor the socket itself is ours to close.
 */
public final class ActivatedSocket implements Listener {
  private static final int FIRST_DESCRIPTOR = 3;
  private static final int INODE_COLUMN = 6;
  private static final int PATH_COLUMN = 7;

  private final Path path;
  private final UnixServerSocketChannel channel;
  private final Selector selector;
  private volatile boolean closed;

  private ActivatedSocket(Path path, UnixServerSocketChannel channel, Selector selector) {
    this.path = path;
    this.channel = channel;
    this.selector = selector;
  }

  /**
   * Takes the sockets that were handed to this process; none without a service manager.
   *
   * @throws IOException if what was handed over is no unix socket with a path
   */
  public static List<ActivatedSocket> take(Map<String, String> environment) throws IOException {
    List<ActivatedSocket> sockets = new ArrayList<>();
    String pid = Long.toString(ProcessHandle.current().pid());
    String count = environment.getOrDefault("LISTEN_FDS", "");
    // Variables that a parent passed on by mistake name that one's process.
    if (pid.equals(environment.get("LISTEN_PID")) && count.matches("\\d{1,3}")) {
      for (int i = 0; i < Integer.parseInt(count); i++) {
        sockets.add(open(FIRST_DESCRIPTOR + i));
      }
    }
    return sockets;
  }

  private static ActivatedSocket open(int descriptor) throws IOException {
    Path path = pathOf(descriptor);
    UnixServerSocketChannel channel = channelOf(descriptor);
    // Accepting only what is there, a thread can be told to stop, which else only closing does.
    channel.configureBlocking(false);
    Selector selector = NativeSelectorProvider.getInstance().openSelector();
    channel.register(selector, SelectionKey.OP_ACCEPT);
    return new ActivatedSocket(path, channel, selector);
  }

  private static Path pathOf(int descriptor) throws IOException {
    String link = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
    String inode = link.replaceAll("socket:\\[(\\d+)\\]", "$1");
    for (String line : Files.readAllLines(Path.of("/proc/net/unix"))) {
      String[] columns = line.strip().split("\\s+", PATH_COLUMN + 1);
      if (columns.length > PATH_COLUMN && columns[INODE_COLUMN].equals(inode)) {
        return Path.of(columns[PATH_COLUMN]);
      }
    }
    throw new IOException(
        "Descriptor %s, handed over by LISTEN_FDS, is '%s': expected a unix socket with a path"
            .formatted(descriptor, link));
  }

  /** Makes the channel that the library makes for sockets of its own only. */
  private static UnixServerSocketChannel channelOf(int descriptor) throws IOException {
    try {
      var constructor =
          UnixServerSocketChannel.class.getDeclaredConstructor(SelectorProvider.class, int.class);
      constructor.setAccessible(true);
      return constructor.newInstance(NativeSelectorProvider.getInstance(), descriptor);
    } catch (ReflectiveOperationException e) {
      throw new IOException("jnr-unixsocket can't take a socket that is open already", e);
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public UnixSocketChannel accept() throws IOException {
    while (!closed) {
      UnixSocketChannel client = channel.accept();
      if (client != null) {
        return client;
      }
      selector.select();
      selector.selectedKeys().clear();
    }
    throw new AsynchronousCloseException();
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }
}
