package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import io.convoy.core.Targets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Forget the name of a destination; what is there stays")
@Usage(arguments = "<target>", examples = "convoy target remove minio1")
final class TargetRemoveCommand implements Command {
  @Parameter(description = "The target's name")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String name = Arguments.one(arguments, "target remove", "target");
    Targets targets = Targets.ofThisUser(session.environment());
    if (!targets.remove(name)) {
      throw new MisuseException(
          "There is no target '%s' in %s ('convoy target list' shows those there are)"
              .formatted(name, targets.file()));
    }
    session.answer(name);
  }
}
