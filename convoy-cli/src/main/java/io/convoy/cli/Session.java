package io.convoy.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;

/**
 * Where one run of the command reads its settings and writes its answer.
 *
 * @param out for the answer, which programs may read
 * @param err for people
 * @param errIsTerminal whether somebody watches {@code err}
 */
record Session(
    PrintStream out,
    PrintStream err,
    boolean errIsTerminal,
    Map<String, String> environment,
    GlobalOptions global) {
  Session {
    requireNonNull(out, "out is null");
    requireNonNull(err, "err is null");
    requireNonNull(global, "global is null");
    environment = Map.copyOf(environment);
  }

  DaemonClient daemon() throws MisuseException {
    return new DaemonClient(
        global.socket(environment), problem -> err.println("convoy: " + problem));
  }

  /** Makes a call and prints the answer as v0.5.2 does, with a line end behind it. */
  void ask(String method, String path, JsonText body) throws MisuseException, IOException {
    answer(daemon().call(method, path, body.toString()));
  }

  /** Makes a call that may take long and prints the answer. */
  void askLong(String method, String path, JsonText body) throws MisuseException, IOException {
    answer(longCall(method, path, body));
  }

  /** Makes a call that may take long, showing how far it is if somebody watches. */
  String longCall(String method, String path, JsonText body) throws MisuseException, IOException {
    return errIsTerminal || global.verbose
        ? daemon().call(method, path, body.toString(), new ProgressLine(err, errIsTerminal))
        : daemon().call(method, path, body.toString());
  }

  void answer(String text) {
    out.print(text.endsWith("\n") ? text : text + "\n");
    out.flush();
  }

  /** Says something to people, in one line. */
  void say(String message) {
    err.println("convoy: " + message.strip().replaceAll("\\s*[\\r\\n]+\\s*", " "));
    err.flush();
  }
}
