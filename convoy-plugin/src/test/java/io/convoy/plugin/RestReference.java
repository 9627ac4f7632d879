package io.convoy.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.convoy.plugin.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code docs/openapi.yaml}: what it says of calls, and whether what is seen of them is so. */
final class RestReference {
  private static final Path DOCUMENT = Path.of("../docs/openapi.yaml");
  private static final Set<String> METHODS = Set.of("get", "post", "put", "delete");

  private final JsonNode document;
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  RestReference() throws IOException {
    document = new YAMLMapper().readTree(DOCUMENT.toFile());
  }

  /**
   * Returns the methods by path, without versions and slashes at the end, as the router has them.
   */
  Map<String, Set<String>> routes() {
    Map<String, Set<String>> routes = new TreeMap<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (String key : METHODS) {
        if (path.getValue().has(key)) {
          routes
              .computeIfAbsent(plain(path.getKey()), none -> new TreeSet<>())
              .add(key.toUpperCase(Locale.ROOT));
        }
      }
    }
    return routes;
  }

  private static String plain(String path) {
    return path.replaceFirst("^/v[12](?=/)", "").replaceFirst("(?<=.)/$", "");
  }

  private JsonNode operation(String method, String path) {
    JsonNode operation =
        document.path("paths").path(path.split("\\?", 2)[0]).path(method.toLowerCase(Locale.ROOT));
    assertThat(operation.isObject()).as("%s has %s %s", DOCUMENT, method, path).isTrue();
    return operation;
  }

  /** Returns a part of the document, or the one that it refers to. */
  private JsonNode resolved(JsonNode node) {
    String reference = node.path("$ref").asText("");
    return reference.isEmpty() ? node : document.at(reference.substring(1));
  }

  /** Fails the test unless a request's body is one that the call takes. */
  void checkRequest(String method, String path, String body) throws IOException {
    JsonNode wanted = resolved(operation(method, path).path("requestBody"));
    if (body.isEmpty()) {
      assertThat(wanted.path("required").asBoolean())
          .as("%s %s needs a body", method, path)
          .isFalse();
    } else {
      check(
          "the body of %s %s".formatted(method, path),
          wanted.path("content").path("application/json").path("schema"),
          Json.parse(body));
    }
  }

  /** Fails the test unless an answer is one that the call gives. */
  void checkAnswer(String method, String path, Answer answer) throws IOException {
    String what = "the answer of %s %s, status %s".formatted(method, path, answer.status());
    JsonNode responses = operation(method, path).path("responses");
    String status = Integer.toString(answer.status());
    JsonNode response = resolved(responses.path(responses.has(status) ? status : "default"));
    String type = type(answer);
    JsonNode media = response.path("content").path(type);
    assertThat(media.isObject()).as("%s may be %s", what, type).isTrue();
    if (type.endsWith("x-ndjson")) {
      for (String line : answer.body().lines().filter(text -> !text.isEmpty()).toList()) {
        check(what, media.path("schema"), Json.parse(line));
      }
    } else {
      check(
          what,
          media.path("schema"),
          type.endsWith("json")
              ? Json.parse(answer.body())
              : Json.object().textNode(answer.body()));
    }
  }

  private static String type(Answer answer) {
    return answer
        .head()
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-type: "))
        .map(line -> line.substring("content-type: ".length()).split(";", 2)[0].strip())
        .findFirst()
        .orElse("");
  }

  private void check(String what, JsonNode schema, JsonNode value) {
    assertThat(schema.isObject()).as("there is a schema for %s", what).isTrue();
    ObjectNode whole = schema.deepCopy();
    // What it refers to.
    whole.set("components", document.path("components"));
    List<Error> errors = schemas.getSchema(whole).validate(value);
    assertThat(errors).as("%s: %s", what, value).isEmpty();
  }
}
