package io.convoy.core;

/**
 * The name of a backup: 2 to 127 of the characters {@code a-z A-Z 0-9 _ . -}, the first a letter or
 * digit. Safe as a file name, a device name and a part of an object key.
 */
public record BackupName(String value) implements Comparable<BackupName> {
  public BackupName {
    Names.check("backup", value);
  }

  /** Returns a name nobody else has: {@code backup-} and 16 random hex digits. */
  public static BackupName random() {
    return new BackupName(Names.random("backup"));
  }

  @Override
  public int compareTo(BackupName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
