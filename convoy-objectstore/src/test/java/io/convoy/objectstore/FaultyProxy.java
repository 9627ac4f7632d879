package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Stands before an S3 server, passes requests and answers on, and spoils those it is told to. */
final class FaultyProxy implements AutoCloseable {
  private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(ISO_8859_1);

  private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final int serverPort;
  private volatile Function<Request, Fault> script = request -> Fault.NONE;

  /**
   * A request that came.
   *
   * @param number counts from 0
   * @param line method, target and version
   */
  record Request(int number, String line, List<String> headers) {
    boolean is(String method, String inTarget) {
      return line.startsWith(method + " ") && line.contains(inTarget);
    }

    boolean hasHeader(String name) {
      return header(name).isPresent();
    }

    Optional<String> header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(start))
          .map(header -> header.substring(start.length()).strip())
          .findFirst();
    }
  }

  /**
   * What happens to a request and its answer.
   *
   * @param change what becomes of the request's headers
   * @param answer given in place of the server's, which is not asked
   * @param loseAnswer the server does what it is asked, and the connection is reset
   * @param cutAfter so many bytes of the answer's body are sent, then the connection ends
   * @param spoil what becomes of the answer's body
   * @param silent the connection stays open after what is sent, and nothing more comes
   */
  record Fault(
      UnaryOperator<List<String>> change,
      Optional<String> answer,
      boolean loseAnswer,
      int cutAfter,
      UnaryOperator<byte[]> spoil,
      boolean silent) {
    static final Fault NONE =
        new Fault(
            UnaryOperator.identity(),
            Optional.empty(),
            false,
            Integer.MAX_VALUE,
            UnaryOperator.identity(),
            false);

    static Fault error(int status, String code) {
      return error(status, code, "");
    }

    static Fault error(int status, String code, String headers) {
      String body =
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>as the test wants</Message></Error>"
              .formatted(code);
      return answer(
          "HTTP/1.1 %s Injected\r\nContent-Type: application/xml\r\nContent-Length: %s\r\n%sConnection: close\r\n\r\n%s"
              .formatted(status, body.getBytes(UTF_8).length, headers, body));
    }

    static Fault answer(String text) {
      return new Fault(NONE.change, Optional.of(text), false, NONE.cutAfter, NONE.spoil, false);
    }

    /** The connection is reset before the server hears of the request. */
    static Fault reset() {
      return answer("");
    }

    static Fault answerLost() {
      return new Fault(NONE.change, Optional.empty(), true, NONE.cutAfter, NONE.spoil, false);
    }

    static Fault cutAfter(int bytes) {
      return new Fault(NONE.change, Optional.empty(), false, bytes, NONE.spoil, false);
    }

    /** The server is not asked, and the client hears nothing. */
    static Fault silence() {
      return new Fault(NONE.change, Optional.of(""), false, NONE.cutAfter, NONE.spoil, true);
    }

    /** The server does what it is asked, and falls silent in the middle of its answer. */
    static Fault silenceAfter(int bytes) {
      return new Fault(NONE.change, Optional.empty(), false, bytes, NONE.spoil, true);
    }

    static Fault spoil(UnaryOperator<byte[]> body) {
      return new Fault(NONE.change, Optional.empty(), false, NONE.cutAfter, body, false);
    }

    static Fault withoutHeader(String name) {
      return new Fault(
          headers ->
              headers.stream()
                  .filter(
                      header ->
                          !header
                              .toLowerCase(Locale.ROOT)
                              .startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                  .toList(),
          Optional.empty(),
          false,
          NONE.cutAfter,
          NONE.spoil,
          false);
    }
  }

  FaultyProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    threads.execute(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Sets what happens from now on, and forgets the requests before. */
  void play(Function<Request, Fault> next) {
    requests.clear();
    script = next;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  long count(String method, String inTarget) {
    return requests.stream().filter(request -> request.is(method, inTarget)).count();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      List<String> head = readHead(in);
      Request seen = new Request(0, head.get(0), head.subList(1, head.size()));
      int length = seen.header("Content-Length").map(Integer::parseInt).orElse(0);
      if (seen.hasHeader("Expect")) {
        client.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
      }
      byte[] body = in.readNBytes(length);
      Request request;
      Fault fault;
      synchronized (this) {
        request = new Request(requests.size(), seen.line, seen.headers);
        requests.add(request);
        fault = script.apply(request);
      }
      if (fault.answer.isPresent() && fault.answer.get().isEmpty()) {
        if (fault.silent) {
          awaitEnd(client);
        }
        reset(client);
      } else if (fault.answer.isPresent()) {
        client.getOutputStream().write(fault.answer.get().getBytes(UTF_8));
      } else {
        pass(request, body, fault, client);
      }
    } catch (IOException e) {
      // One of the two has hung up.
    }
  }

  private static List<String> readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < END_OF_HEAD.length) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException();
      }
      head.write(next);
      matched = next == END_OF_HEAD[matched] ? matched + 1 : next == END_OF_HEAD[0] ? 1 : 0;
    }
    return List.of(head.toString(ISO_8859_1).strip().split("\r\n"));
  }

  private void pass(Request request, byte[] content, Fault fault, Socket client)
      throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
      List<String> head = new ArrayList<>();
      head.add(request.line);
      fault.change.apply(request.headers).stream()
          .filter(header -> !header.regionMatches(true, 0, "Connection:", 0, 11))
          .filter(header -> !header.regionMatches(true, 0, "Expect:", 0, 7))
          .forEach(head::add);
      head.add("Connection: close");
      OutputStream out = server.getOutputStream();
      out.write((String.join("\r\n", head) + "\r\n\r\n").getBytes(ISO_8859_1));
      out.write(content);
      out.flush();
      List<String> answer = readHead(server.getInputStream());
      byte[] body = server.getInputStream().readAllBytes();
      if (fault.loseAnswer) {
        reset(client);
        return;
      }
      byte[] spoilt = fault.spoil.apply(body);
      OutputStream back = client.getOutputStream();
      back.write((String.join("\r\n", answer) + "\r\n\r\n").getBytes(ISO_8859_1));
      back.write(spoilt, 0, Math.min(spoilt.length, fault.cutAfter));
      back.flush();
      if (fault.silent) {
        awaitEnd(client);
      }
    }
  }

  /** Waits until the client has had enough. */
  private static void awaitEnd(Socket client) throws IOException {
    client.getInputStream().readAllBytes();
  }

  private static void reset(Socket client) throws IOException {
    client.setSoLinger(true, 0);
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdownNow();
  }
}
