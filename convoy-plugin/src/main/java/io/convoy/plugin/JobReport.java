package io.convoy.plugin;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.RubyDate;
import io.convoy.plugin.http.Caller;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How a job stands, or what became of it.
 *
 * @param caller who asked for it
 * @param end empty as long as it runs
 * @param totalBytes -1 if not known
 * @param result what it answered, once it is done
 * @param error what went wrong, in the form of the API's errors
 */
record JobReport(
    String id,
    JobTitle title,
    Caller caller,
    Instant start,
    Optional<Instant> end,
    State state,
    long doneBytes,
    long totalBytes,
    Optional<JsonNode> result,
    Optional<ApiError> error) {
  JobReport {
    requireNonNull(id, "id is null");
    requireNonNull(title, "title is null");
    requireNonNull(caller, "caller is null");
    requireNonNull(start, "start is null");
    requireNonNull(end, "end is null");
    requireNonNull(state, "state is null");
    requireNonNull(result, "result is null");
    requireNonNull(error, "error is null");
  }

  /** How far a job has come. */
  enum State {
    RUNNING,
    /** It was told to end, and undoes what it has begun. */
    CANCELLING,
    DONE,
    FAILED,
    CANCELLED,
    /** The daemon ended under it. */
    LOST;

    boolean hasEnded() {
      return this != RUNNING && this != CANCELLING;
    }

    private String json() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns this report of a job that ran when the daemon ended. */
  JobReport lost(Instant now, String outcome) {
    String line =
        "The daemon ended while the %s ran, started %s: %s"
            .formatted(title, RubyDate.format(start), outcome);
    return new JobReport(
        id,
        title,
        caller,
        start,
        Optional.of(now),
        State.LOST,
        doneBytes,
        totalBytes,
        Optional.empty(),
        Optional.of(new ApiError(500, ApiError.Kind.FAILED, line, line)));
  }

  ObjectNode json() {
    ObjectNode node = Json.object();
    node.put("ID", id);
    node.put("Kind", title.kind().json());
    node.put("Subject", title.subject());
    if (!title.detail().isEmpty()) {
      node.put("Detail", title.detail());
    }
    node.put("State", state.json());
    node.put("StartTime", RubyDate.format(start));
    end.ifPresent(time -> node.put("EndTime", RubyDate.format(time)));
    node.put("DoneBytes", doneBytes);
    node.put("TotalBytes", totalBytes);
    node.put("Uid", caller.uid());
    node.put("Pid", caller.pid());
    result.ifPresent(value -> node.set("Result", value));
    error.ifPresent(problem -> node.set("Error", problem.json()));
    return node;
  }

  /**
   * Returns the report that was written as {@link #json}.
   *
   * @throws IllegalArgumentException if it was not
   */
  static JobReport of(ObjectNode node) {
    return new JobReport(
        text(node, "ID"),
        new JobTitle(
            JobTitle.Kind.ofJson(text(node, "Kind")),
            text(node, "Subject"),
            node.path("Detail").asText("")),
        new Caller(node.path("Uid").asInt(-1), node.path("Pid").asInt(-1)),
        RubyDate.parse(text(node, "StartTime")),
        Optional.ofNullable(node.get("EndTime")).map(time -> RubyDate.parse(time.asText())),
        State.valueOf(text(node, "State").toUpperCase(Locale.ROOT)),
        node.path("DoneBytes").asLong(0),
        node.path("TotalBytes").asLong(-1),
        Optional.ofNullable(node.get("Result")),
        Optional.ofNullable(node.get("Error")).map(ApiError::of));
  }

  private static String text(ObjectNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("\"%s\" is missing".formatted(key));
    }
    return value.textValue();
  }
}
