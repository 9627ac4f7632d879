package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/** Asks the daemon, one connection a call, and answers with its text as it is. */
final class DaemonClient {
  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";
  private static final int FIRST_ERROR_STATUS = 400;

  /** A line of text about what an answer leaves out. */
  private static final String PROBLEM_HEADER = "Convoy-Problem";

  private final Path socket;
  private final Consumer<String> warnings;

  /**
   * Makes a client.
   *
   * @param warnings hears what the daemon could not tell in an answer, one line each
   */
  DaemonClient(Path socket, Consumer<String> warnings) {
    this.socket = socket;
    this.warnings = warnings;
  }

  /** Reads the answer to a call that did not fail. */
  private interface Reader {
    String read(String contentType, InputStream content) throws IOException;
  }

  /**
   * Makes a call and returns the answer.
   *
   * @param method of HTTP
   * @param path with its version and query
   * @param body a JSON object, or empty for none
   * @throws DaemonException if the daemon refused or failed
   */
  String call(String method, String path, String body) throws IOException {
    return call(
        method, path, body, JSON, (type, content) -> new String(content.readAllBytes(), UTF_8));
  }

  /**
   * Makes a call that may take long, and hears how far it is.
   *
   * @param job gets the ID of the work, as soon as the daemon has told it
   */
  String call(
      String method, String path, String body, ProgressLine progress, CompletableFuture<String> job)
      throws IOException {
    return call(
        method,
        path,
        body,
        NDJSON + ", " + JSON,
        (type, content) ->
            type.startsWith(NDJSON)
                ? ProgressAnswer.read(
                    new BufferedReader(new InputStreamReader(content, UTF_8)), progress, job)
                : new String(content.readAllBytes(), UTF_8));
  }

  /** Hears one line. */
  interface LineListener {
    void line(String line) throws IOException;
  }

  /**
   * Makes a call whose answer is lines that come while things happen; returns when no more come.
   */
  void follow(String path, LineListener listener) throws IOException {
    call(
        "GET",
        path,
        "",
        NDJSON + ", " + JSON,
        (type, content) -> {
          BufferedReader lines = new BufferedReader(new InputStreamReader(content, UTF_8));
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            listener.line(line);
          }
          return "";
        });
  }

  private String call(String method, String path, String body, String accept, Reader reader)
      throws IOException {
    try (UnixSocket open = connect();
        DefaultBHttpClientConnection connection =
            new DefaultBHttpClientConnection(Http1Config.DEFAULT)) {
      connection.bind(open);
      BasicClassicHttpRequest request = new BasicClassicHttpRequest(method, path);
      request.setHeader("Host", "convoy");
      request.setHeader("User-Agent", "Convoy-Client/" + Version.get());
      request.setHeader("Accept", accept);
      request.setHeader("Connection", "close");
      if (!body.isEmpty()) {
        StringEntity entity = new StringEntity(body, ContentType.APPLICATION_JSON);
        request.setHeader("Content-Type", JSON);
        request.setHeader("Content-Length", entity.getContentLength());
        request.setEntity(entity);
      }
      connection.sendRequestHeader(request);
      connection.sendRequestEntity(request);
      connection.flush();
      try {
        return answer(connection, reader);
      } catch (DaemonException e) {
        throw e;
      } catch (HttpException | IOException e) {
        throw new IOException(
            "The daemon closed the connection before its answer was complete (%s); its log says why, 'convoy jobs' and 'convoy list' show what was done"
                .formatted(e.getMessage()),
            e);
      }
    } catch (HttpException e) {
      throw new IOException(
          "%s is not understood by the daemon: %s".formatted(path, e.getMessage()), e);
    }
  }

  private String answer(DefaultBHttpClientConnection connection, Reader reader)
      throws HttpException, IOException {
    ClassicHttpResponse response = connection.receiveResponseHeader();
    connection.receiveResponseEntity(response);
    for (Header problem : response.getHeaders(PROBLEM_HEADER)) {
      warnings.accept("Left out: " + problem.getValue());
    }
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return "";
    }
    String type = entity.getContentType() == null ? "" : entity.getContentType();
    try (InputStream content = entity.getContent()) {
      if (response.getCode() < FIRST_ERROR_STATUS) {
        return reader.read(type, content);
      }
      String text = new String(content.readAllBytes(), UTF_8);
      throw type.startsWith(JSON)
          ? ErrorAnswer.parse(text)
          : new DaemonException(text, text.isBlank() ? "status " + response.getCode() : text);
    }
  }

  private UnixSocket connect() throws IOException {
    try {
      return UnixSocket.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      throw new IOException(explain(e), e);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s is no path of a socket: %s".formatted(socket, e.getMessage()), e);
    }
  }

  String explain(IOException e) {
    String reason = String.valueOf(e.getMessage());
    if (reason.contains("Permission denied")) {
      return "You may not talk to the daemon on %s: permission denied; use sudo%s"
          .formatted(socket, groupHint());
    }
    if (reason.contains("No such file") || reason.contains("refused")) {
      return "The daemon is not running: nothing listens on %s (%s); start it, for example with 'sudo convoy daemon --drivers vfs', or name its socket with --socket"
          .formatted(socket, reason);
    }
    return "The daemon cannot be reached on %s: %s".formatted(socket, reason);
  }

  private String groupHint() {
    try {
      Object group = Files.getAttribute(socket, "posix:group");
      return group.toString().equals("root")
          ? " (or start the daemon with --socket-group)"
          : ", or become a member of the group '%s'".formatted(group);
    } catch (IOException | RuntimeException e) {
      // The directory may be closed to us, too; then there is nothing more to say.
      return "";
    }
  }
}
