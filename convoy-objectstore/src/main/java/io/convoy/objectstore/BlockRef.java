package io.convoy.objectstore;

/**
 * One block of a backup.
 *
 * @param offsetBytes where its content belongs: in the tar stream, or on the device
 * @param lengthBytes of its content
 * @param name the hash of its content, 64 hex digits
 */
record BlockRef(long offsetBytes, int lengthBytes, String name) {
  static final int NAME_LENGTH = 64;

  BlockRef {
    if (offsetBytes < 0 || lengthBytes <= 0) {
      throw new IllegalArgumentException(
          "block of %s bytes at %s".formatted(lengthBytes, offsetBytes));
    }
    if (!isName(name)) {
      throw new IllegalArgumentException("a block's name is not 64 hex digits");
    }
  }

  static boolean isName(String name) {
    if (name.length() != NAME_LENGTH) {
      return false;
    }
    for (int i = 0; i < NAME_LENGTH; i++) {
      char c = name.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  long endBytes() {
    return offsetBytes + lengthBytes;
  }
}
