package io.convoy.plugin.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.lang.System.Logger;
import java.net.SocketTimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/** One client's connection, served by one thread until either side has enough. */
final class Connection {
  private static final Logger LOGGER = System.getLogger(Connection.class.getName());
  private static final int BUFFER_BYTES = 8 * 1024;
  private static final byte[] TOO_SLOW =
      """
      HTTP/1.1 408 Request Timeout\r
      Content-Type: text/plain; charset=utf-8\r
      Connection: close\r
      Content-Length: 35\r
      \r
      The request did not arrive in time
      """
          .getBytes(US_ASCII);

  private final ChannelSocket socket;
  private final Exchange exchange;
  private final Http1Config config;
  private final BooleanSupplier closing;

  Connection(ChannelSocket socket, Exchange exchange, HttpLimits limits, BooleanSupplier closing) {
    this.socket = socket;
    this.exchange = exchange;
    this.closing = closing;
    this.config =
        Http1Config.custom()
            .setBufferSize(BUFFER_BYTES)
            .setMaxLineLength(limits.maxLineBytes())
            .setMaxHeaderCount(limits.maxHeaders())
            .build();
  }

  boolean isIdle() {
    return socket.isIdle();
  }

  /** Returns whether a request has begun to arrive, and its head is not whole yet. */
  boolean isReceiving() {
    return socket.isReceiving();
  }

  long waitingSince() {
    return socket.waitingSince();
  }

  /** Ends this connection, from any thread. */
  void abort() throws IOException {
    socket.abort();
  }

  void serve() throws IOException {
    try (socket) {
      Caller caller = socket.caller();
      try (DefaultBHttpServerConnection http = new DefaultBHttpServerConnection("http", config)) {
        http.bind(socket);
        HttpService service = exchange.serviceFor(socket, caller);
        do {
          socket.awaitRequest();
          if (closing.getAsBoolean()) {
            return;
          }
          handleOne(service, http);
        } while (http.isOpen());
      } catch (SocketTimeoutException e) {
        timedOut(caller, e);
      }
    } catch (IOException | HttpException e) {
      LOGGER.log(DEBUG, "Connection ended: {0}", e.getMessage());
    }
  }

  private void handleOne(HttpService service, DefaultBHttpServerConnection http)
      throws IOException, HttpException {
    try {
      service.handleRequest(http, HttpCoreContext.create());
    } catch (SocketTimeoutException e) {
      if (socket.isReceiving()) {
        socket.lingerOnClose();
        socket.getOutputStream().write(TOO_SLOW);
      }
      throw e;
    }
  }

  private void timedOut(Caller caller, SocketTimeoutException cause) {
    LOGGER.log(
        socket.isIdle() ? DEBUG : INFO, "Connection cut: {0}, {1}", cause.getMessage(), caller);
  }
}
