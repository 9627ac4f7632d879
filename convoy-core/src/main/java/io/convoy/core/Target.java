package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A destination of backups that has a name, and what it takes to reach it.
 *
 * @param destination with the endpoint, if it has one
 * @param caFile the CAs to trust in place of Java's, as PEM
 * @param credentialsFile where the keys are, in the form of {@code ~/.aws/credentials}; the keys
 *     themselves are never here
 */
public record Target(
    String name,
    BackupDestination destination,
    Optional<Path> caFile,
    Optional<Path> credentialsFile) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

  public Target {
    requireNonNull(destination, "destination is null");
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "Invalid name of a target '%s': expected 1 to 63 of the characters a-z A-Z 0-9 _ . -, the first a letter or digit"
              .formatted(name));
    }
    caFile.ifPresent(file -> checkAbsolute("CA file", file));
    credentialsFile.ifPresent(file -> checkAbsolute("credentials file", file));
  }

  private static void checkAbsolute(String what, Path file) {
    if (!file.isAbsolute()) {
      throw new IllegalArgumentException(
          "The %s '%s' is a relative path: the daemon runs elsewhere".formatted(what, file));
    }
  }
}
