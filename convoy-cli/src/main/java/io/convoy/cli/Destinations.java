package io.convoy.cli;

import io.convoy.core.BackupDestination;
import io.convoy.core.Target;
import io.convoy.core.Targets;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What was typed as a destination: a URL, or the name of a target. */
final class Destinations {
  private Destinations() {}

  /**
   * Returns the destination.
   *
   * @param endpoint empty if none was given
   * @throws MisuseException if it is neither
   */
  static BackupDestination of(String text, String endpoint, Session session)
      throws MisuseException, IOException {
    Optional<String> server = Optional.of(Arguments.endpoint(endpoint));
    // No name has a slash: what has one is meant as a URL, and said to be a bad one if it is.
    if (text.indexOf('/') >= 0) {
      try {
        return BackupDestination.parse(text).withEndpoint(server);
      } catch (IllegalArgumentException e) {
        throw new MisuseException(e);
      }
    }
    return target(text, session).destination().withEndpoint(server);
  }

  /** Returns the target of a name. */
  static Target target(String name, Session session) throws MisuseException, IOException {
    Targets targets = Targets.ofThisUser(session.environment());
    Optional<Target> target = targets.find(name);
    if (target.isEmpty()) {
      List<String> names = targets.list().stream().map(Target::name).toList();
      throw new MisuseException(
          "There is no target '%s'%s: expected one of 'convoy target list', or a URL like vfs:///path or s3://bucket@region/path/"
              .formatted(name, Spelling.hint(name, names)));
    }
    return target.get();
  }
}
