package io.convoy.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.convoy.plugin.http.RawClient.Answer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jnr.unixsocket.UnixServerSocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class HttpServerTest {
  /** Longer than a busy machine keeps a thread waiting. */
  private static final Duration LONG = Duration.ofSeconds(20);

  /** For the one limit that a test is about. */
  private static final Duration SHORT = Duration.ofMillis(700);

  private static final HttpLimits LIMITS = HttpLimits.DEFAULT.withTimes(LONG, LONG, LONG);

  @TempDir private Path directory;

  private final CountDownLatch blocked = new CountDownLatch(1);
  private Path socket;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    socket = directory.resolve("http.sock");
    server = listen(LIMITS);
  }

  private HttpServer listen(HttpLimits limits) throws IOException {
    return listen(limits, RequestListener.NONE);
  }

  private HttpServer listen(HttpLimits limits, RequestListener listener) throws IOException {
    HttpServer started = new HttpServer(this::answer, limits, listener);
    started.listen(socket, Optional.empty());
    return started;
  }

  private void restart(HttpLimits limits) throws IOException {
    server.close();
    server = listen(limits);
  }

  @AfterEach
  void stop() throws IOException {
    blocked.countDown();
    server.close();
  }

  private Response answer(Request request) {
    return switch (request.path()) {
      case "/fail" -> throw new IllegalStateException("a bug");
      case "/overflow" -> throw new StackOverflowError();
      case "/block" -> {
        try {
          blocked.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        yield Response.text(200, Response.TEXT, "unblocked");
      }
      case "/long" -> Response.text(200, Response.TEXT, "x".repeat(10_000_000));
      case "/caller" -> Response.text(200, Response.TEXT, request.caller().toString());
      case "/stream" ->
          Response.stream(
              Response.TEXT,
              out -> {
                out.write("one\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                out.flush();
                try {
                  blocked.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                out.write("two\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
              },
              Optional::empty);
      default ->
          Response.text(
              200,
              Response.TEXT,
              request.method() + " " + request.path() + " [" + request.body() + "]");
    };
  }

  private void assertStillServes() throws IOException {
    assertThat(RawClient.call(socket, "GET", "/ok", "").body()).isEqualTo("GET /ok []");
  }

  @Test
  void listen_newSocket_isForOwnerAndGroupOnly() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw----");
  }

  @Test
  void bind_newSocket_isForTheOwnerAloneBeforeAnybodySetsItsMode() throws IOException {
    Path fresh = directory.resolve("fresh.sock");

    try (UnixServerSocketChannel channel = ListeningSocket.bind(fresh)) {
      assertThat(channel.isOpen()).isTrue();
      // A umask alone, whatever it is here, would leave some of the bits to execute.
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)))
          .isEqualTo("rw-------");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: %2Fvar%2Frun%2Fconvoy%2Fconvoy.sock\r\n",
        "Host: /var/run/convoy/convoy.sock\r\n",
        "Host: \r\n",
        "Host:\r\n",
        "Host: a b [\r\n",
        "Host: one\r\nHost: two\r\n",
        ""
      })
  void request_oddHost_isAccepted(String host) throws IOException {
    assertThat(
            RawClient.exchange(socket, "GET /a HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("GET /a []");
    assertThat(RawClient.exchange(socket, "GET /a HTTP/1.0\r\n" + host + "\r\n"))
        .contains(" 200 ")
        .endsWith("GET /a []");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE", "POST"})
  void request_bodyWithAnyMethod_isRead(String method) throws IOException {
    String head = method + " /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";

    assertThat(RawClient.exchange(socket, head + "Content-Length: 9\r\n\r\n{\"a\": 12}"))
        .endsWith(method + " /b [{\"a\": 12}]");
    assertThat(
            RawClient.exchange(
                socket,
                head
                    + "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n5;x=y\r\n: 12}\r\n0\r\n\r\n"))
        .endsWith(method + " /b [{\"a\": 12}]");
  }

  @Test
  void request_severalAtOnce_areAnsweredInOrder() throws IOException {
    String one = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
    String two = "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx";
    String three = "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    assertThat(RawClient.exchange(socket, one + two + three))
        .containsSubsequence("GET /1 []", "POST /2 [x]", "GET /3 []");
  }

  @Test
  void request_expectsContinue_isToldToGoOn() throws IOException {
    try (RawClient client = RawClient.connect(socket)) {
      client.send(
          "POST /c HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(client.receiveUntil("\r\n\r\n")).startsWith("HTTP/1.1 100 ");
      client.send("hi");
      assertThat(client.receiveUntil("[hi]")).contains("HTTP/1.1 200 ");
    }
  }

  @Test
  void request_byteByByte_isAnswered() throws IOException {
    try (RawClient client = RawClient.connect(socket)) {
      for (char c : "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n".toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.receiveUntil("[]")).contains("GET /slow");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "\u0000\u0001\u0002\u0003\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / SMTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gibberish\r\n\r\n",
      })
  void request_garbage_isRefusedInOneLine(String bytes) throws IOException {
    Answer answer = Answer.parse(RawClient.exchange(socket, bytes));

    assertThat(answer.status()).isBetween(400, 599);
    assertThat(answer.body().strip()).isNotEmpty().doesNotContain("\n");
    assertStillServes();
  }

  @Test
  void request_truncatedBody_isRefused() throws IOException {
    try (RawClient client = RawClient.connect(socket)) {
      client.send("POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{\"a\":");
      client.endOutput();
      assertThat(client.receiveAll()).startsWith("HTTP/1.1 400 ").contains("body is broken");
    }
    assertStillServes();
  }

  @Test
  void request_truncatedHead_isDropped() throws IOException {
    try (RawClient client = RawClient.connect(socket)) {
      client.send("POST /t HTTP/1.1\r\nHo");
      client.endOutput();
      client.receiveAll();
    }
    assertStillServes();
  }

  @Test
  void request_longBody_isRefusedWith413() throws IOException {
    String body = "x".repeat(3 * 1024 * 1024);

    assertThat(RawClient.call(socket, "POST", "/", body).status()).isEqualTo(413);
    assertThat(
            RawClient.exchange(
                socket,
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n300000\r\n"
                    + body
                    + "\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ")
        .contains("expected at most 1048576 bytes");
    assertStillServes();
  }

  @Test
  void request_longLineOrManyHeaders_isRefused() throws IOException {
    assertThat(RawClient.exchange(socket, "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
    assertThat(
            RawClient.exchange(socket, "GET / HTTP/1.1\r\nA: " + "x".repeat(100_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
    assertThat(RawClient.exchange(socket, "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(200) + "\r\n"))
        .startsWith("HTTP/1.1 4");
    assertStillServes();
  }

  @Test
  void request_slowHeadOrBody_isCutWith408() throws IOException {
    restart(LIMITS.withTimes(LONG, SHORT, LONG));
    try (RawClient client = RawClient.connect(socket)) {
      client.send("GET / HTTP/1.1\r\n");
      assertThat(client.receiveAll()).startsWith("HTTP/1.1 408 ");
    }
    try (RawClient client = RawClient.connect(socket)) {
      client.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
      assertThat(client.receiveAll()).startsWith("HTTP/1.1 408 ");
    }
    assertStillServes();
  }

  @Test
  void answer_clientThatDoesNotRead_isCut() throws Exception {
    server.close();
    CountDownLatch cut = new CountDownLatch(1);
    server =
        listen(
            LIMITS.withTimes(LONG, LONG, SHORT),
            (method, path, status, failed, nanos) -> {
              if (path.equals("/long") && failed) {
                cut.countDown();
              }
            });
    try (RawClient client = RawClient.connect(socket)) {
      client.send("GET /long HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(cut.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(client.receiveAll().length()).isLessThan(10_000_000);
    }
    assertStillServes();
  }

  @Test
  void connection_idle_isClosedAfterTheLimit() throws IOException {
    restart(LIMITS.withTimes(Duration.ofSeconds(2), LONG, LONG));
    try (RawClient client = RawClient.connect(socket)) {
      client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(client.receiveAll()).endsWith("GET /a []");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/fail", "/overflow"})
  void handler_bug_isAnswered500(String path) throws IOException {
    Answer answer = RawClient.call(socket, "GET", path, "");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).startsWith("Internal error");
    assertStillServes();
  }

  @Test
  void caller_ofEachRequest_isThisProcess() throws IOException {
    assertThat(RawClient.call(socket, "GET", "/caller", "").body())
        .endsWith("pid=" + ProcessHandle.current().pid());
  }

  @Test
  void stream_firstPiece_arrivesBeforeTheLast() throws IOException {
    try (RawClient client = RawClient.connect(socket)) {
      client.send("GET /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      assertThat(client.receiveUntil("one\n")).doesNotContain("two");
      blocked.countDown();
      assertThat(client.receiveAll()).contains("two\n");
    }
  }

  @Test
  void connections_200AtOnce_areAllAnswered() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(200);
    try {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String path = "/" + i;
        answers.add(clients.submit(() -> RawClient.call(socket, "GET", path, "").body()));
      }
      for (int i = 0; i < 200; i++) {
        assertThat(answers.get(i).get()).isEqualTo("GET /" + i + " []");
      }
    } finally {
      clients.shutdown();
    }
  }

  @Test
  void connections_beyondTheLimit_idleOneGoesElse503() throws Exception {
    restart(LIMITS.withMaxConnections(2));
    try (RawClient busy = RawClient.connect(socket);
        RawClient idle = RawClient.connect(socket)) {
      busy.send("GET /block HTTP/1.1\r\nHost: h\r\n\r\n");
      idle.send("GET /idle HTTP/1.1\r\nHost: h\r\n\r\n");
      idle.receiveUntil("/idle []");
      TimeUnit.MILLISECONDS.sleep(700);
      try (RawClient third = RawClient.connect(socket)) {
        third.send("GET /block HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(idle.receiveAll()).endsWith("/idle []");
        try (RawClient fourth = RawClient.connect(socket)) {
          fourth.send("GET /4 HTTP/1.1\r\nHost: h\r\n\r\n");
          assertThat(fourth.receiveAll())
              .startsWith("HTTP/1.1 503 ")
              .endsWith("Too many connections at once: try again later\n");
        }
        blocked.countDown();
        assertThat(busy.receiveUntil("unblocked")).contains("200");
        assertThat(third.receiveUntil("unblocked")).contains("200");
      }
    }
    await().untilAsserted(this::assertStillServes);
  }

  @Test
  void close_idleAndBusyConnections_endsThemAndRemovesTheFile() throws Exception {
    try (RawClient idle = RawClient.connect(socket);
        RawClient busy = RawClient.connect(socket)) {
      idle.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
      idle.receiveUntil("[]");
      busy.send("GET /block HTTP/1.1\r\nHost: h\r\n\r\n");
      TimeUnit.MILLISECONDS.sleep(200);
      server.stopListening();
      assertThat(socket).doesNotExist();
      Thread closer =
          new Thread(
              () -> {
                try {
                  server.drain(Duration.ofSeconds(20));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      closer.start();
      idle.receiveAll();
      blocked.countDown();
      assertThat(busy.receiveAll()).endsWith("unblocked");
      closer.join();
    }
  }

  @Test
  void listen_staleFile_isReplaced() throws IOException {
    Path stale = directory.resolve("stale.sock");
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(stale));
    }
    assertThat(stale).exists();

    server.listen(stale, Optional.empty());

    assertThat(RawClient.call(stale, "GET", "/s", "").body()).isEqualTo("GET /s []");
  }

  @Test
  void listen_someoneListens_isRefused() throws IOException {
    try (HttpServer second = new HttpServer(this::answer, LIMITS)) {
      assertThatThrownBy(() -> second.listen(socket, Optional.empty()))
          .isInstanceOf(FileAlreadyExistsException.class)
          .hasMessageContaining("another process listens");
    }
    assertStillServes();
  }

  @Test
  void listen_ordinaryFile_isLeftAlone() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "precious");

    assertThatThrownBy(() -> server.listen(file, Optional.empty()))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("not a socket");
    assertThat(file).hasContent("precious");
  }

  @Test
  void listen_badPathOrGroup_isRefused() {
    assertThatThrownBy(() -> server.listen(directory.resolve("x".repeat(120)), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected at most 107");
    assertThatThrownBy(
            () -> server.listen(directory.resolve("g.sock"), Optional.of("no-such-group")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no-such-group");
    assertThat(directory.resolve("g.sock")).doesNotExist();
  }
}
