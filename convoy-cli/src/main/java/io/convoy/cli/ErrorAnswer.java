package io.convoy.cli;

import java.io.IOException;

/** The daemon's errors as JSON. Apart, because Jackson takes a while to load. */
final class ErrorAnswer {
  private ErrorAnswer() {}

  static DaemonException parse(String json) {
    try {
      return of(JsonObject.parse(json));
    } catch (IOException e) {
      DaemonException asItIs = new DaemonException(json, json);
      asItIs.addSuppressed(e);
      return asItIs;
    }
  }

  static DaemonException of(JsonObject error) {
    String answer = error.text("Error");
    return new DaemonException(answer, error.has("Detail") ? error.text("Detail") : answer);
  }
}
