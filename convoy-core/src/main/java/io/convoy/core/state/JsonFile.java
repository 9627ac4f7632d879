package io.convoy.core.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One small JSON object in one file. It is handed out as a tree, so that fields which a newer
 * version or Convoy v0.5.2 wrote are kept when the file is written again.
 */
public final class JsonFile {
  private static final long MAX_BYTES = 16L * 1024 * 1024;
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Path path;

  public JsonFile(Path path) {
    this.path = path;
  }

  /** Returns where the file is. */
  public Path path() {
    return path;
  }

  /**
   * Returns the object, or empty if there is no file.
   *
   * @throws CorruptDataException if the file holds something else
   */
  public Optional<ObjectNode> read() throws IOException {
    byte[] bytes;
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new CorruptDataException(
            "%s: %s bytes long, expected at most %s".formatted(path, Files.size(path), MAX_BYTES));
      }
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      JsonNode tree = MAPPER.readTree(bytes);
      if (tree instanceof ObjectNode object) {
        return Optional.of(object);
      }
    } catch (JsonProcessingException e) {
      throw new CorruptDataException(
          "%s: not a JSON object: %s".formatted(path, e.getOriginalMessage()), e);
    }
    throw new CorruptDataException("%s: not a JSON object".formatted(path));
  }

  /** Writes the object, replacing what is there. */
  public void write(ObjectNode object) throws IOException {
    AtomicFiles.replace(path, MAPPER.writeValueAsBytes(object));
  }

  /** Returns an empty object to fill in. */
  public static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }
}
