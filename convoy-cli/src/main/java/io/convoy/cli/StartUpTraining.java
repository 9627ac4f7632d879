package io.convoy.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs commands against an answer that is always the same, so that the archive of classes which
 * bin/convoy has the JVM write at the end holds what commands load.
 */
final class StartUpTraining {
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("list"),
          List.of("inspect", "vol1"),
          List.of("create", "vol1", "--size=10G", "-driver", "vfs"),
          List.of("delete", "vol1"),
          List.of("--verbose", "backup", "create", "snap1", "--dest", "vfs:///backups"),
          List.of("crate", "vol1"),
          List.of("help"));
  private static final byte[] ANSWER =
      answer("200 OK", "application/x-ndjson", "{\"Result\":\"done\"}\n");
  private static final byte[] REFUSAL =
      answer("404 Not Found", "application/json", "{\"Error\":\"no\",\"Detail\":\"no\"}");

  private StartUpTraining() {}

  /** Runs the commands and exits. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("convoy");
    Path socket = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread responder = new Thread(() -> respond(server), "responder");
      responder.setDaemon(true);
      responder.start();
      PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
      for (List<String> command : COMMANDS) {
        ConvoyCli.run(
            command, Map.of(GlobalOptions.SOCKET_VARIABLE, socket.toString()), nowhere, nowhere);
      }
      backUpImage(folder, nowhere);
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void backUpImage(Path folder, PrintStream nowhere) throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[] {1});
    Path store = Files.createDirectory(folder.resolve("store"));
    ByteArrayOutputStream url = new ByteArrayOutputStream();
    List<String> create =
        List.of("backup", "create", "--image", image.toString(), "--volume", "training");
    ConvoyCli.run(
        Stream.concat(create.stream(), Stream.of("--dest", "vfs://" + store)).toList(),
        Map.of(),
        new PrintStream(url, true, UTF_8),
        nowhere);
    ConvoyCli.run(
        List.of("backup", "restore", url.toString(UTF_8).strip(), "--image", image + "2"),
        Map.of(),
        nowhere,
        nowhere);
  }

  private static void respond(ServerSocketChannel server) {
    ByteBuffer request = ByteBuffer.allocate(1 << 14);
    try {
      while (true) {
        try (SocketChannel client = server.accept()) {
          client.read(request.clear());
          boolean refuse = new String(request.array(), 0, 6, US_ASCII).equals("DELETE");
          client.write(ByteBuffer.wrap(refuse ? REFUSAL : ANSWER));
        }
      }
    } catch (IOException e) {
      // The training is over and the socket closed.
    }
  }

  private static byte[] answer(String status, String type, String body) {
    return "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(status, type, body.length(), body)
        .getBytes(US_ASCII);
  }
}
