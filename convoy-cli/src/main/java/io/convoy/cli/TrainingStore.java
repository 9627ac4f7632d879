package io.convoy.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of an S3 server as {@link StartUpTraining} needs to have a backup made to one and
 * restored from it: objects in memory, of one bucket, in no more than a page.
 */
final class TrainingStore implements AutoCloseable {
  private static final String BUCKET = "/training/";

  private static final String ETAG = "\"training\"";
  private static final String TAGS = "X-amz-meta-";
  private static final Pattern KEY = Pattern.compile("<Key>([^<]*)</Key>");

  private final NavigableMap<String, StoredObject> objects = new ConcurrentSkipListMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  /**
   * An object.
   *
   * @param content a character a byte
   * @param tags the headers that are the user's metadata
   */
  private record StoredObject(String content, Map<String, List<String>> tags) {}

  TrainingStore() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** Returns what to give as the destination. */
  static String url() {
    return "s3://training@us-east-1/";
  }

  /** Returns what to give as the endpoint. */
  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      String key = path.startsWith(BUCKET) ? path.substring(BUCKET.length()) : "";
      switch (exchange.getRequestMethod()) {
        case "PUT" -> put(exchange, key, body);
        case "POST" -> send(exchange, 200, deleteAll(new String(body, UTF_8)));
        case "DELETE" -> {
          objects.remove(key);
          send(exchange, 204, new byte[0]);
        }
        default -> get(exchange, key);
      }
    }
  }

  private void put(HttpExchange exchange, String key, byte[] body) throws IOException {
    StoredObject object = new StoredObject(new String(body, ISO_8859_1), new HashMap<>());
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (name.startsWith(TAGS)) {
                object.tags.put(name, values);
              }
            });
    if (!exchange.getRequestHeaders().containsKey("If-None-Match")) {
      objects.put(key, object);
    } else if (objects.putIfAbsent(key, object) != null) {
      send(exchange, 412, error("PreconditionFailed"));
      return;
    }
    exchange.getResponseHeaders().set("ETag", ETAG);
    send(exchange, 200, new byte[0]);
  }

  private byte[] deleteAll(String request) {
    StringBuilder answer = new StringBuilder("<DeleteResult>");
    for (Matcher key = KEY.matcher(request); key.find(); ) {
      objects.remove(key.group(1));
      answer.append("<Deleted>").append(key.group()).append("</Deleted>");
    }
    return answer.append("</DeleteResult>").toString().getBytes(UTF_8);
  }

  private void get(HttpExchange exchange, String key) throws IOException {
    if (key.isEmpty()) {
      send(exchange, 200, list(exchange.getRequestURI().getQuery()));
      return;
    }
    StoredObject object = objects.get(key);
    if (object == null) {
      send(exchange, 404, error("NoSuchKey"));
      return;
    }
    exchange.getResponseHeaders().putAll(object.tags);
    exchange.getResponseHeaders().set("ETag", ETAG);
    send(exchange, 200, object.content.getBytes(ISO_8859_1));
  }

  private byte[] list(String query) {
    StringBuilder list = new StringBuilder("<ListBucketResult>");
    String prefix = "";
    for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
      if (parameter.startsWith("prefix=")) {
        prefix = parameter.substring("prefix=".length());
      }
    }
    for (Map.Entry<String, StoredObject> object : objects.tailMap(prefix).entrySet()) {
      if (object.getKey().startsWith(prefix)) {
        list.append(
            "<Contents><Key>%s</Key><LastModified>2026-11-26T00:00:00.000Z</LastModified><Size>%s</Size></Contents>"
                .formatted(object.getKey(), object.getValue().content.length()));
      }
    }
    return list.append("<IsTruncated>false</IsTruncated></ListBucketResult>")
        .toString()
        .getBytes(UTF_8);
  }

  private static byte[] error(String code) {
    return "<Error><Code>%s</Code></Error>".formatted(code).getBytes(UTF_8);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    }
    exchange.sendResponseHeaders(status, none ? -1 : body.length);
    if (!none) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
