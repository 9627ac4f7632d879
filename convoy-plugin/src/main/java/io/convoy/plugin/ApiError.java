package io.convoy.plugin;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.AlreadyExistsException;
import io.convoy.core.CorruptDataException;
import io.convoy.core.InUseException;
import io.convoy.core.NotFoundException;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/**
 * What went wrong, as the API tells it.
 *
 * @param status of HTTP
 * @param message the text that v0.5.2 answers where scripts may know it, else as detail
 * @param detail one line with the facts
 */
record ApiError(int status, Kind kind, String message, String detail) {
  /** The media type of errors and results as JSON. */
  static final String JSON = "application/json";

  ApiError {
    requireNonNull(kind, "kind is null");
    requireNonNull(message, "message is null");
    requireNonNull(detail, "detail is null");
  }

  /** What a program can tell errors apart by. */
  enum Kind {
    NOT_FOUND,
    EXISTS,
    IN_USE,
    INVALID,
    CORRUPT,
    FAILED;

    String json() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Kind ofJson(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }

  static ApiError of(Exception e) {
    String line = oneLine(e);
    if (e instanceof IllegalArgumentException) {
      return new ApiError(400, Kind.INVALID, line, line);
    }
    if (e instanceof NotFoundException) {
      return new ApiError(404, Kind.NOT_FOUND, line, line);
    }
    if (e instanceof AlreadyExistsException) {
      return new ApiError(409, Kind.EXISTS, line, line);
    }
    if (e instanceof InUseException) {
      return new ApiError(409, Kind.IN_USE, line, line);
    }
    return new ApiError(
        500, e instanceof CorruptDataException ? Kind.CORRUPT : Kind.FAILED, line, line);
  }

  /** Returns the error that was written as {@link #json}. */
  static ApiError of(JsonNode node) {
    return new ApiError(
        node.path("Status").asInt(500),
        Kind.ofJson(node.path("Kind").asText("failed")),
        node.path("Error").asText(""),
        node.path("Detail").asText(""));
  }

  /** Returns an exception's message with what some exceptions leave out. */
  static String oneLine(Throwable e) {
    String message = e.getMessage();
    if (message == null || message.isBlank()) {
      message = e.getClass().getSimpleName();
    } else if (e instanceof NoSuchFileException file && file.getReason() == null) {
      message += ": no such file or directory";
    } else if (e instanceof AccessDeniedException file && file.getReason() == null) {
      message += ": permission denied";
    } else if (e instanceof FileSystemException file && file.getReason() == null) {
      message += ": " + e.getClass().getSimpleName();
    } else if (e instanceof InterruptedIOException && message.equals("cancelled")) {
      message = "The work was cancelled";
    }
    return message.replaceAll("\\p{Cntrl}+", " ").strip();
  }

  ObjectNode json() {
    ObjectNode node = Json.object();
    node.put("Error", message);
    node.put("Detail", detail);
    node.put("Status", status);
    node.put("Kind", kind.json());
    return node;
  }

  /** Returns the answer, in the form that the client asks for. */
  Response response(Request request) {
    return (request.asksFor(JSON)
            ? Response.text(status, JSON, Json.tabbed(json()))
            : Response.text(status, Response.TEXT, message + "\n"))
        .withOutcome(detail);
  }
}
