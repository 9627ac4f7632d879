package io.convoy.plugin;

import static java.lang.System.Logger.Level.INFO;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Answers calls that may take long: with the result alone, or line by line for clients that ask for
 * it. Whoever follows line by line and goes away has the work cancelled, since that is somebody who
 * pressed Ctrl-C; nobody notices when the others go, and their work goes on.
 */
final class LongCalls {
  static final String NDJSON = "application/x-ndjson";

  private static final System.Logger LOGGER = System.getLogger("io.convoy.plugin.requests");
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  private final Jobs jobs;

  LongCalls(Jobs jobs) {
    this.jobs = jobs;
  }

  /** Answers with what the work returns: a text as it is, anything else as JSON. */
  Response answer(Request request, Jobs.Work<JsonNode> work) throws IOException {
    if (!request.asksFor(NDJSON)) {
      return result(jobs.run(work));
    }
    Job<JsonNode> job = jobs.start(work);
    AtomicReference<String> outcome = new AtomicReference<>("");
    return Response.stream(
        NDJSON,
        out -> follow(request, job, out, outcome),
        () -> Optional.of(outcome.get()).filter(text -> !text.isEmpty()));
  }

  static Response result(JsonNode result) {
    return result instanceof TextNode text
        ? Response.text(200, Response.TEXT, text.textValue())
        : Response.text(200, ApiError.JSON, Json.tabbed(result));
  }

  private static void follow(
      Request request, Job<JsonNode> job, OutputStream out, AtomicReference<String> outcome)
      throws IOException {
    try {
      Job.State told = new Job.State(-1, -1);
      long toldAt = System.nanoTime() - HEARTBEAT.toNanos();
      while (!job.await(TICK)) {
        Job.State state = job.state();
        if (!state.equals(told) || System.nanoTime() - toldAt >= HEARTBEAT.toNanos()) {
          tell(out, progress(state));
          told = state;
          toldAt = System.nanoTime();
        }
      }
      tell(out, last(job, outcome));
    } catch (IOException e) {
      job.cancel();
      job.whenDone(
          problem ->
              LOGGER.log(
                  INFO,
                  "{0} {1}, whose client went away: {2}",
                  request.method(),
                  request.path(),
                  problem.isEmpty() ? "done" : problem));
      throw e;
    }
  }

  private static JsonNode progress(Job.State state) {
    ObjectNode line = Json.object();
    line.putObject("Progress")
        .put("DoneBytes", state.doneBytes())
        .put("TotalBytes", state.totalBytes());
    return line;
  }

  private static JsonNode last(Job<JsonNode> job, AtomicReference<String> outcome) {
    try {
      return Json.object().set("Result", job.result());
    } catch (IOException | RuntimeException e) {
      ApiError error = ApiError.of(e);
      outcome.set(error.detail());
      return Json.object().set("Error", error.json());
    }
  }

  private static void tell(OutputStream out, JsonNode line) throws IOException {
    out.write((Json.line(line) + "\n").getBytes(UTF_8));
    out.flush();
  }
}
