package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.io.IOException;
import java.net.URLEncoder;

@Parameters(commandDescription = "List all volumes and their snapshots")
@Usage(examples = {"convoy list", "convoy list --format json", "convoy list --driver"})
final class ListCommand implements Command {
  @Placeholder("driver")
  @Parameter(
      names = "--driver",
      description = "Show what the drivers know of each volume; a value is not needed",
      defaultValueDescription = "none, volumes and snapshots, as Convoy knows them")
  String driver = "";

  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    boolean table = format.isTable(session.terminal()) && driver.isEmpty();
    String query = driver.isEmpty() ? "" : "?driver=" + URLEncoder.encode(driver, UTF_8);
    String answer = session.daemon().call("GET", "/v1/volumes/list" + query, "");
    session.answer(table ? Tables.volumes(JsonObject.parse(answer), session.terminal()) : answer);
  }
}
