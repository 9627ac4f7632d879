package io.convoy.plugin;

import static java.lang.System.Logger.Level.WARNING;

import io.convoy.plugin.http.HttpHandler;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Finds the call for a request: {@code /v1/volumes/list}, with any version or none. */
final class Router implements HttpHandler {
  private static final System.Logger LOGGER = System.getLogger(Router.class.getName());
  private static final Pattern VERSION = Pattern.compile("^/v[0-9.]+(?=/)");

  private final Map<String, Map<String, Call>> calls = new TreeMap<>();

  /** Adds a call; a path matches with a slash at its end and without. */
  Router add(String method, String path, Call call) {
    calls.computeIfAbsent(path, key -> new TreeMap<>()).put(method, call);
    return this;
  }

  /** Returns the calls that there are: the methods by path. */
  Map<String, Set<String>> routes() {
    Map<String, Set<String>> routes = new TreeMap<>();
    calls.forEach((path, methods) -> routes.put(path, Set.copyOf(methods.keySet())));
    return routes;
  }

  /** Returns the call that a request means, such as {@code GET /volumes/list}; else "other". */
  String route(String method, String path) {
    String plain = plain(path);
    return calls.getOrDefault(plain, Map.of()).containsKey(method) ? method + " " + plain : "other";
  }

  private static String plain(String path) {
    String plain = VERSION.matcher(path).replaceFirst("");
    return plain.length() > 1 && plain.endsWith("/")
        ? plain.substring(0, plain.length() - 1)
        : plain;
  }

  @Override
  public Response handle(Request request) {
    Map<String, Call> methods = calls.get(plain(request.path()));
    if (methods == null) {
      return new ApiError(
              404,
              ApiError.Kind.NOT_FOUND,
              "Handler not found: %s %s".formatted(request.method(), request.path()),
              "There is no call %s %s".formatted(request.method(), request.path()))
          .response(request);
    }
    Call call = methods.get(request.method());
    if (call == null) {
      String line =
          "%s does not go with %s: expected %s"
              .formatted(request.method(), request.path(), String.join(" or ", methods.keySet()));
      return new ApiError(405, ApiError.Kind.INVALID, line, line)
          .response(request)
          .withHeader("Allow", String.join(", ", methods.keySet()));
    }
    return answer(call, request);
  }

  private static Response answer(Call call, Request request) {
    try {
      return call.answer(request);
    } catch (IOException | IllegalArgumentException e) {
      ApiError error = ApiError.of(e);
      if (error.status() >= 500) {
        LOGGER.log(WARNING, request.method() + " " + request.path(), e);
      }
      return error.response(request);
    }
  }
}
