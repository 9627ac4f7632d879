package io.convoy.cli.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** Asks servers at unix sockets, without a program's start in the time that it takes. */
final class UnixHttp {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private UnixHttp() {}

  /** An answer, and how long it took. */
  record Answer(int status, String body, Duration time) {
    JsonNode json() throws IOException {
      return MAPPER.readTree(body);
    }

    /** Returns the error in Docker's answer; empty if there is none. */
    String error() throws IOException {
      return json().path("Err").asText();
    }
  }

  static Answer ask(Path socket, String method, String path, String body) throws IOException {
    long start = System.nanoTime();
    byte[] content = body.getBytes(UTF_8);
    String head =
        "%s %s HTTP/1.0\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n"
            .formatted(method, path, content.length);
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer request = UTF_8.encode(head + body);
      while (request.hasRemaining()) {
        channel.write(request);
      }
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (channel.read(buffer) >= 0) {
        received.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    }
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    String[] parts = received.toString(UTF_8).split("\r\n\r\n", 2);
    if (parts.length < 2) {
      throw new IOException("%s %s: no answer but '%s'".formatted(method, path, parts[0]));
    }
    int status = Integer.parseInt(parts[0].split(" ", 3)[1]);
    boolean chunked = parts[0].toLowerCase(java.util.Locale.ROOT).contains("chunked");
    return new Answer(status, chunked ? join(parts[1]) : parts[1], time);
  }

  private static String join(String chunks) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (true) {
      int end = chunks.indexOf("\r\n", at);
      int length = Integer.parseInt(chunks.substring(at, end), 16);
      if (length == 0) {
        return text.toString();
      }
      text.append(chunks, end + 2, end + 2 + length);
      at = end + 2 + length + 2;
    }
  }
}
