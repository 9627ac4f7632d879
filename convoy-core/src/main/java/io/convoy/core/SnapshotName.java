package io.convoy.core;

/**
 * The name of a snapshot: 2 to 127 of the characters {@code a-z A-Z 0-9 _ . -}, the first a letter
 * or digit. Safe as a file name, a device name and a part of an object key.
 */
public record SnapshotName(String value) implements Comparable<SnapshotName> {
  public SnapshotName {
    Names.check("snapshot", value);
  }

  /** Returns a name nobody else has: {@code snapshot-} and 16 random hex digits. */
  public static SnapshotName random() {
    return new SnapshotName(Names.random("snapshot"));
  }

  @Override
  public int compareTo(SnapshotName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
