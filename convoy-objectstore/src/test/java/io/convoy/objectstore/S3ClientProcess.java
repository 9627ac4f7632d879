package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process that stores an object and reads it back, with what its environment says. */
final class S3ClientProcess {
  private S3ClientProcess() {}

  /** Arguments: destination, endpoint. Prints what came of it. */
  public static void main(String[] args) {
    ObjectKey key = new ObjectKey("v/x");
    try (S3Stores stores = new S3Stores();
        ObjectStore store = stores.open(BlockWriterProcess.destination(args[0], args[1]))) {
      store.put(key, "content".getBytes(UTF_8));
      System.out.println(new String(store.get(key, 100).orElseThrow(), UTF_8));
    } catch (IOException e) {
      System.out.println(e.getMessage());
      System.out.println(e.getCause() == null ? "" : e.getCause().getMessage());
    }
  }

  /** Runs it and returns what it printed. */
  static String run(S3TestServer server, int port, Map<String, String> environment)
      throws IOException {
    String scheme = environment.containsKey("AWS_CA_BUNDLE") ? "https" : "http";
    return run(server, "%s://127.0.0.1:%s".formatted(scheme, port), environment);
  }

  /** The same, where something else must know which server to ask. */
  static String runWithoutEndpoint(S3TestServer server, Map<String, String> environment)
      throws IOException {
    return run(server, "", environment);
  }

  private static String run(S3TestServer server, String endpoint, Map<String, String> environment)
      throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                S3ClientProcess.class.getName()));
    argv.add(server.destination(S3TestServer.newPath()).toString());
    argv.add(endpoint);
    ProcessBuilder builder = new ProcessBuilder(argv).redirectError(Redirect.INHERIT);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
