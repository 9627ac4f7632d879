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
      Router router = new Router();
      DaemonSettings settings =
          new DaemonSettings(List.of("memory"), "", false, false, "", BackupOptions.DEFAULT);
      new DockerCalls(convoy, jobs, settings, Duration.ofMillis(100)).addTo(router);
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

  @Test
  void mount_creationFailedAfterItsAnswer_saysWhy() throws IOException {
    CountDownLatch go = new CountDownLatch(1);
    Jobs jobs = new Jobs();
    try (Convoy convoy = Convoy.open(ConvoyConfig.of(root, "memory"))) {
      Router router = new Router();
      DaemonSettings settings =
          new DaemonSettings(List.of("memory"), "", false, false, "", BackupOptions.DEFAULT);
      new DockerCalls(convoy, jobs, settings, Duration.ofMillis(100)).addTo(router);
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

  private static String err(Router router, String call) throws IOException {
    Response response =
        router.handle(
            new Request(
                "POST",
                "/VolumeDriver." + call,
                Map.of(),
                List.of(),
                "{\"Name\":\"vol1\",\"ID\":\"a\"}",
                new Caller(0, 1)));
    JsonNode answer = Json.parse(((Response.Text) response.body()).text());
    return answer.path("Err").asText();
  }
}
