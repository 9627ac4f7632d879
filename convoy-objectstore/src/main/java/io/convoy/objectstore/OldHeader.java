package io.convoy.objectstore;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.convoy.core.BackupRequest;
import io.convoy.core.RubyDate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes headers as v0.5.2 does: the same fields in the same order, and no more. Written as a
 * stream: at 1 TiB one lists half a million blocks.
 */
final class OldHeader {
  private static final JsonFactory FACTORY = new JsonFactory();

  private OldHeader() {}

  /** Returns a device's header. */
  static byte[] ofBlocks(BackupRequest request, Instant createdTime, BlockMapReader map)
      throws IOException {
    return bytes(request, createdTime, Optional.of(map), "");
  }

  /** Returns the header of a tree that is one file. */
  static byte[] ofSingleFile(BackupRequest request, Instant createdTime, ObjectKey file)
      throws IOException {
    return bytes(request, createdTime, Optional.empty(), file.value());
  }

  private static byte[] bytes(
      BackupRequest request, Instant createdTime, Optional<BlockMapReader> map, String file)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("Name", request.name().value());
      json.writeStringField("Driver", ""); // v0.5.2 never fills it
      json.writeStringField("VolumeName", request.volume().name().value());
      json.writeStringField("SnapshotName", request.snapshot().name().value());
      json.writeStringField("SnapshotCreatedAt", RubyDate.format(request.snapshot().createdTime()));
      json.writeStringField("CreatedTime", RubyDate.format(createdTime));
      if (map.isPresent()) {
        writeBlocks(json, map.get());
      }
      json.writeObjectFieldStart("SingleFile");
      json.writeStringField("FilePath", file);
      json.writeEndObject();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  /** v0.5.2 leaves an empty list out. */
  private static void writeBlocks(JsonGenerator json, BlockMapReader map) throws IOException {
    Optional<BlockRef> block = map.next();
    if (block.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("Blocks");
    while (block.isPresent()) {
      json.writeStartObject();
      json.writeNumberField("Offset", block.get().offsetBytes());
      json.writeStringField("BlockChecksum", block.get().name());
      json.writeEndObject();
      block = map.next();
    }
    json.writeEndArray();
  }
}
