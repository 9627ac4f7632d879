package io.convoy.objectstore;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * The name of an object in a store: segments parted by {@code /}. No segment leads anywhere else
 * ({@code .}, {@code ..}, nothing), so a key is safe as a path below a directory.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9!~_.-]+(/[A-Za-z0-9!~_.-]+)*");
  private static final int MAX_LENGTH = 1000;

  public ObjectKey {
    requireNonNull(value, "value is null");
    if (value.length() > MAX_LENGTH || !isValid(value)) {
      throw new IllegalArgumentException(
          "'%s' is no key of an object"
              .formatted(value.length() > MAX_LENGTH ? value.substring(0, 80) + "…" : value));
    }
  }

  /** Returns whether a text is a key. */
  static boolean isValid(String value) {
    if (!KEY.matcher(value).matches()) {
      return false;
    }
    for (String segment : value.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(ObjectKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
