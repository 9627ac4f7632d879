package io.convoy.plugin.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import jnr.unixsocket.Credentials;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;

/**
 * The face of a {@link Socket} on a unix socket's channel, for HttpCore, with a time limit on
 * everything. One thread uses and closes it; any other may {@link #abort} it.
 */
final class ChannelSocket extends Socket {
  private static final int MAX_PIECE_BYTES = 64 * 1024;
  private static final int LINGER_BYTES = 8 * 1024 * 1024;
  private static final Duration LINGER = Duration.ofSeconds(2);

  private enum State {
    IDLE,
    RECEIVING,
    ANSWERING
  }

  private final UnixSocketChannel channel;
  private final HttpLimits limits;
  private final InputStream input = new Input();
  private final OutputStream output = new Output();
  private long receiveDeadline;
  private boolean lingering;
  private volatile State state = State.IDLE;
  private volatile long waitingSince;
  // Guarded by this: a channel that is closed while another thread enters the kernel with its
  // descriptor would act on whatever got the same number next.
  private boolean closed;

  ChannelSocket(UnixSocketChannel channel, HttpLimits limits) {
    this.channel = channel;
    this.limits = limits;
    awaitRequest();
  }

  Caller caller() throws IOException {
    Credentials credentials = channel.getOption(UnixSocketOptions.SO_PEERCRED);
    return new Caller(credentials.getUid(), credentials.getPid());
  }

  /** Starts to wait for a request. */
  void awaitRequest() {
    waitingSince = System.nanoTime();
    receiveDeadline = waitingSince + limits.idle().toNanos();
    state = State.IDLE;
  }

  /** Tells that a request has arrived, the head at least, and is being worked on. */
  void requestArrived() {
    if (state == State.IDLE) {
      // It came together with the one before.
      receiveDeadline = System.nanoTime() + limits.receive().toNanos();
    }
    state = State.ANSWERING;
  }

  /** Returns whether this waits for a request. */
  boolean isIdle() {
    return state == State.IDLE;
  }

  /** Returns whether a request's head has begun to arrive. */
  boolean isReceiving() {
    return state == State.RECEIVING;
  }

  /** Returns since when this waits for a request, or for the rest of its head. */
  long waitingSince() {
    return waitingSince;
  }

  /** Has {@link #close} read what the client still sends, so that it gets to read the answer. */
  void lingerOnClose() {
    lingering = true;
  }

  /** Ends whatever the owning thread does with this socket. */
  synchronized void abort() throws IOException {
    if (!closed) {
      channel.shutdownInput();
      channel.shutdownOutput();
    }
  }

  @Override
  @SuppressWarnings(
      "UnsynchronizedOverridesSynchronized") // abort() must get through a lingering one
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    try {
      if (lingering) {
        linger();
      }
    } finally {
      synchronized (this) {
        closed = true;
        channel.close();
      }
    }
  }

  private void linger() {
    receiveDeadline = System.nanoTime() + LINGER.toNanos();
    state = State.ANSWERING;
    byte[] sink = new byte[MAX_PIECE_BYTES];
    try {
      channel.shutdownOutput();
      int left = LINGER_BYTES;
      for (int n = input.read(sink); n >= 0 && left > 0; n = input.read(sink)) {
        left -= n;
      }
    } catch (IOException e) {
      // The client is gone or too slow: it has had its chance to read the answer.
    }
  }

  @Override
  public synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public InputStream getInputStream() {
    return input;
  }

  @Override
  public OutputStream getOutputStream() {
    return output;
  }

  @Override
  public void setSoTimeout(int millis) {
    // The limits hold, whatever HttpCore thinks.
  }

  @Override
  public int getSoTimeout() {
    return 0;
  }

  @Override
  public void setSoLinger(boolean on, int seconds) {
    // There is nothing like it on unix sockets.
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return channel.getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return channel.getLocalSocketAddress();
  }

  private static int millisUntil(long deadline, String what) throws SocketTimeoutException {
    long nanos = deadline - System.nanoTime();
    if (nanos <= 0) {
      throw new SocketTimeoutException(what);
    }
    return (int) Math.min(Integer.MAX_VALUE, nanos / 1_000_000 + 1);
  }

  private void ensureOpen() throws SocketException {
    if (isClosed()) {
      throw new SocketException("Socket closed");
    }
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      ensureOpen();
      String what = "the request did not arrive in time";
      channel.setOption(UnixSocketOptions.SO_RCVTIMEO, millisUntil(receiveDeadline, what));
      int n = channel.read(ByteBuffer.wrap(bytes, offset, Math.min(length, MAX_PIECE_BYTES)));
      if (n == 0) {
        // This is how jnr says that the time is over.
        throw new SocketTimeoutException(what);
      }
      if (state == State.IDLE && n > 0) {
        state = State.RECEIVING;
        waitingSince = System.nanoTime();
        receiveDeadline = waitingSince + limits.receive().toNanos();
      }
      return n;
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      long deadline = System.nanoTime() + limits.send().toNanos();
      String what = "the client did not take the answer in time";
      for (int done = 0; done < length; ) {
        ensureOpen();
        channel.setOption(UnixSocketOptions.SO_SNDTIMEO, millisUntil(deadline, what));
        int piece = Math.min(length - done, MAX_PIECE_BYTES);
        done += Math.max(0, channel.write(ByteBuffer.wrap(bytes, offset + done, piece)));
      }
    }
  }
}
