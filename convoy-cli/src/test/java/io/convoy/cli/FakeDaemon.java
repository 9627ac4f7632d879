package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;

/** Listens on a unix socket, remembers what it was asked, and answers always the same. */
final class FakeDaemon implements AutoCloseable {
  private final Path socket;
  private final ServerSocketChannel server;
  private final Thread thread;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile Answer answer = new Answer(200, "text/plain", "answer");

  /** A request; the body is empty if there was none. */
  record Asked(String method, String path, String body, String accept, String userAgent) {}

  /** An answer; with the status 0, the connection is closed without one. */
  record Answer(int status, String type, String body) {}

  FakeDaemon(Path socket) throws IOException {
    this.socket = socket;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    this.thread = new Thread(this::serve, "fake-daemon");
    thread.start();
  }

  Path socket() {
    return socket;
  }

  void answer(int status, String type, String body) {
    answer = new Answer(status, type, body);
  }

  List<Asked> asked() {
    return asked;
  }

  private void serve() {
    while (server.isOpen()) {
      try (UnixSocket client = new UnixSocket(server.accept());
          DefaultBHttpServerConnection connection =
              new DefaultBHttpServerConnection("http", Http1Config.DEFAULT)) {
        connection.bind(client);
        ClassicHttpRequest request = connection.receiveRequestHeader();
        connection.receiveRequestEntity(request);
        asked.add(
            new Asked(
                request.getMethod(),
                request.getRequestUri(),
                request.getEntity() == null ? "" : EntityUtils.toString(request.getEntity(), UTF_8),
                request.getFirstHeader("Accept").getValue(),
                request.getFirstHeader("User-Agent").getValue()));
        if (answer.status() == 0) {
          continue;
        }
        BasicClassicHttpResponse response = new BasicClassicHttpResponse(answer.status());
        StringEntity entity =
            new StringEntity(answer.body(), ContentType.create(answer.type(), UTF_8));
        response.setEntity(entity);
        response.setHeader("Content-Type", entity.getContentType());
        response.setHeader("Content-Length", entity.getContentLength());
        connection.sendResponseHeader(response);
        connection.sendResponseEntity(response);
        connection.flush();
      } catch (AsynchronousCloseException e) {
        return;
      } catch (IOException | HttpException e) {
        asked.add(new Asked("", "", e.toString(), "", ""));
      }
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    server.close();
    thread.join();
  }
}
