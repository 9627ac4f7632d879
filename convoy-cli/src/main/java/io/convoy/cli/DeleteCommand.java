package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Delete volumes with their snapshots and all data; backups stay")
@Usage(
    arguments = "<volume>...",
    examples = {"convoy delete vol1", "convoy delete --reference vol1"})
final class DeleteCommand implements Command {
  @Parameter(description = "The volumes' names")
  List<String> arguments = new ArrayList<>();

  @Parameter(
      names = {"--reference", "-r"},
      description = "Free the name and keep the data, as 'docker volume rm' does")
  boolean reference;

  @Parameter(
      names = "--force",
      description = "Delete even if other hosts that share the storage have the volume mounted")
  boolean force;

  @Override
  public void run(Session session) throws MisuseException, IOException {
    if (arguments.isEmpty()) {
      throw new MisuseException(
          "'convoy delete' needs a volume: expected 'convoy delete <volume>...'");
    }
    for (String name : arguments) {
      Arguments.volume(name);
    }
    // All are tried; the last failure is the command's, as in v0.5.2.
    DaemonException last = null;
    for (String name : arguments) {
      try {
        session.ask(
            "DELETE",
            "/v1/volumes/",
            new JsonText()
                .with("VolumeName", name)
                .with("ReferenceOnly", reference)
                .with("Force", force));
      } catch (DaemonException e) {
        session.out().print("Error deleting " + name + ": " + e.printed() + "\n");
        if (last != null) {
          session.say(last.getMessage());
        }
        last = e;
      }
    }
    if (last != null) {
      throw last;
    }
  }
}
