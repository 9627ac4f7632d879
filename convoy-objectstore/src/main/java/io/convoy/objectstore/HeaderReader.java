package io.convoy.objectstore;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads a backup's header as a stream, in little memory: v0.5.2's has the list of all blocks in it.
 */
final class HeaderReader implements BlockList {
  /** The most that there may be beside the blocks. */
  private static final int MAX_BYTES = 1024 * 1024;

  private static final String BLOCKS = "Blocks";

  private final ObjectKey key;
  private final BoundedInput source;
  private final JsonParser parser;
  private final ObjectNode fields = Json.newObject();
  private State state = State.START;
  private boolean hasBlocks;
  private long endBytes;

  private enum State {
    START,
    IN_FIELDS,
    IN_BLOCKS,
    ENDED
  }

  HeaderReader(ObjectKey key, InputStream stored) throws IOException {
    this.key = key;
    this.source = new BoundedInput(key, stored);
    this.parser = Json.parser(source);
  }

  @Override
  public Optional<BlockRef> next() throws IOException {
    try {
      return advance();
    } catch (JsonProcessingException e) {
      throw new CorruptDataException(
          "%s is not a JSON object: %s".formatted(key, e.getOriginalMessage()), e);
    }
  }

  private Optional<BlockRef> advance() throws IOException {
    if (state == State.START) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new CorruptDataException(key + " is not a JSON object");
      }
      state = State.IN_FIELDS;
    }
    if (state == State.IN_BLOCKS) {
      if (parser.nextToken() != JsonToken.END_ARRAY) {
        source.allowMore();
        return Optional.of(block(Json.value(parser)));
      }
      state = State.IN_FIELDS;
    }
    while (state == State.IN_FIELDS) {
      if (parser.nextToken() == JsonToken.END_OBJECT) {
        end();
        return Optional.empty();
      }
      String name = parser.currentName();
      if (fields.has(name) || (hasBlocks && name.equals(BLOCKS))) {
        throw new CorruptDataException("%s has %s twice".formatted(key, name));
      }
      if (parser.nextToken() == JsonToken.START_ARRAY && name.equals(BLOCKS)) {
        hasBlocks = true;
        state = State.IN_BLOCKS;
        return advance();
      }
      fields.set(name, Json.value(parser));
    }
    return Optional.empty();
  }

  private void end() throws IOException {
    if (parser.nextToken() != null) {
      throw new CorruptDataException(key + " goes on behind its JSON object");
    }
    state = State.ENDED;
  }

  private BlockRef block(JsonNode block) throws CorruptDataException {
    JsonNode offset = block.path("Offset");
    String name = block.path("BlockChecksum").asText();
    if (!offset.isIntegralNumber()
        || !offset.canConvertToLong()
        || offset.asLong() < endBytes
        || offset.asLong() % BackupHeader.OLD_BLOCK_BYTES != 0
        || offset.asLong() > Long.MAX_VALUE - BackupHeader.OLD_BLOCK_BYTES) {
      throw Json.wrong(
          key, "Blocks.Offset", offset, "a multiple of 2 MiB, from %s up".formatted(endBytes));
    }
    if (!BlockRef.isName(name)) {
      throw Json.wrong(key, "Blocks.BlockChecksum", block.path("BlockChecksum"), "64 hex digits");
    }
    endBytes = offset.asLong() + BackupHeader.OLD_BLOCK_BYTES;
    return new BlockRef(offset.asLong(), BackupHeader.OLD_BLOCK_BYTES, name);
  }

  /** Reads to the end and returns the fields beside the list of blocks. */
  ObjectNode readFields() throws IOException {
    Optional<BlockRef> block = next();
    while (block.isPresent()) {
      block = next();
    }
    return fields;
  }

  /** Returns where the last block ends. */
  long endBytes() {
    return endBytes;
  }

  @Override
  public String key() {
    return key.value();
  }

  @Override
  public void close() throws IOException {
    parser.close();
    source.close();
  }

  /** Ends with an error where more comes than there may be. */
  private static final class BoundedInput extends FilterInputStream {
    private final ObjectKey key;
    private long left = MAX_BYTES;

    BoundedInput(ObjectKey key, InputStream in) {
      super(in);
      this.key = key;
    }

    void allowMore() {
      left = MAX_BYTES;
    }

    @Override
    public int read() throws IOException {
      return counted(in.read(), 1);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      return counted(count, count);
    }

    private int counted(int result, int count) throws CorruptDataException {
      if (result >= 0) {
        left -= count;
        if (left < 0) {
          throw new CorruptDataException(
              "%s has more than %s bytes beside its blocks".formatted(key, MAX_BYTES));
        }
      }
      return result;
    }
  }
}
