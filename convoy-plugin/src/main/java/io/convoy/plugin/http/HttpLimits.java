package io.convoy.plugin.http;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What a client may ask of the server.
 *
 * @param maxConnections beyond which the longest idle connection is closed, or else the new one is
 *     answered 503
 * @param idle how long a connection may wait for its next request
 * @param receive how long a request may take to arrive, from its first byte to its last
 * @param send how long one piece of an answer may wait for the client to take it
 * @param maxLineBytes of the request line and of each header
 * @param maxHeaders how many headers a request may have
 * @param maxBodyBytes how long a request's body may be
 */
public record HttpLimits(
    int maxConnections,
    Duration idle,
    Duration receive,
    Duration send,
    int maxLineBytes,
    int maxHeaders,
    int maxBodyBytes) {
  /** What the daemon uses. Docker's engine keeps a few idle connections for good. */
  public static final HttpLimits DEFAULT =
      new HttpLimits(
          256,
          Duration.ofMinutes(3),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          16 * 1024,
          100,
          1024 * 1024);

  public HttpLimits {
    requireNonNull(idle, "idle is null");
    requireNonNull(receive, "receive is null");
    requireNonNull(send, "send is null");
    if (maxConnections < 1 || maxLineBytes < 1 || maxHeaders < 1 || maxBodyBytes < 1) {
      throw new IllegalArgumentException("a limit is less than 1");
    }
  }

  /** Returns these limits with another number of connections. */
  public HttpLimits withMaxConnections(int connections) {
    return new HttpLimits(connections, idle, receive, send, maxLineBytes, maxHeaders, maxBodyBytes);
  }

  /** Returns these limits with other waiting times. */
  public HttpLimits withTimes(Duration newIdle, Duration newReceive, Duration newSend) {
    return new HttpLimits(
        maxConnections, newIdle, newReceive, newSend, maxLineBytes, maxHeaders, maxBodyBytes);
  }
}
