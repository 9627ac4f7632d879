package io.convoy.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      generator.writeStartObject();
      for (Map.Entry<String, Object> field : fields.entrySet()) {
        generator.writeFieldName(field.getKey());
        if (field.getValue() instanceof Long number) {
          generator.writeNumber(number);
        } else if (field.getValue() instanceof Boolean flag) {
          generator.writeBoolean(flag);
        } else if (field.getValue() instanceof List<?> texts) {
          generator.writeStartArray();
          for (Object element : texts) {
            generator.writeString((String) element);
          }
          generator.writeEndArray();
        } else {
          generator.writeString((String) field.getValue());
        }
      }
      generator.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Returns what v0.5.2 prints on its standard output when a command fails. */
  static String error(String message) {
    return "{\n\t\"Error\": \""
        + new String(JsonStringEncoder.getInstance().quoteAsString(message))
        + "\"\n}";
  }
}
