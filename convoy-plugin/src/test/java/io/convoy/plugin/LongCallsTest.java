package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import io.convoy.plugin.http.Caller;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LongCallsTest {
  private static final JobTitle TITLE = JobTitle.of(JobTitle.Kind.BACKUP, "snap1");

  private final Jobs jobs = new Jobs();
  private final LongCalls longCalls = new LongCalls(jobs);
  private final CountDownLatch go = new CountDownLatch(1);

  @AfterEach
  void stop() {
    go.countDown();
    jobs.stop(Duration.ofSeconds(10));
  }

  private static Request request(String accept, String body) {
    return new Request(
        "POST", "/v1/backups/create", Map.of(), List.of(accept), body, new Caller(0, 1));
  }

  private Jobs.Work waiting() {
    return progress -> {
      try {
        go.await();
        progress.checkCancelled();
        return new TextNode("made");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    };
  }

  @Test
  void answer_followerGoesAway_workGoesOnAndItsResultIsKept() throws Exception {
    Response response = longCalls.answer(request(LongCalls.NDJSON, "{}"), TITLE, waiting());
    OutputStream gone =
        new OutputStream() {
          private int lines;

          @Override
          public void write(int b) throws IOException {
            lines += b == '\n' ? 1 : 0;
            if (lines == 2) {
              throw new IOException("Broken pipe");
            }
          }
        };

    assertThatThrownBy(() -> ((Response.Stream) response.body()).writeTo(gone))
        .hasMessage("Broken pipe");
    go.countDown();

    await().until(() -> jobs.list().get(0).state().hasEnded());
    assertThat(jobs.list())
        .singleElement()
        .satisfies(report -> assertThat(report.result()).contains(new TextNode("made")));
  }

  @Test
  void answer_detached_isTheIdAtOnce() throws Exception {
    Response response = longCalls.answer(request("*/*", "{\"Detach\":true}"), TITLE, waiting());

    assertThat(response.status()).isEqualTo(202);
    String id = Json.parse(((Response.Text) response.body()).text()).path("Job").asText();
    assertThat(jobs.get(id).state()).isEqualTo(JobReport.State.RUNNING);
    go.countDown();
    await().until(() -> jobs.get(id).state() == JobReport.State.DONE);
  }
}
