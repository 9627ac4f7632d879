package io.convoy.cli;

import static java.util.Objects.requireNonNull;

import io.convoy.core.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
  /** How long an interrupted command waits to learn what it is to cancel. */
  private static final long JOB_SECONDS = 2;

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
   * Makes a call that may take long, and prints the answer, or without waiting for it the ID of the
   * work.
   */
  void begin(String method, String path, JsonText body, boolean detached)
      throws MisuseException, IOException {
    if (detached) {
      answer(JsonObject.parse(daemon().call(method, path, body.toString())).text("Job"));
    } else {
      askLong(method, path, body);
    }
  }

  /**
   * Makes a call that may take long, telling how far it is. Whoever presses Ctrl-C has the daemon
   * cancel the work; it goes on where the terminal is closed or the connection lost.
   */
  String longCall(String method, String path, JsonText body) throws MisuseException, IOException {
    DaemonClient daemon = daemon();
    ProgressLine progress = new ProgressLine(err, terminal.err());
    CompletableFuture<String> job = new CompletableFuture<>();
    HangUp.endAtOnce();
    return Interruption.tell(
        () -> {
          progress.close();
          say("interrupted: " + cancel(daemon, job));
        },
        () -> daemon.call(method, path, body.toString(), progress, job));
  }

  /** Waits for work that others began, and which goes on when this command is interrupted. */
  String follow(String path, JsonText body) throws MisuseException, IOException {
    ProgressLine progress = new ProgressLine(err, terminal.err());
    return daemon().call("POST", path, body.toString(), progress, new CompletableFuture<>());
  }

  /** Has the daemon cancel work, and returns what became of that. */
  private static String cancel(DaemonClient daemon, CompletableFuture<String> job) {
    String id = "";
    try {
      id = job.get(JOB_SECONDS, TimeUnit.SECONDS);
      daemon.call("POST", "/v2/jobs/cancel", new JsonText().with("ID", id).toString());
      return "the daemon cancels the work; 'convoy jobs show %s' tells what became of it"
          .formatted(id);
    } catch (IOException e) {
      return "the daemon was not told to cancel the work, job %s: %s".formatted(id, e.getMessage());
    } catch (TimeoutException | ExecutionException e) {
      return "the work goes on if the daemon has begun it; 'convoy jobs' shows it";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "the work may go on; 'convoy jobs' shows it";
    }
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
