package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.core.SnapshotName;
import io.convoy.plugin.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class JobCallsTest {
  @TempDir private Path directory;

  private TestDaemon daemon;
  private final CountDownLatch go = new CountDownLatch(1);

  @BeforeEach
  void start() throws IOException {
    daemon = new TestDaemon(directory);
    daemon
        .driver()
        .setHook(
            (step, volume) -> {
              try {
                if (step.equals("create")) {
                  go.await();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @AfterEach
  void stop() throws IOException {
    go.countDown();
    daemon.close();
  }

  private String begin() throws IOException {
    Answer answer =
        daemon.call("POST", "/v1/volumes/create", "{\"Name\":\"vol1\",\"Detach\":true}");
    assertThat(answer.status()).isEqualTo(202);
    return Json.parse(answer.body()).path("Job").asText();
  }

  private JsonNode job(String id) throws IOException {
    return Json.parse(daemon.ok("GET", "/v2/jobs", "{\"ID\":\"%s\"}".formatted(id)));
  }

  @Test
  void jobs_aDetachedCreation_isListedAndWaitedFor() throws Exception {
    String id = begin();

    JsonNode running = Json.parse(daemon.ok("GET", "/v2/jobs/list", "")).path("Jobs").path(0);
    assertThat(running.path("ID").asText()).isEqualTo(id);
    assertThat(running.path("Kind").asText()).isEqualTo("create");
    assertThat(running.path("Subject").asText()).isEqualTo("vol1");
    assertThat(running.path("State").asText()).isEqualTo("running");
    assertThat(running.path("Pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    go.countDown();
    assertThat(daemon.ok("POST", "/v2/jobs/wait", "{\"ID\":\"%s\"}".formatted(id)))
        .isEqualTo("vol1");
    await().until(() -> job(id).path("State").asText().equals("done"));
    assertThat(job(id).path("Result").asText()).isEqualTo("vol1");
    assertThat(daemon.ok("POST", "/v2/jobs/wait", "{\"ID\":\"%s\"}".formatted(id)))
        .isEqualTo("vol1");
  }

  @Test
  void cancel_jobThatHasEnded_isRefused() throws Exception {
    go.countDown();
    String id = begin();
    await().until(() -> job(id).path("State").asText().equals("done"));

    Answer answer = daemon.call("POST", "/v2/jobs/cancel", "{\"ID\":\"%s\"}".formatted(id));

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.body()).contains("it is done already");
  }

  @Test
  void cancel_unknownJob_isNotFound() throws Exception {
    Answer answer = daemon.call("POST", "/v2/jobs/cancel", "{\"ID\":\"nosuch\"}");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).contains("There is no job 'nosuch'");
  }

  @Test
  void wait_jobThatFailed_answersAsItsCallWould() throws Exception {
    Answer begun =
        daemon.call(
            "POST",
            "/v1/backups/create",
            "{\"SnapshotName\":\"nosuch\",\"URL\":\"memory://y\",\"Detach\":true}");
    String id = Json.parse(begun.body()).path("Job").asText();
    await().until(() -> job(id).path("State").asText().equals("failed"));

    Answer answer = daemon.call("POST", "/v2/jobs/wait", "{\"ID\":\"%s\"}".formatted(id));

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).contains(new SnapshotName("nosuch").value());
  }
}
