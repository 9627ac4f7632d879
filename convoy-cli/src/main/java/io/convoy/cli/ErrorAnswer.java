package io.convoy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The daemon's errors as JSON. Apart, because Jackson takes a while to load. */
final class ErrorAnswer {
  private ErrorAnswer() {}

  static DaemonException parse(String json) {
    try {
      return of(new JsonMapper().readTree(json));
    } catch (JsonProcessingException e) {
      DaemonException asItIs = new DaemonException(json, json);
      asItIs.addSuppressed(e);
      return asItIs;
    }
  }

  static DaemonException of(JsonNode error) {
    String answer = error.path("Error").asText();
    return new DaemonException(answer, error.path("Detail").asText(answer));
  }
}
