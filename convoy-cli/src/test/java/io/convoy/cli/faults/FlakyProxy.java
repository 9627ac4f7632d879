package io.convoy.cli.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before an S3 server, and for a while does to half of what passes what networks do. */
final class FlakyProxy implements AutoCloseable {
  private static final byte[] SLOW_DOWN =
      """
      HTTP/1.1 503 Slow Down\r
      Content-Type: application/xml\r
      Connection: close\r
      Content-Length: 81\r
      \r
      <Error><Code>SlowDown</Code><Message>Please reduce your rate.</Message></Error>\r
      """
          .getBytes(ISO_8859_1);

  private final ServerSocket listening;
  private final int serverPort;
  private final Random random;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "flaky-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Mood mood = Mood.WELL;

  /** What happens. */
  enum Mood {
    WELL,
    RESET,
    SLOW_DOWN,
    /** The server does what it is asked, and nobody hears of it. */
    ANSWER_LOST,
    /** Answers end in their middle. */
    CUT,
    SILENT
  }

  FlakyProxy(int serverPort, long seed) throws IOException {
    this.serverPort = serverPort;
    this.random = new Random(seed);
    this.listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  void setMood(Mood newMood) {
    mood = newMood;
  }

  private synchronized boolean spoils(Mood which) {
    return mood == which && random.nextBoolean();
  }

  private synchronized int upTo(int bound) {
    return random.nextInt(bound);
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        // Closed, or a client that left at once.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (spoils(Mood.SLOW_DOWN)) {
        client.getInputStream().read(new byte[8192]);
        client.getOutputStream().write(SLOW_DOWN);
        return;
      }
      try (Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
        threads.execute(() -> passQuestions(client, server));
        passAnswers(client, server);
      }
    } catch (IOException e) {
      // One of the two has gone, and the other goes with it.
    }
  }

  private static void reset(Socket client) throws IOException {
    client.setSoLinger(true, 0);
    client.close();
  }

  private void passQuestions(Socket client, Socket server) {
    try {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (spoils(Mood.RESET)) {
          reset(client);
          return;
        }
        boolean silent = spoils(Mood.SILENT);
        while (silent && mood == Mood.SILENT) {
          Thread.sleep(50);
        }
        out.write(buffer, 0, n);
      }
      server.shutdownOutput();
    } catch (IOException e) {
      // As above.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void passAnswers(Socket client, Socket server) throws IOException {
    InputStream in = server.getInputStream();
    OutputStream out = client.getOutputStream();
    byte[] buffer = new byte[16 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      if (spoils(Mood.ANSWER_LOST)) {
        reset(client);
        return;
      }
      if (spoils(Mood.CUT)) {
        out.write(buffer, 0, upTo(n));
        out.flush();
        reset(client);
        return;
      }
      out.write(buffer, 0, n);
      out.flush();
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdownNow();
  }
}
