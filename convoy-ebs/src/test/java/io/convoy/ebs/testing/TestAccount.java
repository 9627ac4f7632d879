package io.convoy.ebs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The account: a server on the loopback interface, its instances, and what goes wrong. */
public final class TestAccount implements AutoCloseable {
  /** The region in which all is, unless told otherwise. */
  public static final String REGION = "us-east-1";

  /** Another region, in which snapshots may be. */
  public static final String OTHER_REGION = "eu-west-1";

  /** The zone in which instances are, unless told otherwise. */
  public static final String ZONE = "us-east-1a";

  /** The key that signs requests. */
  public static final String ACCESS_KEY = "test-access-key";

  /** What goes with it; both are those of the S3 server of tests, for daemons that use the two. */
  public static final String SECRET_KEY = "test-secret-key-never-shown";

  private final Path directory;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Cloud> clouds = new HashMap<>();
  private final Map<String, Ec2Calls> ec2 = new HashMap<>();
  private final Map<String, DirectCalls> direct = new HashMap<>();
  private final Cloud cloud;
  private final List<MetadataServer> metadata = new ArrayList<>();
  private final Map<String, Integer> calls = new TreeMap<>();
  private Faults faults = Faults.NONE;
  private Duration lateness = Duration.ofSeconds(1);

  /** Opens an account that keeps what it has in memory, where there is a file system for that. */
  public static TestAccount inMemory() throws IOException {
    Path memory = Path.of("/dev/shm");
    return new TestAccount(
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "convoy-ebs-")
            : Files.createTempDirectory("convoy-ebs-"));
  }

  private TestAccount(Path directory) throws IOException {
    this.directory = directory;
    for (String region : List.of(REGION, OTHER_REGION)) {
      clouds.put(region, new Cloud(Files.createDirectory(directory.resolve(region))));
      ec2.put(region, new Ec2Calls(region, clouds));
      direct.put(region, new DirectCalls(clouds.get(region)));
    }
    cloud = clouds.get(REGION);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** Returns where EC2 and the EBS direct APIs are. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** An instance: who it is, its metadata server and its devices. */
  public record TestInstance(String id, String zone, URI metadata, Machine machine) {
    /** Returns the options of a driver that runs on this instance and makes small volumes. */
    public Map<String, String> driverOptions() {
      return Map.of(
          "ebs.devpath", machine.devices().toString(),
          "ebs.syspath", machine.system().toString(),
          "ebs.defaultvolumesize", "1G");
    }
  }

  /** Starts an instance. */
  public TestInstance startInstance(String id, String zone, boolean nitro) throws IOException {
    Cloud.Instance instance = cloud.addInstance(id, zone, nitro);
    MetadataServer about = new MetadataServer(id, REGION, zone);
    metadata.add(about);
    return new TestInstance(id, zone, about.uri(), instance.machine());
  }

  /** Has an instance be in another state, such as {@code stopped}. */
  public void setInstanceState(String id, String state) {
    cloud.setInstanceState(id, state);
  }

  /** Makes a KMS key that volumes can be encrypted with. */
  public void addKey(String arn) {
    cloud.addKey(arn);
  }

  public void setDelays(Delays delays) {
    cloud.setDelays(delays);
  }

  /** Lets time pass in the account; a negative one takes it back. */
  public void advance(Duration time) {
    cloud.advance(time);
  }

  /** Has the tokens for blocks of snapshots expire sooner. */
  public void setTokenLife(Duration life) {
    direct.get(REGION).setTokenLife(life);
  }

  public synchronized void setFaults(Faults other) {
    faults = other;
    calls.clear();
  }

  /** Sets how late late answers are. */
  public synchronized void setLateness(Duration other) {
    lateness = other;
  }

  /** Returns how many calls there were, by action, since faults were set or it was asked last. */
  public synchronized Map<String, Integer> takeCalls() {
    Map<String, Integer> taken = new TreeMap<>(calls);
    calls.clear();
    return taken;
  }

  /** Returns how many calls of an action there were since then. */
  public synchronized int calls(String action) {
    return calls.getOrDefault(action, 0);
  }

  /** Makes a volume of 1 GiB without a call, and returns its ID. */
  public String addVolume(Map<String, String> tags) {
    return cloud
        .createVolume(
            new Cloud.CreateVolume(
                ZONE,
                Optional.of(1),
                Optional.empty(),
                "gp3",
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                tags),
            Optional.empty())
        .thing()
        .id();
  }

  /** A volume as it is, for tests to check. */
  public record VolumeFacts(
      String id, String state, Optional<String> attachedTo, Map<String, String> tags) {}

  /** Returns the volumes that there are, those that are being deleted left out. */
  public List<VolumeFacts> volumes() {
    return cloud.allVolumes().stream()
        .filter(seen -> !seen.view().state().equals("deleting"))
        .map(
            seen ->
                new VolumeFacts(
                    seen.thing().id(),
                    seen.view().state(),
                    seen.view().attachment().map(Attachment::instanceId),
                    seen.view().tags()))
        .toList();
  }

  /** Makes a snapshot in the other region, with what is in one of this region. */
  public String addSnapshotElsewhere(String snapshotId, Map<String, String> tags) {
    return clouds
        .get(OTHER_REGION)
        .copySnapshot(cloud.snapshot(snapshotId), "Elsewhere", false, Optional.empty(), tags)
        .thing()
        .id();
  }

  /** Returns what is in a snapshot, as an image. */
  public Path snapshotImage(String id) {
    return cloud.snapshot(id).thing().image();
  }

  /** Returns the IDs of the snapshots that there are. */
  public List<String> snapshots() {
    return cloud.allSnapshots().stream().map(seen -> seen.thing().id()).toList();
  }

  private synchronized Fault count(String action) {
    return faults.of(action, calls.merge(action, 1, Integer::sum));
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    boolean isDirect = path.startsWith("/snapshots");
    String requestId = UUID.randomUUID().toString();
    Reply reply;
    Fault fault = Fault.NONE;
    try (exchange) {
      try {
        String region = authorizedRegion(exchange, body, isDirect ? "ebs" : "ec2");
        String action =
            isDirect
                ? DirectCalls.action(exchange.getRequestMethod(), path)
                : Query.parse(new String(body, UTF_8)).required("Action");
        fault = count(action);
        if (fault == Fault.UNANSWERED) {
          pause();
          return;
        }
        refuse(fault, isDirect);
        reply =
            isDirect
                ? Reply.of(
                    direct.get(region).answer(exchange.getRequestMethod(), path, query(exchange)))
                : Reply.xml(200, ec2.get(region).answer(Query.parse(new String(body, UTF_8))));
      } catch (ApiException e) {
        reply = isDirect ? Reply.json(e) : Reply.xml(e.status(), Xml.error(e, requestId));
      } catch (RuntimeException e) {
        reply =
            Reply.xml(
                500, Xml.error(new ApiException(500, "InternalError", e.toString()), requestId));
      }
      switch (fault) {
        case ANSWER_LOST -> {
          return;
        }
        case LATE -> pause();
        default -> {}
      }
      reply.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(reply.status(), reply.body().length);
      exchange.getResponseBody().write(reply.body());
    }
  }

  private void pause() {
    try {
      Duration time;
      synchronized (this) {
        time = lateness;
      }
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuse(Fault fault, boolean isDirect) {
    switch (fault) {
      case THROTTLED ->
          throw isDirect
              ? new ApiException(
                  400, "RequestThrottledException:ACCOUNT_THROTTLED", "Rate exceeded")
              : new ApiException(503, "RequestLimitExceeded", "Request limit exceeded.");
      case FAILED ->
          throw new ApiException(
              500,
              isDirect ? "InternalServerException:" : "InternalError",
              "An internal error has occurred");
      case DENIED ->
          throw new ApiException(
              403,
              isDirect ? "AccessDeniedException:UNAUTHORIZED_ACCOUNT" : "UnauthorizedOperation",
              "You are not authorized to perform this operation.");
      default -> {}
    }
  }

  /** Returns the region that a request is signed for, which is the one that answers. */
  private String authorizedRegion(HttpExchange exchange, byte[] body, String service) {
    Signature signature = Signature.of(exchange);
    signature.check(exchange, body, ACCESS_KEY, SECRET_KEY, service);
    if (!clouds.containsKey(signature.region())) {
      throw new ApiException(
          401, "AuthFailure", "There is no region '%s'".formatted(signature.region()));
    }
    return signature.region();
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        query.put(
            URLDecoder.decode(parts[0], UTF_8),
            parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8));
      }
    }
    return query;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Reply(int status, Map<String, String> headers, byte[] body) {
    static Reply xml(int status, String text) {
      return new Reply(
          status, Map.of("Content-Type", "text/xml;charset=UTF-8"), text.getBytes(UTF_8));
    }

    static Reply of(DirectCalls.Answer answer) {
      Map<String, String> headers = new HashMap<>();
      if (answer.checksum().isPresent()) {
        headers.put("Content-Type", "application/octet-stream");
        headers.put("x-amz-Checksum", answer.checksum().get());
        headers.put("x-amz-Checksum-Algorithm", "SHA256");
        headers.put("x-amz-Data-Length", Integer.toString(answer.body().length));
      } else {
        headers.put("Content-Type", "application/json");
      }
      return new Reply(200, headers, answer.body());
    }

    static Reply json(ApiException e) {
      String[] code = e.code().split(":", 2);
      String reason = code.length == 2 ? code[1] : "";
      return new Reply(
          e.status(),
          Map.of("Content-Type", "application/json", "x-amzn-ErrorType", code[0]),
          "{\"Message\":\"%s\",\"Reason\":\"%s\"}"
              .formatted(e.getMessage(), reason)
              .getBytes(UTF_8));
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    metadata.forEach(MetadataServer::close);
    clouds.values().forEach(Cloud::close);
    Programs.run("rm", "-r", directory.toString());
  }
}
