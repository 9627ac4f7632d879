package io.convoy.objectstore;

import com.google.common.io.BaseEncoding;
import io.convoy.core.DirectHash;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** How a block is named after its uncompressed content: always 64 lower case hex digits. */
enum BlockNaming {
  /** SHA-256; the native format's, more than twice as fast as {@link #SHA_512_64} here. */
  SHA_256("SHA-256"),
  /** The first 64 hex digits of SHA-512; v0.5.2's. */
  SHA_512_64("SHA-512");

  private static final int NAME_BYTES = 32;
  private static final int PIECE_BYTES = 32 * 1024;

  private final String algorithm;

  BlockNaming(String algorithm) {
    this.algorithm = algorithm;
  }

  /** Returns the name of the remaining bytes of {@code content}, whose position stays. */
  String name(ByteBuffer content) {
    return BaseEncoding.base16().lowerCase().encode(hash(content), 0, NAME_BYTES);
  }

  private byte[] hash(ByteBuffer content) {
    if (content.isDirect() && Native.DIRECT.isPresent()) {
      Optional<byte[]> hash = Native.DIRECT.get().hash(algorithm, content);
      if (hash.isPresent()) {
        return hash.get();
      }
    }
    return hashInJava(content);
  }

  private byte[] hashInJava(ByteBuffer content) {
    MessageDigest digest = digest();
    if (content.hasArray()) {
      digest.update(content.duplicate());
    } else {
      // What the JDK does itself, but in larger pieces.
      ByteBuffer rest = content.duplicate();
      byte[] piece = new byte[Math.min(PIECE_BYTES, rest.remaining())];
      while (rest.hasRemaining()) {
        int length = Math.min(piece.length, rest.remaining());
        rest.get(piece, 0, length);
        digest.update(piece, 0, length);
      }
    }
    return digest.digest();
  }

  private MessageDigest digest() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }

  /** What the system has for it, looked for when first needed. */
  private static final class Native {
    static final Optional<DirectHash> DIRECT = DirectHash.find();
  }
}
