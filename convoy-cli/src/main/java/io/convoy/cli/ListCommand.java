package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.net.URLEncoder;

@Parameters(commandDescription = "List all volumes and their snapshots")
@Usage(examples = {"convoy list", "convoy list --driver"})
final class ListCommand implements Command {
  @Parameter(
      names = "--driver",
      description = "Show what the drivers know of each volume; a value is not needed")
  String driver = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String query = driver.isEmpty() ? "" : "?driver=" + URLEncoder.encode(driver, UTF_8);
    session.answer(session.daemon().call("GET", "/v1/volumes/list" + query, ""));
  }
}
