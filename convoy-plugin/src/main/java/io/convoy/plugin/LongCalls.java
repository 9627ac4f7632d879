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
 * Answers calls that may take long: with the result alone, line by line for clients that ask for
 * it, or with the job's ID at once. The work goes on when the client goes away; only a cancelling
 * call ends it.
 */
final class LongCalls {
  static final String NDJSON = "application/x-ndjson";

  private static final System.Logger LOGGER = System.getLogger("io.convoy.plugin.requests");
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);
  private static final int ACCEPTED = 202;

  private final Jobs jobs;

  LongCalls(Jobs jobs) {
    this.jobs = jobs;
  }

  /**
   * Starts work, and answers with what it returns: a text as it is, anything else as JSON. With
   * {@code "Detach": true} in its body the request is answered at once.
   */
  Response answer(Request request, JobTitle title, Jobs.Work work) throws IOException {
    boolean detached = JsonBody.parseOptional(request.body()).flag("Detach");
    Job job = jobs.start(title, request.caller(), work);
    return detached
        ? Response.text(ACCEPTED, ApiError.JSON, Json.tabbed(Json.object().put("Job", job.id())))
        : await(request, job);
  }

  /** Answers as the call does, or would have done, that started a job. */
  Response await(Request request, Job job) throws IOException {
    if (!request.asksFor(NDJSON)) {
      boolean unused = job.await(FOREVER);
      return result(job.result());
    }
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
      Request request, Job job, OutputStream out, AtomicReference<String> outcome)
      throws IOException {
    try {
      // At once, since whoever is to cancel the work must know it.
      tell(out, Json.object().put("Job", job.id()));
      Job.Done told = new Job.Done(-1, -1);
      long toldAt = System.nanoTime() - HEARTBEAT.toNanos();
      while (!job.await(TICK)) {
        Job.Done done = job.done();
        if (!done.equals(told) || System.nanoTime() - toldAt >= HEARTBEAT.toNanos()) {
          tell(out, progress(done));
          told = done;
          toldAt = System.nanoTime();
        }
      }
      tell(out, last(job, outcome));
    } catch (IOException e) {
      job.whenDone(
          problem ->
              LOGGER.log(
                  INFO,
                  "{0} {1}, job {2}, whose client went away: {3}",
                  request.method(),
                  request.path(),
                  job.id(),
                  problem.isEmpty() ? "done" : problem));
      throw e;
    }
  }

  private static JsonNode progress(Job.Done done) {
    ObjectNode line = Json.object();
    line.putObject("Progress")
        .put("DoneBytes", done.doneBytes())
        .put("TotalBytes", done.totalBytes());
    return line;
  }

  private static JsonNode last(Job job, AtomicReference<String> outcome) {
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
