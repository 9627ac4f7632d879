package io.convoy.plugin.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import jnr.unixsocket.UnixSocketChannel;

/** Serves HTTP/1.1 at any number of unix sockets. */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(HttpServer.class.getName());
  // The request of a new connection may be on its way.
  private static final long MIN_IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  // No honest client takes so long for a head; while there is room it may nevertheless.
  private static final long MIN_RECEIVING_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long ROOM_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SPARE_THREADS = 16;
  private static final int STACK_BYTES = 512 * 1024;
  private static final long ACCEPT_PAUSE_MILLIS = 100;
  private static final byte[] BUSY =
      """
      HTTP/1.1 503 Service Unavailable\r
      Content-Type: text/plain; charset=utf-8\r
      Connection: close\r
      Content-Length: 46\r
      \r
      Too many connections at once: try again later
      """
          .getBytes(US_ASCII);

  private final HttpLimits limits;
  private final Exchange exchange;
  private final ThreadPoolExecutor threads;
  private final List<Listener> listening = new ArrayList<>();
  private final Set<Connection> connections = new LinkedHashSet<>();
  // Guarded by connections.
  private boolean full;
  private volatile boolean closing;

  public HttpServer(HttpHandler handler, HttpLimits limits) {
    this(handler, limits, RequestListener.NONE);
  }

  /** Makes a server that tells somebody of each request. */
  public HttpServer(HttpHandler handler, HttpLimits limits, RequestListener listener) {
    this.limits = requireNonNull(limits, "limits is null");
    this.exchange =
        new Exchange(
            requireNonNull(handler, "handler is null"),
            limits,
            requireNonNull(listener, "listener is null"));
    AtomicLong number = new AtomicLong();
    this.threads =
        new ThreadPoolExecutor(
            0,
            limits.maxConnections() + SPARE_THREADS,
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread =
                  new Thread(null, task, "convoy-http-" + number.incrementAndGet(), STACK_BYTES);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Listens at one more socket: mode 0660, of a group if one is given.
   *
   * @throws java.nio.file.FileAlreadyExistsException if another process listens there
   */
  public void listen(Path path, Optional<String> group) throws IOException {
    listen(ListeningSocket.open(path, group));
  }

  /** Serves a socket that somebody else listens at, too. */
  public void listen(ActivatedSocket socket) {
    listen((Listener) socket);
  }

  private void listen(Listener socket) {
    Thread acceptor =
        new Thread(() -> accept(socket), "convoy-accept-" + socket.path().getFileName());
    acceptor.setDaemon(true);
    synchronized (connections) {
      listening.add(socket);
    }
    acceptor.start();
  }

  private void accept(Listener listener) {
    while (!closing) {
      try {
        admit(listener.accept());
      } catch (IOException | RuntimeException e) {
        if (closing || !listener.isOpen()) {
          return;
        }
        // Out of descriptors, most likely: that passes, and the others go on.
        LOGGER.log(WARNING, "{0}: accept: {1}", listener.path(), e.getMessage());
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(ACCEPT_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void admit(UnixSocketChannel channel) throws IOException {
    ChannelSocket socket = new ChannelSocket(channel, limits);
    try {
      if (makeRoom()) {
        Connection connection = new Connection(socket, exchange, limits, () -> closing);
        synchronized (connections) {
          connections.add(connection);
        }
        threads.execute(() -> serve(connection));
      } else {
        threads.execute(() -> refuse(socket));
      }
    } catch (RejectedExecutionException e) {
      LOGGER.log(WARNING, "Too many connections at once: one was closed");
      socket.close();
    }
  }

  /**
   * Returns whether there is room for one more connection, closing an idle one if need be, or else
   * one whose request does not come on. In a burst this waits a moment, while more clients queue in
   * the kernel; once that was in vain, the next ones are told at once.
   */
  private boolean makeRoom() throws IOException {
    synchronized (connections) {
      long deadline = System.nanoTime() + (full ? 0 : ROOM_WAIT_NANOS);
      while (connections.size() >= limits.maxConnections()) {
        Optional<Connection> dispensable = dispensable();
        if (dispensable.isPresent()) {
          connections.remove(dispensable.get());
          dispensable.get().abort();
          break;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0 || closing) {
          full = true;
          return false;
        }
        await(left);
      }
      full = false;
      return true;
    }
  }

  private Optional<Connection> dispensable() {
    return longest(Connection::isIdle, MIN_IDLE_NANOS)
        .or(() -> longest(Connection::isReceiving, MIN_RECEIVING_NANOS));
  }

  private Optional<Connection> longest(Predicate<Connection> kind, long minNanos) {
    long now = System.nanoTime();
    return connections.stream()
        .filter(kind)
        .filter(connection -> now - connection.waitingSince() >= minNanos)
        .max(Comparator.comparingLong(connection -> now - connection.waitingSince()));
  }

  private void await(long nanos) throws InterruptedIOException {
    try {
      TimeUnit.NANOSECONDS.timedWait(connections, nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private void serve(Connection connection) {
    try {
      connection.serve();
    } catch (Throwable e) {
      // Whatever it is, it is this connection's alone.
      LOGGER.log(WARNING, "A connection ended: " + e, e);
    } finally {
      synchronized (connections) {
        connections.remove(connection);
        connections.notifyAll();
      }
    }
  }

  private static void refuse(ChannelSocket socket) {
    LOGGER.log(WARNING, "503: too many connections at once");
    try (socket) {
      socket.lingerOnClose();
      socket.getOutputStream().write(BUSY);
    } catch (IOException e) {
      LOGGER.log(DEBUG, "503: {0}", e.getMessage());
    }
  }

  /** Takes no more connections, and removes the socket files; requests go on. */
  public void stopListening() throws IOException {
    closing = true;
    IOException failure = null;
    List<Listener> sockets;
    synchronized (connections) {
      sockets = List.copyOf(listening);
      listening.clear();
    }
    for (Listener socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Waits for requests that are being worked on, then cuts off those that are left. */
  public void drain(Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (connections) {
      for (Connection connection : connections) {
        if (connection.isIdle()) {
          connection.abort();
        }
      }
      try {
        for (long left = deadline - System.nanoTime();
            !connections.isEmpty() && left > 0;
            left = deadline - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(connections, left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      for (Connection connection : connections) {
        connection.abort();
      }
    }
    threads.shutdown();
  }

  /** Stops at once. */
  @Override
  public void close() throws IOException {
    try {
      stopListening();
    } finally {
      drain(Duration.ZERO);
    }
  }
}
