package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.io.IOException;
import java.net.URLEncoder;

@Parameters(commandDescription = "Tell what happens, line by line, until you end it")
@Usage(examples = {"convoy events", "convoy events --volume vol1", "convoy events --format json"})
final class EventsCommand implements Command {
  @Placeholder("volume")
  @Parameter(
      names = "--volume",
      description = "Tell of this volume alone",
      defaultValueDescription = "none, all are told of")
  String volume = "";

  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    boolean table = format.isTable(session.terminal());
    String query = volume.isEmpty() ? "" : "?volume=" + URLEncoder.encode(volume, UTF_8);
    session
        .daemon()
        .follow(
            "/v2/events" + query,
            line -> {
              // An empty line only shows that the daemon is there.
              if (!line.isEmpty()) {
                tell(session, line, table);
              }
            });
    throw new IncompleteException("the daemon has ended: nothing more is told");
  }

  private static void tell(Session session, String line, boolean table) throws IOException {
    JsonObject event = JsonObject.parse(line);
    if (event.has("Error")) {
      throw ErrorAnswer.of(event.object("Error"));
    }
    session.answer(table ? EventLine.of(event, session.terminal()) : line);
  }
}
