package io.convoy.cli.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.cli.faults.DaemonCall.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients of Docker's API at once, on many volumes. {@code -Dconvoy.clients.minutes=5} is the
 * long form; {@code -Dconvoy.clients.seed} repeats who asks what.
 */
final class ManyClientsIT {
  private static final int CLIENTS = 64;
  private static final int VOLUMES = 1000;
  private static final Duration SHORT = Duration.ofSeconds(10);
  private static final Duration CALL_LIMIT = Duration.ofMinutes(1);

  /** Until each of the daemon's threads has the buffers that Jackson keeps for it. */
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  /** Room for what the JVM keeps of itself, and for more of those buffers. */
  private static final long HEAP_SLACK_BYTES = 16L << 20;

  private static final int DESCRIPTOR_SLACK = 8;

  /** Threads that served the last connections wait for others for a while. */
  private static final int THREAD_SLACK = 32;

  @TempDir Path directory;

  private final long seed = Long.getLong("convoy.clients.seed", System.nanoTime());
  private final Latencies latencies = new Latencies();
  private DaemonProcess daemon;
  private DaemonCall call;

  private static String volume(int number) {
    return "volume-" + number;
  }

  private static ObjectNode named(String name) {
    return DaemonCall.object().put("Name", name);
  }

  private JsonNode docker(String kind, ObjectNode body) throws IOException {
    long start = System.nanoTime();
    Answer answer = call.docker(kind, body);
    latencies.add(kind, System.nanoTime() - start);
    assertThat(answer.status()).as("%s %s: %s", kind, body, answer).isEqualTo(200);
    JsonNode json = answer.json();
    assertThat(json.path("Err").asText()).as("%s %s", kind, body).isEmpty();
    return json;
  }

  private static void all(List<Callable<Void>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Future<Void>> futures = new ArrayList<>();
      tasks.forEach(task -> futures.add(threads.submit(task)));
      for (Future<Void> future : futures) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** What one client does until the deadline; what it has mounted, it unmounts at its end. */
  private Void use(int client, long deadline) throws Exception {
    Random random = new Random(seed + client);
    Map<Integer, String> mounted = new HashMap<>();
    for (int i = 0; System.nanoTime() < deadline; i++) {
      int number = random.nextInt(VOLUMES);
      String name = volume(number);
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3, 4 ->
            assertThat(docker("Get", named(name)).path("Volume").path("Name").asText())
                .isEqualTo(name);
        case 5, 6 -> docker("Path", named(name));
        case 7 ->
            assertThat(docker("List", DaemonCall.object()).path("Volumes").size())
                .isBetween(VOLUMES, VOLUMES + CLIENTS);
        case 8 -> docker("Capabilities", DaemonCall.object());
        case 9 -> docker("Create", named(name));
        case 10 -> {
          String own = "own-%s-%s".formatted(client, i);
          docker("Create", named(own));
          assertThat(docker("Get", named(own)).path("Volume").path("Status").path("State").asText())
              .isEqualTo("ready");
          docker("Remove", named(own));
        }
        default -> {
          if (mounted.size() < 8 && !mounted.containsKey(number)) {
            String id = "id-%s-%s".formatted(client, i);
            String place = docker("Mount", named(name).put("ID", id)).path("Mountpoint").asText();
            assertThat(Path.of(place)).isEqualTo(directory.resolve("vfs").resolve(name));
            mounted.put(number, id);
          } else {
            unmount(mounted, mounted.keySet().iterator().next());
          }
        }
      }
    }
    for (Integer number : List.copyOf(mounted.keySet())) {
      unmount(mounted, number);
    }
    return null;
  }

  private void unmount(Map<Integer, String> mounted, int number) throws IOException {
    assertThat(docker("Path", named(volume(number))).path("Mountpoint").asText()).isNotEmpty();
    docker("Unmount", named(volume(number)).put("ID", mounted.remove(number)));
  }

  private void load(Duration duration) throws Exception {
    long deadline = System.nanoTime() + duration.toNanos();
    List<Callable<Void>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      clients.add(() -> use(client, deadline));
    }
    all(clients);
  }

  private void createVolumes() throws Exception {
    List<Callable<Void>> creators = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int first = i;
      creators.add(
          () -> {
            for (int number = first; number < VOLUMES; number += 8) {
              docker("Create", named(volume(number)));
            }
            return null;
          });
    }
    all(creators);
  }

  private record Size(long heapBytes, long residentKib, long threads, long descriptors) {}

  private Size size() throws Exception {
    // What was asked by clients that are gone ends in a moment.
    Thread.sleep(2000);
    return new Size(
        daemon.liveHeapBytes(),
        daemon.status("VmRSS"),
        daemon.status("Threads"),
        daemon.descriptors());
  }

  @Test
  void dockerCalls_manyClientsOnManyVolumes_allSucceedAndTheDaemonDoesNotGrow() throws Exception {
    int minutes = Integer.getInteger("convoy.clients.minutes", 0);
    Duration duration = minutes == 0 ? SHORT : Duration.ofMinutes(minutes);
    System.out.printf("convoy.clients.seed=%s, %s s%n", seed, duration.toSeconds());
    DaemonProcess process = DaemonProcess.onVfs(directory);
    daemon = process;
    call = process.call(CALL_LIMIT);
    try (process) {
      daemon.start();
      createVolumes();
      load(minutes == 0 ? WARM_UP : Duration.ofMinutes(1));
      Size before = size();
      load(duration);
      Size after = size();

      System.out.print(latencies.table());
      System.out.printf("%s calls, before: %s, after: %s%n", latencies.calls(), before, after);
      JsonNode volumes = docker("List", DaemonCall.object()).path("Volumes");
      assertThat(volumes).hasSize(VOLUMES);
      for (JsonNode volume : volumes) {
        assertThat(volume.path("Mountpoint").asText()).as(volume.toString()).isEmpty();
      }
      assertThat(after.heapBytes()).isLessThan(before.heapBytes() + HEAP_SLACK_BYTES);
      assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + THREAD_SLACK);
      assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors() + DESCRIPTOR_SLACK);
      for (String kind : List.of("Get", "List", "Path", "Capabilities")) {
        assertThat(latencies.millis(kind, 0.99)).as("p99 of " + kind + ", ms").isLessThan(1000);
      }
    }
  }
}
