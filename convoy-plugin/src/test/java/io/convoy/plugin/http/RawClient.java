package io.convoy.plugin.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A client that sends what it is told to, byte for byte. */
public final class RawClient implements AutoCloseable {
  private final SocketChannel channel;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  private RawClient(SocketChannel channel) {
    this.channel = channel;
  }

  /** Connects. */
  public static RawClient connect(Path socket) throws IOException {
    return new RawClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  /** Sends bytes, and returns all that comes back until the server closes. */
  public static String exchange(Path socket, String bytes) throws IOException {
    try (RawClient client = connect(socket)) {
      client.send(bytes);
      return client.receiveAll();
    }
  }

  /** Sends one request that closes the connection, and returns status and body. */
  public static Answer call(Path socket, String method, String path, String body, String... headers)
      throws IOException {
    StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: convoy\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    text.append("Connection: close\r\n");
    if (!body.isEmpty()) {
      text.append("Content-Length: ").append(body.getBytes(UTF_8).length).append("\r\n");
    }
    return Answer.parse(exchange(socket, text + "\r\n" + body));
  }

  /** What came back; a chunked body is put together. */
  public record Answer(int status, String head, String body) {
    static Answer parse(String text) {
      int end = text.indexOf("\r\n\r\n");
      String head = text.substring(0, end);
      String body = text.substring(end + 4);
      if (head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")) {
        body = unchunk(body);
      }
      return new Answer(Integer.parseInt(head.split(" ", 3)[1]), head, body);
    }

    private static String unchunk(String text) {
      byte[] bytes = text.getBytes(UTF_8);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      int at = 0;
      while (true) {
        int end = at;
        while (bytes[end] != '\r') {
          end++;
        }
        int length = Integer.parseInt(new String(bytes, at, end - at, ISO_8859_1).strip(), 16);
        if (length == 0) {
          return all.toString(UTF_8);
        }
        all.write(bytes, end + 2, length);
        at = end + 2 + length + 2;
      }
    }
  }

  /** Sends text. */
  public void send(String text) throws IOException {
    sendBytes(text.getBytes(UTF_8));
  }

  /** Sends bytes. */
  public void sendBytes(byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Sends no more, as a client does that was killed while it sent. */
  public void endOutput() throws IOException {
    channel.shutdownOutput();
  }

  /** Returns all that comes until the server closes. */
  public String receiveAll() throws IOException {
    while (receiveSome()) {
      // Until the end.
    }
    return received.toString(UTF_8);
  }

  /** Returns what has come once it holds a text. */
  public String receiveUntil(String text) throws IOException {
    while (!received.toString(UTF_8).contains(text)) {
      if (!receiveSome()) {
        throw new IOException("closed after: " + received.toString(UTF_8));
      }
    }
    return received.toString(UTF_8);
  }

  private boolean receiveSome() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    int n;
    try {
      n = channel.read(buffer);
    } catch (IOException e) {
      // Linux: a reset after the answer, for what the server did not read.
      return false;
    }
    if (n > 0) {
      received.write(buffer.array(), 0, n);
    }
    return n >= 0;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
