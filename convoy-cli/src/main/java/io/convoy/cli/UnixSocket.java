package io.convoy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/**
 * The face of a {@link Socket} on a unix socket's channel, which is all that HttpCore takes. There
 * are no time limits: a backup may take hours, and the daemon's end closes the connection.
 */
final class UnixSocket extends Socket {
  private final SocketChannel channel;

  UnixSocket(SocketChannel channel) {
    this.channel = channel;
  }

  static UnixSocket connect(UnixDomainSocketAddress address) throws IOException {
    return new UnixSocket(SocketChannel.open(address));
  }

  @Override
  public InputStream getInputStream() {
    return Channels.newInputStream(channel);
  }

  @Override
  public OutputStream getOutputStream() {
    return Channels.newOutputStream(channel);
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public synchronized boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public synchronized void setSoTimeout(int millis) {
    // See the class: there are none.
  }

  @Override
  public synchronized int getSoTimeout() {
    return 0;
  }

  @Override
  public void setSoLinger(boolean on, int seconds) {
    // There is nothing like it on unix sockets.
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return null;
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return null;
  }
}
