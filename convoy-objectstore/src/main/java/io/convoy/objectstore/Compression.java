package io.convoy.objectstore;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the blocks of a backup are compressed; a volume's blocks may differ in it. */
enum Compression {
  /** Zstandard, at a fast level. */
  ZSTD,
  /** LZ4 in its frame format. */
  LZ4,
  /** gzip, the only one that v0.5.2 reads; its blocks are never kept raw. */
  GZIP,
  /** As it is. */
  NONE;

  private static final int ZSTD_MAGIC = 0x28b52ffd;
  private static final int LZ4_MAGIC = 0x04224d18;
  private static final short GZIP_MAGIC = 0x1f8b;

  /** Returns how the remaining bytes say that they are compressed; empty if they do not. */
  static Optional<Compression> of(ByteBuffer stored) {
    int start = stored.position();
    if (stored.remaining() >= Short.BYTES && stored.getShort(start) == GZIP_MAGIC) {
      return Optional.of(GZIP);
    }
    if (stored.remaining() < Integer.BYTES) {
      return Optional.empty();
    }
    return switch (stored.getInt(start)) {
      case ZSTD_MAGIC -> Optional.of(ZSTD);
      case LZ4_MAGIC -> Optional.of(LZ4);
      default -> Optional.empty();
    };
  }

  /**
   * Returns the compression of that name, in any case.
   *
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  static Compression parse(String name) {
    for (Compression compression : values()) {
      if (compression.label().equals(name.toLowerCase(Locale.ROOT))) {
        return compression;
      }
    }
    throw new IllegalArgumentException(
        "No compression is named '%s': expected one of %s"
            .formatted(
                name,
                Arrays.stream(values()).map(Compression::label).collect(Collectors.joining(", "))));
  }

  /** Returns the name as {@link #parse} reads it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
