package io.convoy.core;

/**
 * The name of a volume: 2 to 127 of the characters {@code a-z A-Z 0-9 _ . -}, the first a letter or
 * digit. Safe as a file name, a device name and a part of an object key.
 */
public record VolumeName(String value) implements Comparable<VolumeName> {
  public VolumeName {
    Names.check("volume", value);
  }

  /** Returns a name nobody else has: {@code volume-} and 16 random hex digits. */
  public static VolumeName random() {
    return new VolumeName(Names.random("volume"));
  }

  @Override
  public int compareTo(VolumeName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
