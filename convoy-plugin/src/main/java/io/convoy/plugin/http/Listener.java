package io.convoy.plugin.http;

import java.io.IOException;
import java.nio.file.Path;
import jnr.unixsocket.UnixSocketChannel;

/** A unix socket that listens. */
interface Listener extends AutoCloseable {
  Path path();

  boolean isOpen();

  /** Waits for a client; {@link #close} ends that with an exception. */
  UnixSocketChannel accept() throws IOException;

  @Override
  void close() throws IOException;
}
