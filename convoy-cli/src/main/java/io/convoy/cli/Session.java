package io.convoy.cli;

import static java.util.Objects.requireNonNull;

import io.convoy.core.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;

/**
 * Where one run of the command reads its settings and writes its answer.
 *
 * @param out for the answer, which programs may read
 * @param err for people
 * @param terminal who watches them
 */
record Session(
    PrintStream out,
    PrintStream err,
    Terminal terminal,
    Map<String, String> environment,
    GlobalOptions global) {
  Session {
    requireNonNull(out, "out is null");
    requireNonNull(err, "err is null");
    requireNonNull(terminal, "terminal is null");
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

  /**
   * Makes a call that may take long, telling how far it is. Whoever interrupts the command has the
   * daemon cancel the work, since that ends the connection.
   */
  String longCall(String method, String path, JsonText body) throws MisuseException, IOException {
    DaemonClient daemon = daemon();
    ProgressLine progress = new ProgressLine(err, terminal.err());
    return Interruption.tell(
        () -> {
          progress.close();
          say("interrupted: the daemon cancels the work, and its log says what became of it");
        },
        () -> daemon.call(method, path, body.toString(), progress));
  }

  /** Does work in this process, telling how far it is, and has it undo itself if interrupted. */
  <T> T longWork(LongWork<T> work) throws MisuseException, IOException {
    try (ProgressLine line = new ProgressLine(err, terminal.err())) {
      ImageProgress progress = new ImageProgress(line);
      return Interruption.undo(
          () -> {
            progress.cancel();
            say("interrupted: undoing what was begun");
          },
          () -> work.run(progress));
    }
  }

  /** Work that tells how far it is and can be cancelled. */
  interface LongWork<T> {
    T run(Progress progress) throws IOException;
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
