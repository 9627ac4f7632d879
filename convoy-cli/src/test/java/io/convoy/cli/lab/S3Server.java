package io.convoy.cli.lab;

import io.convoy.core.BackupDestination;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real S3 server, as a process on loopback, which holds objects in files. */
public final class S3Server implements AutoCloseable {
  private static final Path JAR = Path.of("target/s3proxy/s3proxy.jar").toAbsolutePath();
  private static final String BUCKET = "backups";
  private static final String ACCESS_KEY = "test-access-key";
  private static final String SECRET_KEY = "test-secret-key-never-shown";
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final Process process;
  private final int port;
  private final Path buckets;

  private S3Server(Process process, int port, Path buckets) {
    this.process = process;
    this.port = port;
    this.buckets = buckets;
  }

  /**
   * Starts a server.
   *
   * @param directory an empty one for the objects and the log
   * @param putLatency how long the server lets who stores an object wait
   */
  public static S3Server start(Path directory, Duration putLatency)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path buckets = directory.resolve("buckets");
    Files.createDirectories(buckets.resolve(BUCKET));
    List<String> properties =
        new ArrayList<>(
            List.of(
                "s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + ACCESS_KEY,
                "s3proxy.credential=" + SECRET_KEY,
                "jclouds.provider=filesystem",
                "jclouds.filesystem.basedir=" + buckets,
                "jclouds.identity=any",
                "jclouds.credential=any"));
    if (!putLatency.isZero()) {
      properties.add("s3proxy.latency-blobstore.put.latency=" + putLatency.toMillis());
    }
    Path configuration = Files.write(directory.resolve("s3proxy.conf"), properties);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--properties",
                configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    S3Server server = new S3Server(process, port, buckets);
    try {
      server.awaitListening(directory.resolve("log"));
    } catch (IOException | InterruptedException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private void awaitListening(Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("The S3 server did not start: " + Files.readString(log), e);
        }
      }
      Thread.sleep(100);
    }
  }

  /** Returns where the server listens, on loopback. */
  public int port() {
    return port;
  }

  /** Makes the SDK in this JVM find the credentials, in the first place where it looks. */
  public static void useCredentials() {
    System.setProperty("aws.accessKeyId", ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", SECRET_KEY);
    System.setProperty("aws.disableEc2Metadata", "true");
  }

  /** Returns the credentials as environment variables. */
  public static Map<String, String> credentials() {
    return Map.of("AWS_ACCESS_KEY_ID", ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SECRET_KEY);
  }

  /** Makes one more bucket. */
  public void addBucket(String name) throws IOException {
    Files.createDirectory(buckets.resolve(name));
  }

  /** Returns a destination on this server below a path. */
  public BackupDestination destination(String path) {
    return BackupDestination.parse("s3://%s@us-east-1/%s".formatted(BUCKET, path))
        .withEndpoint(Optional.of(endpoint()));
  }

  /** Returns the server's URL. */
  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
