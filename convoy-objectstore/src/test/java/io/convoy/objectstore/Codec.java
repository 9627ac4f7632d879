package io.convoy.objectstore;

import io.convoy.core.CorruptDataException;
import java.nio.ByteBuffer;

/** Encodes and decodes arrays, by way of the direct buffers that the codec works on. */
final class Codec {
  private Codec() {}

  static byte[] encode(Compression compression, byte[] content) {
    try (BlockEncoder encoder = new BlockEncoder(compression)) {
      ByteBuffer room = ByteBuffer.allocateDirect(BlockEncoder.maxStoredBytes(content.length));
      return encoder.compress(direct(content), room).map(Codec::array).orElse(content);
    }
  }

  static byte[] decode(byte[] stored, int maxContentBytes) throws CorruptDataException {
    return array(BlockDecoder.decode(direct(stored), ByteBuffer.allocateDirect(maxContentBytes)));
  }

  static ByteBuffer direct(byte[] content) {
    return ByteBuffer.allocateDirect(content.length).put(content).flip();
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] content = new byte[buffer.remaining()];
    buffer.get(content);
    return content;
  }
}
