package io.convoy.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON object of plain values and lists in the making. What is empty, 0 or false is left out. */
final class JsonText {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  JsonText with(String key, String value) {
    if (!value.isEmpty()) {
      fields.put(key, value);
    }
    return this;
  }

  JsonText with(String key, long value) {
    if (value != 0) {
      fields.put(key, value);
    }
    return this;
  }

  JsonText with(String key, List<String> values) {
    if (!values.isEmpty()) {
      fields.put(key, values);
    }
    return this;
  }

  JsonText with(String key, boolean value) {
    if (value) {
      fields.put(key, true);
    }
    return this;
  }

  /** Returns the object on one line. */
  @Override
  public String toString() {
    return JsonObject.line(fields);
  }

  /** Returns what v0.5.2 prints on its standard output when a command fails. */
  static String error(String message) {
    return "{\n\t\"Error\": \""
        + new String(JsonStringEncoder.getInstance().quoteAsString(message))
        + "\"\n}";
  }
}
