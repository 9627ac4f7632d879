package io.convoy.cli;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;

/** The daemon's answer to long calls: lines of progress, then one with the result or the error. */
final class ProgressAnswer {
  private static final JsonMapper MAPPER = new JsonMapper();

  private ProgressAnswer() {}

  /** Reads the lines and returns the result, as the daemon answers it to other clients. */
  static String read(BufferedReader lines, ProgressLine progress) throws IOException {
    try (progress) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode node = MAPPER.readTree(line);
        if (node.has("Result")) {
          return text(node.path("Result"));
        }
        if (node.has("Error")) {
          throw ErrorAnswer.of(node.path("Error"));
        }
        JsonNode state = node.path("Progress");
        progress.report(state.path("DoneBytes").asLong(-1), state.path("TotalBytes").asLong(-1));
      }
    }
    throw new EOFException("no result behind the last line of progress");
  }

  private static String text(JsonNode result) throws IOException {
    if (result.isTextual()) {
      return result.textValue();
    }
    DefaultIndenter tabs = new DefaultIndenter("\t", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
    printer.indentObjectsWith(tabs);
    printer.indentArraysWith(tabs);
    return MAPPER.writer(printer).writeValueAsString(result);
  }
}
