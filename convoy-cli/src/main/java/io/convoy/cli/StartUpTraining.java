package io.convoy.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs commands, so that the archive of classes which the launcher has the JVM write at the end
 * holds what commands load: {@code quick} those that ask the daemon, against an answer that is
 * always the same, and {@code long} those that do the work themselves. The class path of the former
 * has little else than this module.
 */
final class StartUpTraining {
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("list"),
          List.of("list", "--format", "table"),
          List.of("info", "--format", "table"),
          List.of("inspect", "vol1"),
          List.of("create", "vol1", "--size=10G", "-driver", "vfs"),
          List.of("delete", "vol1"),
          List.of("--verbose", "backup", "create", "snap1", "--dest", "vfs:///backups"),
          List.of("crate", "vol1"),
          List.of("help"),
          List.of(Completion.COMMAND, "inspect", ""));
  private static final byte[] ANSWER =
      answer(
          "200 OK",
          "application/x-ndjson",
          "{\"Progress\":{\"DoneBytes\":1,\"TotalBytes\":2}}\n{\"Result\":\"done\"}\n");
  private static final byte[] VOLUMES =
      answer(
          "200 OK",
          "application/json",
          """
          {"vol1": {"Name": "vol1", "Driver": "vfs", "Snapshots": {}, "DriverInfo": {"Size": "1"},
          "CreatedTime": "Mon Nov 23 22:49:04 +0000 2026"}}
          """);
  private static final byte[] REFUSAL =
      answer("404 Not Found", "application/json", "{\"Error\":\"no\",\"Detail\":\"no\"}");

  private StartUpTraining() {}

  /** Runs the commands of a kind and exits. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("convoy");
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    try {
      if (arguments[0].equals("long")) {
        backUpImage(folder, nowhere);
      } else {
        askDaemon(folder.resolve("s"), nowhere);
      }
    } finally {
      delete(folder);
    }
  }

  private static void askDaemon(Path socket, PrintStream nowhere) throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread responder = new Thread(() -> respond(server), "responder");
      responder.setDaemon(true);
      responder.start();
      Map<String, String> environment = new HashMap<>(System.getenv());
      environment.put(GlobalOptions.SOCKET_VARIABLE, socket.toString());
      Terminal watched = Terminal.ofThisProcess(environment);
      for (List<String> command : COMMANDS) {
        ConvoyCli.run(command, environment, nowhere, nowhere, watched);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void backUpImage(Path folder, PrintStream nowhere) throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[] {1});
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(ImageHoles.WORTHWHILE_BYTES);
    }
    String directory = "vfs://" + Files.createDirectory(folder.resolve("store"));
    backUpAndRestore(image, directory, List.of("--compression", "lz4"), List.of(), nowhere);
    backUpAndRestore(image, directory, List.of(), List.of(), nowhere);
    System.setProperty("aws.accessKeyId", "training");
    System.setProperty("aws.secretAccessKey", "training");
    try (TrainingStore store = new TrainingStore()) {
      List<String> endpoint = List.of("--s3-endpoint", store.endpoint());
      backUpAndRestore(image, TrainingStore.url(), endpoint, endpoint, nowhere);
    } catch (LinkageError e) {
      // This Java has no HTTP server, and the archive does without what it would have shown.
    }
  }

  private static void backUpAndRestore(
      Path image, String to, List<String> creating, List<String> restoring, PrintStream nowhere) {
    ByteArrayOutputStream url = new ByteArrayOutputStream();
    List<String> create = new ArrayList<>(List.of("backup", "create", "--volume", "training"));
    create.addAll(List.of("--image", image.toString(), "--dest", to));
    create.addAll(creating);
    ConvoyCli.run(create, Map.of(), new PrintStream(url, true, UTF_8), nowhere);
    List<String> restore = new ArrayList<>(List.of("backup", "restore", "--force"));
    restore.addAll(List.of("--image", image + "2", url.toString(UTF_8).strip()));
    restore.addAll(restoring);
    ConvoyCli.run(restore, Map.of(), nowhere, nowhere);
  }

  private static void respond(ServerSocketChannel server) {
    ByteBuffer request = ByteBuffer.allocate(1 << 14);
    try {
      while (true) {
        try (SocketChannel client = server.accept()) {
          client.read(request.clear());
          String line = new String(request.array(), 0, 6, US_ASCII);
          client.write(
              ByteBuffer.wrap(
                  line.equals("DELETE") ? REFUSAL : line.startsWith("GET") ? VOLUMES : ANSWER));
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
