package io.convoy.cli.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.cli.faults.DaemonCall.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON that must be some. */
final class Json {
  private Json() {}

  static JsonNode of(Answer answer) {
    try {
      return answer.json();
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + answer, e);
    }
  }
}
