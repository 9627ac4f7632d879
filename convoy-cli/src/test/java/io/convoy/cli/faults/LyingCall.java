package io.convoy.cli.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Calls of a daemon, one of which can be answered by somebody else. */
final class LyingCall extends DaemonCall {
  private String wanted = "";
  private Lie lie = body -> new Answer(200, "");

  LyingCall(Path socket, Duration limit) {
    super(socket, limit);
  }

  /** What somebody else answers. */
  interface Lie {
    Answer tell(ObjectNode body) throws IOException;
  }

  /** Has the next call of a kind, such as {@code DELETE /v1/backups}, answered by the lie. */
  void lieTo(String methodAndPath, Lie next) {
    wanted = methodAndPath;
    lie = next;
  }

  @Override
  Answer call(String method, String path, ObjectNode body) throws IOException {
    if (wanted.equals(method + " " + path)) {
      wanted = "";
      return lie.tell(body);
    }
    return super.call(method, path, body);
  }
}
