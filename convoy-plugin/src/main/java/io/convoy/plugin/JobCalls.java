package io.convoy.plugin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.InUseException;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.util.Optional;

/** The calls of the REST API for long work that goes on by itself. None is in v0.5.2. */
final class JobCalls {
  private final Jobs jobs;
  private final LongCalls longCalls;

  JobCalls(Jobs jobs, LongCalls longCalls) {
    this.jobs = jobs;
    this.longCalls = longCalls;
  }

  Response list(Request request) {
    ObjectNode node = Json.object();
    ArrayNode array = node.putArray("Jobs");
    jobs.list().forEach(report -> array.add(report.json()));
    return LongCalls.result(node);
  }

  Response inspect(Request request) throws IOException {
    return LongCalls.result(jobs.get(id(request)).json());
  }

  /** Answers when the job has ended, as the call that started it does. */
  Response await(Request request) throws IOException {
    String id = id(request);
    Optional<Job> job = jobs.running(id);
    if (job.isPresent()) {
      return longCalls.await(request, job.get());
    }
    JobReport report = jobs.get(id);
    return report.error().isPresent()
        ? report.error().get().response(request)
        : LongCalls.result(report.result().orElseGet(Json::object));
  }

  /** Has a job end as soon as it can, and answers how it stands then. */
  Response cancel(Request request) throws IOException {
    String id = id(request);
    Optional<Job> job = jobs.running(id);
    if (job.isEmpty()) {
      JobReport report = jobs.get(id);
      throw new InUseException(
          "Job %s can't be cancelled: it is %s already"
              .formatted(id, report.json().path("State").asText()));
    }
    job.get().cancel("asked for by " + request.caller());
    return LongCalls.result(job.get().report().json());
  }

  private static String id(Request request) {
    return JsonBody.parse(request.body()).requiredText("ID");
  }
}
