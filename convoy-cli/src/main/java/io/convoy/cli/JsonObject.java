package io.convoy.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A JSON object that was read. What is asked for and not there is an empty text, list or object.
 *
 * <p>Read with Jackson's parser alone, since its data binding takes a command 60 ms to load.
 */
final class JsonObject {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final Map<String, Object> fields;

  JsonObject(Map<String, Object> fields) {
    this.fields = fields;
  }

  /** Reads a text that is one object. */
  static JsonObject parse(String json) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonParseException(
            parser, "the answer is %s, expected a JSON object".formatted(parser.currentToken()));
      }
      return new JsonObject(object(parser));
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return fields;
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> list(parser);
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> new BigDecimal(parser.getText());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }

  private static List<Object> list(JsonParser parser) throws IOException {
    List<Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(parser));
    }
    return list;
  }

  boolean has(String key) {
    return fields.containsKey(key);
  }

  Object value(String key) {
    return fields.get(key);
  }

  /** Returns a text, or a number or truth value as text. */
  String text(String key) {
    Object value = fields.get(key);
    return value == null ? "" : value.toString();
  }

  /** Returns a number, which may stand as text, as v0.5.2 writes sizes. */
  OptionalLong number(String key) {
    Object value = fields.get(key);
    if (value instanceof Long number) {
      return OptionalLong.of(number);
    }
    return value instanceof String text && text.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    if (fields.get(key) instanceof List<?> list) {
      list.forEach(element -> texts.add(String.valueOf(element)));
    }
    return texts;
  }

  /** Returns the objects in a list. */
  List<JsonObject> objects(String key) {
    List<JsonObject> objects = new ArrayList<>();
    if (fields.get(key) instanceof List<?> list) {
      list.forEach(element -> objects.add(of(element)));
    }
    return objects;
  }

  JsonObject object(String key) {
    return of(fields.get(key));
  }

  /** Returns the fields that are objects, in their order. */
  Map<String, JsonObject> objects() {
    Map<String, JsonObject> objects = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?>) {
            objects.put(name, of(value));
          }
        });
    return objects;
  }

  Map<String, Object> fields() {
    return fields;
  }

  private static JsonObject of(Object value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, element) -> fields.put((String) name, element));
    }
    return new JsonObject(fields);
  }

  /** Returns a value as v0.5.2 writes JSON: indented with tabs. */
  static String tabbed(Object value) throws IOException {
    StringWriter text = new StringWriter();
    DefaultIndenter tabs = new DefaultIndenter("\t", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
    printer.indentObjectsWith(tabs);
    printer.indentArraysWith(tabs);
    try (JsonGenerator generator = FACTORY.createGenerator(text).setPrettyPrinter(printer)) {
      write(generator, value);
    }
    return text.toString();
  }

  /** Returns a value on one line. */
  static String line(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      write(generator, value);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> field : map.entrySet()) {
        generator.writeFieldName((String) field.getKey());
        write(generator, field.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> list) {
      generator.writeStartArray();
      for (Object element : list) {
        write(generator, element);
      }
      generator.writeEndArray();
    } else if (value instanceof Long number) {
      generator.writeNumber(number);
    } else if (value instanceof BigDecimal number) {
      generator.writeNumber(number);
    } else if (value instanceof Boolean truth) {
      generator.writeBoolean(truth);
    } else if (value == null) {
      generator.writeNull();
    } else {
      generator.writeString(value.toString());
    }
  }
}
