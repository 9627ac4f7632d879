package io.convoy.cli.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.cli.faults.DaemonCall.Answer;
import io.convoy.cli.faults.FaultReport.Wrong;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Optional;

/** Calls of the daemon whose answers are judged: may it fail now, and did it answer at all? */
final class Asking {
  private static final long UNANSWERED_NANOS = 180_000_000_000L;

  private final DaemonCall daemon;
  private final FaultWindows windows;
  private final FaultReport report;

  Asking(DaemonCall daemon, FaultWindows windows, FaultReport report) {
    this.daemon = daemon;
    this.windows = windows;
    this.report = report;
  }

  /** Returns the answer to a call that was done; empty means that it may or may not have been. */
  Optional<Answer> docker(String kind, ObjectNode body) {
    return ask("docker " + kind, "POST", "/VolumeDriver." + kind, body);
  }

  Optional<Answer> ask(String kind, String method, String path, ObjectNode body) {
    long start = System.nanoTime();
    try {
      Answer answer = daemon.call(method, path, body);
      String problem =
          kind.startsWith("docker ")
              ? answer.err()
              : answer.isDone() ? "" : answer.status() + " " + answer.body();
      if (problem.isEmpty()) {
        report.operation(kind, true);
        return Optional.of(answer);
      }
      failed(kind, body, start, problem);
    } catch (SocketTimeoutException e) {
      report.wrong(Wrong.STUCK, e.getMessage() + " " + body);
      report.operation(kind, false);
    } catch (IOException e) {
      failed(kind, body, start, e.toString());
    }
    return Optional.empty();
  }

  private void failed(String kind, ObjectNode body, long start, String problem) {
    report.operation(kind, false);
    if (!windows.anySince(start)) {
      report.wrong(Wrong.REFUSED, "%s %s: %s".formatted(kind, body, problem.strip()));
    }
  }

  /** What a question is answered with: something, or that it is not there. */
  record Found(Optional<JsonNode> value) {}

  /** Asks until there is an answer, which a daemon that was killed gives when it is back. */
  Found find(String kind, String path, ObjectNode body) throws InterruptedException {
    long start = System.nanoTime();
    String last = "";
    while (System.nanoTime() - start < UNANSWERED_NANOS) {
      long asked = System.nanoTime();
      try {
        Answer answer = daemon.call("GET", path, body);
        if (answer.isDone()) {
          report.operation(kind, true);
          return new Found(Optional.of(answer.json()));
        }
        if (answer.status() == 404) {
          report.operation(kind, true);
          return new Found(Optional.empty());
        }
        failed(kind, body, asked, answer.status() + " " + answer.body());
        last = answer.body();
      } catch (IOException e) {
        if (e instanceof SocketTimeoutException) {
          report.wrong(Wrong.STUCK, e.getMessage() + " " + body);
        } else {
          failed(kind, body, asked, e.toString());
        }
        last = e.toString();
      }
      Thread.sleep(200);
    }
    report.wrong(Wrong.STUCK, "%s %s: no answer, the last: %s".formatted(kind, body, last));
    throw new InterruptedException(kind + " is not answered");
  }
}
