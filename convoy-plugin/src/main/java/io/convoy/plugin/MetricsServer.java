package io.convoy.plugin;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Serves the metrics, and nothing else, at a TCP port, for scrapers that can't use the socket. */
final class MetricsServer implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(MetricsServer.class.getName());
  private static final String PATH = "/metrics";

  private final HttpServer server;
  private final ExecutorService threads;
  private final Supplier<MetricsPage> page;

  private MetricsServer(HttpServer server, Supplier<MetricsPage> page) {
    this.server = server;
    this.page = page;
    // One: whoever asks too often waits for himself.
    this.threads =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "convoy-metrics");
              thread.setDaemon(true);
              return thread;
            });
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** Listens, if that is possible: volumes do not wait for it. */
  static Optional<MetricsServer> open(InetSocketAddress address, Supplier<MetricsPage> page) {
    try {
      MetricsServer server = new MetricsServer(HttpServer.create(address, 0), page);
      LOGGER.log(INFO, "Metrics are at http:/{0}{1}", server.server.getAddress(), PATH);
      return Optional.of(server);
    } catch (IOException e) {
      LOGGER.log(WARNING, "Metrics can''t be served at {0}: {1}", address, ApiError.oneLine(e));
      return Optional.empty();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      String type = MetricsPage.contentType();
      String text;
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        status = 404;
        text = "There is " + PATH + " alone\n";
      } else if (!exchange.getRequestMethod().equals("GET")) {
        status = 405;
        text = "Expected GET\n";
      } else {
        text = page.get().text();
      }
      byte[] body = text.getBytes(UTF_8);
      exchange
          .getResponseHeaders()
          .set("Content-Type", status == 200 ? type : "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
