package io.convoy.plugin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.plugin.http.RawClient;
import io.convoy.plugin.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that send what no client should. {@code -Dconvoy.fuzz.seed} repeats what was sent; {@code
 * -Dconvoy.fuzz.requests} sends more of it.
 */
@Timeout(300)
final class HostileClientsIT {
  private static final int CLIENTS = 8;
  private static final int SLOW_CLIENTS = 1000;

  /** Room for what the JVM keeps of itself: compiled code, caches, threads that end in a while. */
  private static final long HEAP_SLACK_BYTES = 16L << 20;

  private static final String PART_OF_A_HEAD = "POST /VolumeDriver.List HTTP/1.1\r\nHost";
  private static final int DESCRIPTOR_SLACK = 16;

  /** A good request takes milliseconds; a busy machine may keep it waiting. */
  private static final Duration GOOD_REQUEST = Duration.ofSeconds(5);

  private static final List<String> SAMPLES =
      List.of(
          "GET /v1/volumes/list HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
          request("POST", "/v1/volumes/create", "{\"Name\":\"vol1\",\"Size\":10485760}"),
          request("DELETE", "/v1/volumes/", "{\"VolumeName\":\"vol1\"}"),
          request("POST", "/v1/snapshots/create", "{\"Name\":\"s1\",\"VolumeName\":\"vol1\"}"),
          request("GET", "/v1/backups/list", "{\"URL\":\"vfs:///nowhere\"}"),
          request("POST", "/VolumeDriver.Create", "{\"Name\":\"vol2\",\"Opts\":{\"size\":\"1G\"}}"),
          request("POST", "/VolumeDriver.Mount", "{\"Name\":\"vol2\",\"ID\":\"abc\"}"),
          request("POST", "/VolumeDriver.List", "{}"),
          """
          POST /VolumeDriver.Get HTTP/1.1\r
          Transfer-Encoding: chunked\r
          \r
          f\r
          {"Name":"vol1"}\r
          0\r
          \r
          """);

  private final long seed = Long.getLong("convoy.fuzz.seed", System.nanoTime());
  private final int requests = Integer.getInteger("convoy.fuzz.requests", 10_000);
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);

  @TempDir private Path directory;

  private TestDaemon daemon;

  private static String request(String method, String path, String body) {
    return "%s %s HTTP/1.1\r\nHost: h\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s"
        .formatted(method, path, body.length(), body);
  }

  @BeforeEach
  void start() throws IOException {
    daemon = new TestDaemon(directory, config -> config.withLog(directory.resolve("log")));
  }

  @AfterEach
  void stop() throws IOException {
    clients.shutdownNow();
    daemon.close();
  }

  private void inParallel(Callable<Void> task) throws Exception {
    List<Future<Void>> all = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      all.add(clients.submit(task));
    }
    for (Future<Void> one : all) {
      one.get();
    }
  }

  private static String spoilt(Random random) {
    StringBuilder text = new StringBuilder(SAMPLES.get(random.nextInt(SAMPLES.size())));
    for (int changes = random.nextInt(6); changes >= 0 && text.length() > 1; changes--) {
      int at = random.nextInt(text.length());
      int until = Math.min(text.length(), at + 1 + random.nextInt(20));
      switch (random.nextInt(6)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.insert(at, (char) random.nextInt(256));
        case 2 -> text.delete(at, until);
        case 3 -> text.insert(at, text.substring(at, until));
        case 4 -> text.setLength(at);
        default -> text.insert(at, "{[\"\\u0000".repeat(1 + random.nextInt(200)));
      }
    }
    return text.toString();
  }

  /** Deletes what came of requests that were not spoilt enough, but for a few that are mounted. */
  private void deleteVolumes() throws IOException {
    for (JsonNode volume : daemon.docker("VolumeDriver.List", "{}").path("Volumes")) {
      daemon.call(
          "DELETE",
          "/v1/volumes/",
          Json.object().put("VolumeName", volume.path("Name").asText()).toString());
    }
  }

  private void assertGoodRequestIsAnswered() throws IOException {
    long start = System.nanoTime();
    Answer answer = daemon.call("POST", "/VolumeDriver.List", "{}");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GOOD_REQUEST);
  }

  private static long heapBytes() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(100);
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  private static long daemonThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("convoy-"))
        .count();
  }

  private Map<Integer, AtomicInteger> send(int count, long from) throws Exception {
    Map<Integer, AtomicInteger> statuses = new TreeMap<>();
    AtomicInteger number = new AtomicInteger();
    inParallel(
        () -> {
          for (int i = number.getAndIncrement(); i < count; i = number.getAndIncrement()) {
            String text = spoilt(new Random(from + i));
            try (RawClient client = RawClient.connect(daemon.socket())) {
              try {
                client.sendBytes(text.getBytes(ISO_8859_1));
                client.endOutput();
              } catch (IOException e) {
                // It has refused the rest already.
              }
              String answer = client.receiveAll();
              if (!answer.isEmpty()) {
                assertThat(answer).as("request %s of seed %s", i, seed).startsWith("HTTP/1.1 ");
                synchronized (statuses) {
                  statuses
                      .computeIfAbsent(
                          Integer.parseInt(answer.substring(9, 12)), none -> new AtomicInteger())
                      .incrementAndGet();
                }
              }
            }
          }
          return null;
        });
    return statuses;
  }

  @Test
  void requests_spoiltInAnyWay_leaveADaemonThatIsNoLarger() throws Exception {
    System.out.printf("convoy.fuzz.seed=%s convoy.fuzz.requests=%s%n", seed, requests);
    send(requests / 5, seed - requests);
    deleteVolumes();
    long heap = heapBytes();
    long descriptors = descriptors();

    Map<Integer, AtomicInteger> statuses = send(requests, seed);

    assertGoodRequestIsAnswered();
    deleteVolumes();
    long grown = heapBytes() - heap;
    System.out.printf(
        "%s spoilt requests: answers %s, heap %+d KiB, descriptors %+d%n",
        requests, statuses, grown >> 10, descriptors() - descriptors);
    assertThat(statuses).containsKeys(200, 400);
    assertThat(grown).isLessThan(HEAP_SLACK_BYTES);
    await()
        .untilAsserted(() -> assertThat(descriptors()).isLessThan(descriptors + DESCRIPTOR_SLACK));
    assertThat(directory.resolve("log")).content(UTF_8).doesNotContain("Internal error");
  }

  @Test
  void connections_thousandSlowOrBroken_keepNoGoodRequestFromItsAnswer() throws Exception {
    assertGoodRequestIsAnswered();
    long heap = heapBytes();
    long descriptors = descriptors();
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW_CLIENTS; i++) {
        RawClient client = RawClient.connect(daemon.socket());
        slow.add(client);
        try {
          client.send(PART_OF_A_HEAD.substring(0, i % PART_OF_A_HEAD.length()));
          if (i % 10 == 0) {
            client.endOutput();
          }
        } catch (IOException e) {
          // It was one too many.
        }
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .until(() -> daemon.call("POST", "/VolumeDriver.List", "{}").status() == 200);
      for (int i = 0; i < 20; i++) {
        assertGoodRequestIsAnswered();
      }
    } finally {
      for (RawClient client : slow) {
        client.close();
      }
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(descriptors()).isLessThan(descriptors + DESCRIPTOR_SLACK));
    assertGoodRequestIsAnswered();
    long grown = heapBytes() - heap;
    System.out.printf(
        "%s slow or broken connections: heap %+d KiB, %s threads of the daemon%n",
        SLOW_CLIENTS, grown >> 10, daemonThreads());
    assertThat(grown).isLessThan(HEAP_SLACK_BYTES);
  }
}
