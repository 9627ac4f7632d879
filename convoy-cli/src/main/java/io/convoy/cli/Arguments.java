package io.convoy.cli;

import io.convoy.core.Age;
import io.convoy.core.BackupUrl;
import io.convoy.core.ByteSize;
import io.convoy.core.SnapshotName;
import io.convoy.core.VerifyOptions;
import io.convoy.core.VolumeName;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Checks what was typed before the daemon is asked. An empty text means "not given". */
final class Arguments {
  private Arguments() {}

  /** Returns the one argument of a command. */
  static String one(List<String> arguments, String command, String what) throws MisuseException {
    if (arguments.isEmpty()) {
      throw new MisuseException(
          "'convoy %s' needs %s: expected 'convoy %s <%s>'"
              .formatted(command, article(what), command, what));
    }
    return atMostOne(arguments, command, what);
  }

  /** Returns the one argument of a command, or an empty text. */
  static String atMostOne(List<String> arguments, String command, String what)
      throws MisuseException {
    if (arguments.size() > 1) {
      throw new MisuseException(
          "'convoy %s' takes one %s, but was given %s: '%s'"
              .formatted(command, what, arguments.size(), String.join("' '", arguments)));
    }
    return arguments.isEmpty() ? "" : arguments.get(0);
  }

  private static String article(String what) {
    return ("aeiou".indexOf(what.charAt(0)) < 0 ? "a " : "an ") + what;
  }

  /** Checks how closely a backup is to be verified. */
  static VerifyOptions verifyOptions(String level, String sample) throws MisuseException {
    return check(level, text -> VerifyOptions.parse(optional(text), optional(sample)));
  }

  /** Returns a text, or nothing if it is empty. */
  static Optional<String> optional(String text) {
    return Optional.of(text).filter(given -> !given.isEmpty());
  }

  static String volume(String name) throws MisuseException {
    return check(name, text -> new VolumeName(text).value());
  }

  static String snapshot(String name) throws MisuseException {
    return check(name, text -> new SnapshotName(text).value());
  }

  /** Returns a backup's URL in its usual form. */
  static String backup(String url) throws MisuseException {
    return check(url, text -> BackupUrl.parse(text).toString());
  }

  /** Returns the number of bytes, 0 if none is given. */
  static long sizeBytes(String size) throws MisuseException {
    return size.isEmpty() ? 0 : check(size, text -> ByteSize.parse(text).bytes());
  }

  /** Returns a number, 0 if none is given. */
  static long count(String flag, String number) throws MisuseException {
    if (number.isEmpty()) {
      return 0;
    }
    if (!number.matches("\\d{1,9}") || Long.parseLong(number) == 0) {
      throw new MisuseException(
          "Invalid %s '%s': expected a whole number from 1 on".formatted(flag, number));
    }
    return Long.parseLong(number);
  }

  /** Returns an age, empty if none is given. */
  static String age(String age) throws MisuseException {
    return age.isEmpty() ? "" : check(age, text -> Age.parse(text).toString());
  }

  /** Returns an address of a server. */
  static String endpoint(String url) throws MisuseException {
    if (!url.isEmpty() && !url.matches("https?://[^/\\s]+.*")) {
      throw new MisuseException(
          "Invalid --s3-endpoint '%s': expected http://host:port/ or https://host:port/"
              .formatted(url));
    }
    return url;
  }

  private static <T> T check(String text, Function<String, T> parser) throws MisuseException {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new MisuseException(e);
    }
  }
}
