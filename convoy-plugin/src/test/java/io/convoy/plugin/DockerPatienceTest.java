package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.BackupOptions;
import io.convoy.core.Convoy;
import io.convoy.core.ConvoyConfig;
import io.convoy.core.testing.InMemoryVolumeDriverFactory;
import io.convoy.plugin.http.Caller;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class DockerPatienceTest {
  @TempDir private Path root;

  @Test
  void create_takesLongerThanTheEngineWaits_goesOnAndMountingWaitsForIt() throws IOException {
    CountDownLatch go = new CountDownLatch(1);
    Jobs jobs = new Jobs();
    try (Convoy convoy = Convoy.open(ConvoyConfig.of(root, "memory"))) {
      Router router = router(convoy, jobs, Duration.ofMillis(100));
      InMemoryVolumeDriverFactory.openUnder(root)
          .setHook(
              (step, volume) -> {
                try {
                  if (step.equals("create")) {
                    go.await();
                  }
                } catch (InterruptedException e) {
                  throw new InterruptedIOException("interrupted");
                }
              });

      assertThat(err(router, "Create")).isEmpty();
      assertThat(err(router, "Mount"))
          .contains("Volume 'vol1' is still being created; try again later");
      assertThat(err(router, "Get")).isEmpty();
      go.countDown();

      await().untilAsserted(() -> assertThat(err(router, "Mount")).isEmpty());
      assertThat(err(router, "Create")).isEmpty();
    } finally {
      go.countDown();
      jobs.stop(Duration.ofSeconds(5));
    }
  }

  /**
   * An engine keeps the volume locked meanwhile, and a list waits for the locks of all it names.
   */
  @Test
  void list_whileAnEngineWaitsForCreate_leavesThatVolumeOut() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Jobs jobs = new Jobs();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Convoy convoy = Convoy.open(ConvoyConfig.of(root, "memory"))) {
      Router router = router(convoy, jobs, Duration.ofSeconds(60));
      InMemoryVolumeDriverFactory.openUnder(root)
          .setHook(
              (step, volume) -> {
                try {
                  if (step.equals("create")) {
                    begun.countDown();
                    go.await();
                  }
                } catch (InterruptedException e) {
                  throw new InterruptedIOException("interrupted");
                }
              });
      Future<String> creation = thread.submit(() -> err(router, "Create"));
      begun.await();

      assertThat(convoy.list()).hasSize(1);
      assertThat(answer(router, "List").path("Volumes")).isEmpty();
      go.countDown();

      assertThat(creation.get()).isEmpty();
      assertThat(answer(router, "List").path("Volumes")).hasSize(1);
    } finally {
      go.countDown();
      thread.shutdownNow();
      jobs.stop(Duration.ofSeconds(5));
    }
  }

  @Test
  void mount_creationFailedAfterItsAnswer_saysWhy() throws IOException {
    CountDownLatch go = new CountDownLatch(1);
    Jobs jobs = new Jobs();
    try (Convoy convoy = Convoy.open(ConvoyConfig.of(root, "memory"))) {
      Router router = router(convoy, jobs, Duration.ofMillis(100));
      InMemoryVolumeDriverFactory.openUnder(root)
          .setHook(
              (step, volume) -> {
                if (step.equals("create")) {
                  try {
                    go.await();
                  } catch (InterruptedException e) {
                    throw new InterruptedIOException("interrupted");
                  }
                  throw new IOException("the disk is full");
                }
              });
      assertThat(err(router, "Create")).isEmpty();
      go.countDown();

      await()
          .untilAsserted(
              () ->
                  assertThat(err(router, "Mount"))
                      .isEqualTo("Volume 'vol1' could not be made: the disk is full"));
    } finally {
      go.countDown();
      jobs.stop(Duration.ofSeconds(5));
    }
  }

  private static Router router(Convoy convoy, Jobs jobs, Duration patience) {
    Router router = new Router();
    DaemonSettings settings =
        new DaemonSettings(List.of("memory"), "", false, false, "", BackupOptions.DEFAULT);
    new DockerCalls(convoy, jobs, settings, patience).addTo(router);
    return router;
  }

  private static String err(Router router, String call) throws IOException {
    return answer(router, call).path("Err").asText();
  }

  private static JsonNode answer(Router router, String call) throws IOException {
    Response response =
        router.handle(
            new Request(
                "POST",
                "/VolumeDriver." + call,
                Map.of(),
                List.of(),
                "{\"Name\":\"vol1\",\"ID\":\"a\"}",
                new Caller(0, 1)));
    return Json.parse(((Response.Text) response.body()).text());
  }
}
