package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The one rule for names of volumes, snapshots and backups, as Convoy v0.5.2 has it. */
final class Names {
  private static final int MAX_LENGTH = 127;
  private static final int RANDOM_BYTES = 8;
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Names() {}

  /** Returns the name if it follows the rule; {@code what} says in the message whose name it is. */
  static String check(String what, String name) {
    requireNonNull(name, "name is null");
    if (!NAME.matcher(name).matches() || name.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "Invalid %s name '%s': expected 2 to %s of the characters a-z A-Z 0-9 _ . -, the first a letter or digit"
              .formatted(what, abbreviate(name), MAX_LENGTH));
    }
    return name;
  }

  /** Returns {@code <prefix>-<16 random hex digits>}, the form of v0.5.2's made-up names. */
  static String random(String prefix) {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return prefix + "-" + HexFormat.of().formatHex(bytes);
  }

  private static String abbreviate(String name) {
    return name.length() <= MAX_LENGTH ? name : name.substring(0, 40) + "…";
  }
}
