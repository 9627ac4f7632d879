package io.convoy.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A request's JSON object. Keys match in any case and unknown ones mean nothing, as in Go; what is
 * null, an empty text or (for numbers) 0 is not given.
 */
final class JsonBody {
  private final Map<String, JsonNode> fields;

  private JsonBody(Map<String, JsonNode> fields) {
    this.fields = fields;
  }

  /**
   * Parses a body.
   *
   * @throws IllegalArgumentException if it is not one JSON object
   */
  static JsonBody parse(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("The request has no body: expected a JSON object");
    }
    JsonNode tree;
    try {
      tree = Json.parse(text);
    } catch (JsonProcessingException e) {
      String where =
          Optional.ofNullable(e.getLocation())
              .map(at -> " (line %s, column %s)".formatted(at.getLineNr(), at.getColumnNr()))
              .orElse("");
      throw new IllegalArgumentException(
          "The request's body is not JSON: " + e.getOriginalMessage() + where, e);
    }
    if (!(tree instanceof ObjectNode object)) {
      throw new IllegalArgumentException(
          "The request's body is a JSON %s: expected an object".formatted(typeOf(tree)));
    }
    Map<String, JsonNode> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    object.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
    return new JsonBody(fields);
  }

  /** Parses a body that may be missing. */
  static JsonBody parseOptional(String text) {
    return text.isBlank() ? new JsonBody(Map.of()) : parse(text);
  }

  private static String typeOf(JsonNode node) {
    return node.isMissingNode()
        ? "text without a value"
        : node.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private JsonNode field(String name) {
    return fields.getOrDefault(name, NullNode.getInstance());
  }

  private static IllegalArgumentException wrong(String name, JsonNode value, String expected) {
    String text = value.isValueNode() ? Json.line(value) : "an " + typeOf(value);
    return new IllegalArgumentException(
        "\"%s\" is %s: expected %s"
            .formatted(name, text.length() <= 80 ? text : text.substring(0, 80) + "…", expected));
  }

  Optional<String> text(String name) {
    JsonNode value = field(name);
    if (value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw wrong(name, value, "a text");
    }
    return Optional.of(value.textValue()).filter(text -> !text.isEmpty());
  }

  String requiredText(String name) {
    return text(name)
        .orElseThrow(() -> new IllegalArgumentException("\"%s\" is missing".formatted(name)));
  }

  boolean flag(String name) {
    JsonNode value = field(name);
    if (!value.isNull() && !value.isBoolean()) {
      throw wrong(name, value, "true or false");
    }
    return value.booleanValue();
  }

  OptionalLong number(String name) {
    JsonNode value = field(name);
    if (value.isNull()) {
      return OptionalLong.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw wrong(name, value, "a whole number from 0 on");
    }
    return positive(value.longValue());
  }

  OptionalLong sizeBytes(String name) {
    JsonNode value = field(name);
    return value.isTextual()
        ? value.textValue().isEmpty()
            ? OptionalLong.empty()
            : positive(ByteSize.parse(value.textValue()).bytes())
        : number(name);
  }

  private static OptionalLong positive(long number) {
    return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /** Returns a list of texts. */
  List<String> textList(String name) {
    JsonNode value = field(name);
    List<String> texts = new ArrayList<>();
    if (value.isNull()) {
      return texts;
    }
    if (!value.isArray()) {
      throw wrong(name, value, "a list of texts");
    }
    for (JsonNode element : value) {
      if (!element.isTextual() || element.textValue().isEmpty()) {
        throw wrong(name, element, "a list of texts");
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  /** Returns an object of texts, such as Docker's options. */
  Map<String, String> texts(String name) {
    JsonNode value = field(name);
    Map<String, String> texts = new TreeMap<>();
    if (value.isNull()) {
      return texts;
    }
    if (!(value instanceof ObjectNode object)) {
      throw wrong(name, value, "an object");
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (!field.getValue().isTextual()) {
        throw wrong(name + "." + field.getKey(), field.getValue(), "a text");
      }
      texts.put(field.getKey(), field.getValue().textValue());
    }
    return texts;
  }
}
