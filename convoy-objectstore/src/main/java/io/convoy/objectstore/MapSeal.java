package io.convoy.objectstore;

import java.util.regex.Pattern;

/**
 * What a map's last line says of it. The header has the same, so that no other backup's map passes
 * for its own.
 *
 * @param blocks how many the map lists
 * @param sha256 of all its lines before the last, in hex
 */
record MapSeal(long blocks, String sha256) {
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  MapSeal {
    if (blocks < 0 || !isSha256(sha256)) {
      throw new IllegalArgumentException("map of %s blocks, '%s'".formatted(blocks, sha256));
    }
  }

  static boolean isSha256(String text) {
    return SHA_256.matcher(text).matches();
  }

  @Override
  public String toString() {
    return "%s blocks, SHA-256 %s".formatted(blocks, sha256);
  }
}
