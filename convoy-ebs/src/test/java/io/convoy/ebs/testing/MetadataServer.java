package io.convoy.ebs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What an instance is told about itself, version 2: nothing without a token. */
final class MetadataServer implements AutoCloseable {
  private static final String TOKEN = "X-aws-ec2-metadata-token";
  private static final String TTL = TOKEN + "-ttl-seconds";
  private static final int MOST_SECONDS = 21600;

  private final HttpServer server;
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private final String document;

  MetadataServer(String instanceId, String region, String zone) throws IOException {
    document =
        """
        {
          "accountId" : "%s",
          "architecture" : "x86_64",
          "availabilityZone" : "%s",
          "imageId" : "ami-0123456789abcdef0",
          "instanceId" : "%s",
          "instanceType" : "m5.large",
          "pendingTime" : "2026-11-24T00:00:00Z",
          "privateIp" : "127.0.0.1",
          "region" : "%s",
          "version" : "2017-09-30"
        }"""
            .formatted(Cloud.OWNER, zone, instanceId, region);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/latest/api/token")) {
        token(exchange);
        return;
      }
      String token = exchange.getRequestHeaders().getFirst(TOKEN);
      if (token == null || !tokens.contains(token)) {
        answer(exchange, 401, "");
      } else if (!exchange.getRequestMethod().equals("GET")) {
        answer(exchange, 405, "");
      } else if (path.equals("/latest/dynamic/instance-identity/document")) {
        answer(exchange, 200, document);
      } else {
        answer(exchange, 404, "");
      }
    }
  }

  private void token(HttpExchange exchange) throws IOException {
    String seconds = exchange.getRequestHeaders().getFirst(TTL);
    if (!exchange.getRequestMethod().equals("PUT")
        || seconds == null
        || !seconds.matches("[0-9]{1,5}")
        || Integer.parseInt(seconds) < 1
        || Integer.parseInt(seconds) > MOST_SECONDS) {
      answer(exchange, 400, "");
      return;
    }
    String token = UUID.randomUUID().toString();
    tokens.add(token);
    exchange.getResponseHeaders().set(TTL, seconds);
    answer(exchange, 200, token);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
