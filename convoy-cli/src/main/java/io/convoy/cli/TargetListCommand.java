package io.convoy.cli;

import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import io.convoy.cli.Terminal.Style;
import io.convoy.core.Target;
import io.convoy.core.Targets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

@Parameters(commandDescription = "List the destinations that have names")
@Usage(examples = {"convoy target list", "convoy target list --format json"})
final class TargetListCommand implements Command {
  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    boolean people = format.isTable(session.terminal());
    List<Target> targets = Targets.ofThisUser(session.environment()).list();
    session.answer(people ? table(targets, session.terminal()) : json(targets));
  }

  private static String table(List<Target> targets, Terminal terminal) {
    Table table = new Table("NAME", "URL", "ENDPOINT", "CA", "CREDENTIALS");
    for (Target target : targets) {
      table.row(
          Style.PLAIN,
          target.name(),
          target.destination().toString(),
          target.destination().endpoint().orElse(""),
          target.caFile().map(Path::toString).orElse(""),
          target.credentialsFile().map(Path::toString).orElse(""));
    }
    return table.text(terminal);
  }

  private static String json(List<Target> targets) throws IOException {
    Map<String, Object> answer = new LinkedHashMap<>();
    for (Target target : targets) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("URL", target.destination().toString());
      target.destination().endpoint().ifPresent(endpoint -> fields.put("Endpoint", endpoint));
      target.caFile().ifPresent(file -> fields.put("CAFile", file.toString()));
      target.credentialsFile().ifPresent(file -> fields.put("CredentialsFile", file.toString()));
      answer.put(target.name(), fields);
    }
    return JsonObject.tabbed(answer);
  }
}
