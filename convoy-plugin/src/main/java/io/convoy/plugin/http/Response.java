package io.convoy.plugin.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An answer.
 *
 * @param headers beside those that the server sets
 * @param outcome what the log shall say beside the status, asked for once the answer is sent
 */
public record Response(
    int status,
    String contentType,
    Body body,
    List<Header> headers,
    Supplier<Optional<String>> outcome) {
  /** The media type of plain text. */
  public static final String TEXT = "text/plain; charset=utf-8";

  public Response {
    requireNonNull(contentType, "contentType is null");
    requireNonNull(body, "body is null");
    requireNonNull(outcome, "outcome is null");
    headers = List.copyOf(headers);
  }

  /** What an answer consists of. */
  public sealed interface Body permits Text, Stream {}

  /** A body that is there. */
  public record Text(String text) implements Body {}

  /** A body that is written while the work goes on. */
  public non-sealed interface Stream extends Body {
    /** Writes all of the body, flushing what shall be seen at once. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** One header. */
  public record Header(String name, String value) {}

  /** Returns an answer with a text. */
  public static Response text(int status, String contentType, String text) {
    return new Response(status, contentType, new Text(text), List.of(), Optional::empty);
  }

  /** Returns an answer of success that is written piece by piece. */
  public static Response stream(
      String contentType, Stream stream, Supplier<Optional<String>> outcome) {
    return new Response(200, contentType, stream, List.of(), outcome);
  }

  /** Returns this answer with a note for the log. */
  public Response withOutcome(String note) {
    return new Response(status, contentType, body, headers, () -> Optional.of(note));
  }

  /** Returns this answer with one header more. */
  public Response withHeader(String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new Response(status, contentType, body, more, outcome);
  }
}
