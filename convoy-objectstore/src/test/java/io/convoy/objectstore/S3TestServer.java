package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.BackupDestination;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A real S3 server, as processes on loopback, which holds objects in memory. Those that all tests
 * share end with the JVM.
 */
final class S3TestServer implements AutoCloseable {
  static final String BUCKET = "backups";
  static final String ACCESS_KEY = "test-access-key";
  static final String SECRET_KEY = "test-secret-key-never-shown";

  private static final Path JAR = Path.of("target/s3proxy/s3proxy.jar").toAbsolutePath();
  private static final int START_SECONDS = 60;

  private final int port;
  private final Server server;

  /** What runs. */
  interface Server extends AutoCloseable {
    boolean isAlive();

    /** Returns what it said. */
    String log();

    @Override
    void close();
  }

  /** How a server takes requests. */
  enum Authorization {
    /** Signed with the right key. */
    SIGNED,
    /** From anybody, also if something on the way changed a header that is signed. */
    ANY
  }

  private static final class Shared {
    static final S3TestServer SIGNED = share(() -> start(Authorization.SIGNED));
  }

  private static final class SharedAny {
    static final S3TestServer ANY = share(() -> start(Authorization.ANY));
  }

  private static final class SharedCeph {
    static final S3TestServer CEPH = share(S3TestServer::startCeph);
  }

  private S3TestServer(int port, Server server) {
    this.port = port;
    this.server = server;
  }

  /** Returns an S3Proxy. */
  static S3TestServer shared(Authorization authorization) {
    return authorization == Authorization.SIGNED ? Shared.SIGNED : SharedAny.ANY;
  }

  /** Returns a Ceph RADOS Gateway, which wants requests signed. */
  static S3TestServer sharedCeph() {
    CephCluster.requirePrograms();
    return SharedCeph.CEPH;
  }

  private interface Start {
    S3TestServer start() throws IOException;
  }

  private static S3TestServer share(Start start) {
    try {
      S3TestServer server = start.start();
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static S3TestServer startCeph() throws IOException {
    int port = freePort();
    return withBucket(new S3TestServer(port, CephCluster.start(port, ACCESS_KEY, SECRET_KEY)));
  }

  /** Starts a server and makes a bucket in it. */
  static S3TestServer start(Authorization authorization) throws IOException {
    assertThat(JAR).as("copied there by the build").exists();
    int port = freePort();
    Path directory = Files.createTempDirectory("convoy-s3");
    Path properties = directory.resolve("s3proxy.conf");
    Files.write(
        properties,
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            authorization == Authorization.SIGNED
                ? "s3proxy.authorization=aws-v2-or-v4"
                : "s3proxy.authorization=none",
            "s3proxy.identity=" + ACCESS_KEY,
            "s3proxy.credential=" + SECRET_KEY,
            "jclouds.provider=transient",
            "jclouds.identity=any",
            "jclouds.credential=any"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    return withBucket(new S3TestServer(port, new S3Proxy(process, directory)));
  }

  private static S3TestServer withBucket(S3TestServer server) throws IOException {
    useCredentials();
    try {
      server.awaitListening();
      S3Access access = S3Access.of(S3Location.of(server.destination("")));
      try (S3Client client =
          S3Clients.make(
              access,
              DefaultCredentialsProvider.builder().build(),
              RequestChecksumCalculation.WHEN_SUPPORTED,
              S3Clients.http(access, S3Clients.SILENCE))) {
        client.createBucket(request -> request.bucket(BUCKET));
      }
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private void awaitListening() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.isConnected()).isTrue();
        return;
      } catch (IOException e) {
        if (!server.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("The S3 server did not start: " + server.log(), e);
        }
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  /** Makes the SDK find the test's credentials, in the first place it looks. */
  static void useCredentials() {
    System.setProperty("aws.accessKeyId", ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", SECRET_KEY);
    System.setProperty("aws.disableEc2Metadata", "true");
  }

  int port() {
    return port;
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Returns a destination of this server below a path. */
  BackupDestination destination(String path) {
    return destination(path, port);
  }

  static BackupDestination destination(String path, int port) {
    return BackupDestination.parse("s3://%s@us-east-1/%s".formatted(BUCKET, path))
        .withEndpoint(Optional.of("http://127.0.0.1:" + port));
  }

  /** Returns a path that no other test has. */
  static String newPath() {
    return "run-" + UUID.randomUUID() + "/";
  }

  @Override
  public void close() {
    server.close();
  }

  /** An S3Proxy, and the directory of its configuration. */
  private record S3Proxy(Process process, Path directory) implements Server {
    @Override
    public boolean isAlive() {
      return process.isAlive();
    }

    @Override
    public String log() {
      try {
        return Files.readString(directory.resolve("log"));
      } catch (IOException e) {
        return e.toString();
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      try {
        process.waitFor();
        Files.deleteIfExists(directory.resolve("log"));
        Files.deleteIfExists(directory.resolve("s3proxy.conf"));
        Files.deleteIfExists(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
