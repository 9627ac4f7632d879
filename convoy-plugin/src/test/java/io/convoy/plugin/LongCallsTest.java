package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LongCallsTest {
  private final Jobs jobs = new Jobs();

  @AfterEach
  void stop() {
    jobs.stop(Duration.ofSeconds(10));
  }

  @Test
  void answer_followerGoesAway_workIsCancelled() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    Request request =
        new Request(
            "POST",
            "/v1/backups/create",
            Map.of(),
            List.of(LongCalls.NDJSON),
            "",
            new Caller(0, 1));
    Jobs.Work<JsonNode> endless =
        progress -> {
          try {
            while (true) {
              progress.checkCancelled();
              TimeUnit.MILLISECONDS.sleep(5);
            }
          } catch (InterruptedIOException e) {
            ended.complete(e.getMessage());
            throw e;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new TextNode("interrupted");
          }
        };
    Response response = new LongCalls(jobs).answer(request, endless);
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

    assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo("cancelled");
  }
}
