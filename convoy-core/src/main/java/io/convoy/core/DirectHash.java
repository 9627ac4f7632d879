package io.convoy.core;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Hashes memory outside the heap where it is; Java's own hashes have it copied to the heap first.
 * Found with {@link ServiceLoader}, like drivers.
 */
public interface DirectHash {
  /** Returns what there is for this system; empty if no module on the class path has it. */
  static Optional<DirectHash> find() {
    return ServiceLoader.load(DirectHash.class).findFirst();
  }

  /**
   * Returns the hash of a direct buffer's remaining bytes; its position stays. Safe for several
   * threads.
   *
   * @param algorithm by its name in Java, such as SHA-256
   * @return empty, always so for an algorithm, if this system can't
   */
  Optional<byte[]> hash(String algorithm, ByteBuffer content);
}
