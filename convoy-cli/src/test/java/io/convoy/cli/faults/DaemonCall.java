package io.convoy.cli.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One call of the daemon, as any client makes it, that waits no longer than it is told to. */
class DaemonCall {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path socket;
  private final Duration limit;

  /**
   * Makes a caller.
   *
   * @param limit after which a call is taken for stuck
   */
  DaemonCall(Path socket, Duration limit) {
    this.socket = socket;
    this.limit = limit;
  }

  /** What came back. */
  record Answer(int status, String body) {
    boolean isDone() {
      return status < 300;
    }

    JsonNode json() throws IOException {
      return MAPPER.readTree(body);
    }

    /** Returns what Docker's plugin API says went wrong, empty if nothing did. */
    String err() throws IOException {
      return json().path("Err").asText("no Err in: " + body);
    }
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /**
   * Makes a call.
   *
   * @throws SocketTimeoutException if nothing comes back in time
   * @throws IOException if there is no daemon, or it goes away before its answer is whole
   */
  Answer call(String method, String path, ObjectNode body) throws IOException {
    byte[] content = body.isEmpty() ? new byte[0] : MAPPER.writeValueAsBytes(body);
    String head =
        "%s %s HTTP/1.1\r\nHost: convoy\r\nConnection: close\r\nContent-Length: %s\r\n\r\n"
            .formatted(method, path, content.length);
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(ISO_8859_1));
    request.writeBytes(content);
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer bytes = ByteBuffer.wrap(request.toByteArray());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return parse(receive(channel, method + " " + path));
    }
  }

  final Answer docker(String call, ObjectNode body) throws IOException {
    return call("POST", "/VolumeDriver." + call, body);
  }

  private byte[] receive(SocketChannel channel, String what) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_READ);
      while (true) {
        int n = channel.read(buffer.clear());
        if (n < 0) {
          return received.toByteArray();
        }
        received.write(buffer.array(), 0, n);
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (n == 0 && left <= 0) {
          throw new SocketTimeoutException("no answer after %s: %s".formatted(limit, what));
        }
        if (n == 0) {
          selector.select(left);
        }
      }
    }
  }

  private static Answer parse(byte[] bytes) throws IOException {
    String text = new String(bytes, UTF_8);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new EOFException("no answer, the connection was closed");
    }
    String head = text.substring(0, end);
    String body = text.substring(end + 4);
    for (String line : head.split("\r\n", -1)) {
      if (line.regionMatches(true, 0, "Content-Length: ", 0, "Content-Length: ".length())
          && Integer.parseInt(line.substring("Content-Length: ".length()).strip())
              != body.getBytes(UTF_8).length) {
        throw new EOFException("half an answer, the connection was closed");
      }
    }
    return new Answer(Integer.parseInt(head.split(" ", 3)[1]), body);
  }
}
