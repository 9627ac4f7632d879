package io.convoy.objectstore;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import io.convoy.core.RubyDate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Reads and writes the JSON objects in a store; what is wrong with one names its key. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Of a larger whole. */
  private static final ObjectReader PART =
      MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  static ObjectNode parse(ObjectKey key, byte[] content) throws CorruptDataException {
    try {
      if (MAPPER.readTree(content) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new CorruptDataException(
          "%s is not a JSON object: %s".formatted(key, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
    throw new CorruptDataException("%s is not a JSON object".formatted(key));
  }

  /** Returns a parser that stands before the first value. */
  static JsonParser parser(InputStream in) throws IOException {
    return MAPPER.createParser(in);
  }

  /** Reads the value that starts at a parser's current token. */
  static JsonNode value(JsonParser parser) throws IOException {
    return PART.readTree(parser);
  }

  static byte[] bytes(ObjectNode object) {
    try {
      return MAPPER.writeValueAsBytes(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  static String text(ObjectKey key, ObjectNode object, String field) throws CorruptDataException {
    JsonNode value = object.path(field);
    if (!value.isTextual()) {
      throw wrong(key, field, value, "a text");
    }
    return value.asText();
  }

  static long number(ObjectKey key, ObjectNode object, String field) throws CorruptDataException {
    JsonNode value = object.path(field);
    if (!value.canConvertToLong() || !value.isIntegralNumber() || value.asLong() < 0) {
      throw wrong(key, field, value, "a number from 0 up");
    }
    return value.asLong();
  }

  /** Returns a time, or the epoch where it is missing or empty. */
  static Instant time(ObjectKey key, ObjectNode object, String field) throws CorruptDataException {
    String text = object.path(field).asText();
    if (text.isEmpty()) {
      return Instant.EPOCH;
    }
    try {
      return RubyDate.parse(text);
    } catch (IllegalArgumentException e) {
      throw wrong(key, field, object.path(field), "a time");
    }
  }

  /** Returns a UUID, or empty where it is missing. */
  static Optional<UUID> uuid(ObjectKey key, ObjectNode object, String field)
      throws CorruptDataException {
    if (!object.has(field)) {
      return Optional.empty();
    }
    try {
      return Optional.of(UUID.fromString(text(key, object, field)));
    } catch (IllegalArgumentException e) {
      throw wrong(key, field, object.path(field), "a UUID");
    }
  }

  static CorruptDataException wrong(ObjectKey key, String field, JsonNode value, String expected) {
    String given = value.isMissingNode() ? "missing" : value.toString();
    return new CorruptDataException(
        "%s: %s is %s, expected %s"
            .formatted(
                key,
                field,
                given.length() > 100 ? given.substring(0, 100) + "…" : given,
                expected));
  }
}
