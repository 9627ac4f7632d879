package io.convoy.cli;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** The daemon's answer to long calls: lines of progress, then one with the result or the error. */
final class ProgressAnswer {
  private ProgressAnswer() {}

  /**
   * Reads the lines and returns the result, as the daemon answers it to other clients.
   *
   * @param job gets the ID of the work, as soon as it is known
   */
  static String read(BufferedReader lines, ProgressLine progress, CompletableFuture<String> job)
      throws IOException {
    try (progress) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonObject answer = JsonObject.parse(line);
        if (answer.has("Result")) {
          Object result = answer.value("Result");
          return result instanceof String text ? text : JsonObject.tabbed(result);
        }
        if (answer.has("Error")) {
          throw ErrorAnswer.of(answer.object("Error"));
        }
        if (answer.has("Job")) {
          job.complete(answer.text("Job"));
          continue;
        }
        JsonObject state = answer.object("Progress");
        progress.report(
            state.number("DoneBytes").orElse(-1), state.number("TotalBytes").orElse(-1));
      }
    }
    throw new EOFException("no result behind the last line of progress");
  }
}
