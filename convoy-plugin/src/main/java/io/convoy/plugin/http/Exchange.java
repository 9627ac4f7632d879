package io.convoy.plugin.http;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.net.SocketTimeoutException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.io.HttpServerRequestHandler.ResponseTrigger;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.support.BasicHttpServerExpectationDecorator;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http.protocol.ResponseConnControl;
import org.apache.hc.core5.http.protocol.ResponseContent;
import org.apache.hc.core5.http.protocol.ResponseDate;

/** Turns HttpCore's requests into ours and our answers into HttpCore's, and logs each once. */
final class Exchange {
  private static final Logger LOGGER = System.getLogger("io.convoy.plugin.requests");
  private static final int MAX_LOGGED = 200;

  // Without HttpCore's check of the Host header: v0.5.2's client and Docker's engine put an
  // escaped path, or nothing, there.
  private static final HttpProcessor PROCESSOR =
      HttpProcessorBuilder.create()
          .addAll(new ResponseDate(), new ResponseContent(), new ResponseConnControl())
          .build();

  private final HttpHandler handler;
  private final HttpLimits limits;
  private final RequestListener listener;

  Exchange(HttpHandler handler, HttpLimits limits, RequestListener listener) {
    this.handler = handler;
    this.limits = limits;
    this.listener = listener;
  }

  HttpService serviceFor(ChannelSocket socket, Caller caller) {
    return new LoggingHttpService(
        PROCESSOR,
        new BasicHttpServerExpectationDecorator(
            (request, trigger, context) -> handle(request, trigger, socket, caller)),
        socket,
        caller);
  }

  /** Our words for what HttpCore can't parse. */
  private static final class LoggingHttpService extends HttpService {
    private final ChannelSocket socket;
    private final Caller caller;

    LoggingHttpService(
        HttpProcessor processor,
        BasicHttpServerExpectationDecorator handler,
        ChannelSocket socket,
        Caller caller) {
      super(processor, handler);
      this.socket = socket;
      this.caller = caller;
    }

    @Override
    protected void handleException(HttpException e, ClassicHttpResponse response) {
      String problem = "Not a valid HTTP request: " + oneLine(String.valueOf(e.getMessage()));
      response.setCode(toStatusCode(e));
      response.setEntity(
          new ByteArrayEntity((problem + "\n").getBytes(UTF_8), ContentType.parse(Response.TEXT)));
      socket.lingerOnClose();
      LOGGER.log(INFO, "? ? {0}, {1}: {2}", response.getCode(), caller, problem);
    }
  }

  private void handle(
      ClassicHttpRequest http, ResponseTrigger trigger, ChannelSocket socket, Caller caller)
      throws HttpException, IOException {
    long start = System.nanoTime();
    socket.requestArrived();
    Response response = respond(http, socket, caller);
    try {
      trigger.submitResponse(toHttp(response));
      log(http, response, caller, start, Optional.empty());
    } catch (ConnectionClosedException e) {
      // HttpCore flushes once more after it has closed a connection that ends with this answer.
      log(http, response, caller, start, Optional.empty());
      throw e;
    } catch (IOException e) {
      log(http, response, caller, start, Optional.of("the client did not take the answer"));
      throw e;
    }
  }

  private Response respond(ClassicHttpRequest http, ChannelSocket socket, Caller caller) {
    String body;
    try {
      body = readBody(http.getEntity());
    } catch (IOException e) {
      // What is left of the body can't be told from the next request any more.
      http.setEntity(null);
      socket.lingerOnClose();
      return unreadable(e).withHeader(HttpHeaders.CONNECTION, "close");
    }
    try {
      return handler.handle(toRequest(http, body, caller));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      LOGGER.log(ERROR, http.getMethod() + " " + loggedPath(http) + ": " + e, e);
      return Response.text(
          500,
          Response.TEXT,
          "Internal error: %s (the log has more)\n".formatted(oneLine(e.toString())));
    }
  }

  private static Response unreadable(IOException e) {
    if (e instanceof TooLongException) {
      return Response.text(413, Response.TEXT, e.getMessage() + "\n").withOutcome(e.getMessage());
    }
    if (e instanceof SocketTimeoutException) {
      String slow = "The request did not arrive in time";
      return Response.text(408, Response.TEXT, slow + "\n").withOutcome(slow);
    }
    String bad = "The request's body is broken: " + oneLine(String.valueOf(e.getMessage()));
    return Response.text(400, Response.TEXT, bad + "\n").withOutcome(bad);
  }

  private String readBody(HttpEntity entity) throws IOException {
    if (entity == null) {
      return "";
    }
    if (entity.getContentLength() > limits.maxBodyBytes()) {
      throw new TooLongException(limits.maxBodyBytes());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    InputStream in = entity.getContent();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      if (bytes.size() + n > limits.maxBodyBytes()) {
        throw new TooLongException(limits.maxBodyBytes());
      }
      bytes.write(buffer, 0, n);
    }
    return bytes.toString(UTF_8);
  }

  private static Request toRequest(ClassicHttpRequest http, String body, Caller caller) {
    String target = Optional.ofNullable(http.getPath()).orElse("/");
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    List<String> accept = new ArrayList<>();
    for (Header header : http.getHeaders(HttpHeaders.ACCEPT)) {
      accept.add(Optional.ofNullable(header.getValue()).orElse(""));
    }
    return new Request(
        http.getMethod(),
        path.isEmpty() ? "/" : path,
        question < 0 ? Map.of() : query(target.substring(question + 1)),
        accept,
        body,
        caller);
  }

  private static Map<String, String> query(String text) {
    Map<String, String> parameters = new HashMap<>();
    for (String parameter : text.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      parameters.put(decode(name), equals < 0 ? "" : decode(parameter.substring(equals + 1)));
    }
    return parameters;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static ClassicHttpResponse toHttp(Response response) {
    BasicClassicHttpResponse http = new BasicClassicHttpResponse(response.status());
    ContentType type = ContentType.parse(response.contentType());
    if (response.body() instanceof Response.Text body) {
      http.setEntity(new ByteArrayEntity(body.text().getBytes(UTF_8), type));
    } else if (response.body() instanceof Response.Stream body) {
      http.setEntity(new EntityTemplate(type, body::writeTo));
    }
    response.headers().forEach(header -> http.addHeader(header.name(), header.value()));
    return http;
  }

  private void log(
      ClassicHttpRequest http,
      Response response,
      Caller caller,
      long start,
      Optional<String> problem) {
    long nanos = System.nanoTime() - start;
    String note = problem.or(response.outcome()).map(text -> ": " + oneLine(text)).orElse("");
    listener.answered(http.getMethod(), path(http), response.status(), !note.isEmpty(), nanos);
    LOGGER.log(
        INFO,
        "{0} {1} {2}, {3} ms, {4}{5}",
        http.getMethod(),
        loggedPath(http),
        Integer.toString(response.status()),
        Long.toString(TimeUnit.NANOSECONDS.toMillis(nanos)),
        caller,
        note);
  }

  private static String path(ClassicHttpRequest http) {
    return Optional.ofNullable(http.getPath()).orElse("/").split("\\?", 2)[0];
  }

  private static String loggedPath(ClassicHttpRequest http) {
    String path = oneLine(path(http));
    return path.length() <= MAX_LOGGED ? path : path.substring(0, MAX_LOGGED) + "…";
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }

  private static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1;

    TooLongException(int limit) {
      super("The request's body is too long: expected at most %s bytes".formatted(limit));
    }
  }
}
