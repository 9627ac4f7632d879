package io.convoy.plugin.http;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request, read to its end.
 *
 * @param path without the query
 * @param query the query's parameters; of one given twice, the last
 * @param accept the values of its Accept headers
 * @param body empty if it has none
 */
public record Request(
    String method,
    String path,
    Map<String, String> query,
    List<String> accept,
    String body,
    Caller caller) {
  public Request {
    requireNonNull(method, "method is null");
    requireNonNull(path, "path is null");
    requireNonNull(body, "body is null");
    requireNonNull(caller, "caller is null");
    query = Map.copyOf(query);
    accept = List.copyOf(accept);
  }

  /** Returns whether the client asks for a media type by name; wildcards do not count. */
  public boolean asksFor(String mediaType) {
    return accept.stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(value -> value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .anyMatch(mediaType::equals);
  }

  /** Returns this request with another path. */
  public Request withPath(String newPath) {
    return new Request(method, newPath, query, accept, body, caller);
  }
}
