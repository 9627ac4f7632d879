package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One run of the command in this process. */
record Run(int status, String out, String err) {
  /** Runs a command against a daemon. */
  static Run of(Path socket, String... arguments) {
    return of(Map.of(GlobalOptions.SOCKET_VARIABLE, socket.toString()), List.of(arguments));
  }

  static Run of(Map<String, String> environment, List<String> arguments) {
    return of(environment, arguments, Terminal.NONE);
  }

  /** Runs a command for somebody who watches. */
  static Run of(Map<String, String> environment, List<String> arguments, Terminal terminal) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        ConvoyCli.run(
            arguments,
            environment,
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            terminal);
    return new Run(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** Splits a command line at blanks, except within single quotes. */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean any = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\'') {
        quoted = !quoted;
        any = true;
      } else if (c == ' ' && !quoted) {
        if (any) {
          words.add(word.toString());
        }
        word.setLength(0);
        any = false;
      } else {
        word.append(c);
        any = true;
      }
    }
    if (any) {
      words.add(word.toString());
    }
    return words;
  }
}
