package io.convoy.cli.lines;

import io.convoy.cli.host.Finished;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs documented lines one after another on one machine, as somebody does who types them: what one
 * answers is filled in in the next.
 */
final class LineRunner {
  private static final Pattern URL =
      Pattern.compile("(?:vfs|s3)://\\S*\\?backup=(?<backup>[^&]*)&\\S*|ebs://\\S*");
  private static final Pattern PLACEHOLDER = Pattern.compile("(?<quote>'?)<(?<name>[a-z_]+)>");
  private static final Pattern IN_BACKGROUND = Pattern.compile(" &$");
  private static final String DAEMON_PID = "/run/daemon-of-lines.pid";
  private static final String DAEMON_OUTPUT = "/run/daemon-of-lines.log";

  private final Shell shell;
  private final String daemonOptions;
  private final Map<String, String> fillings = new HashMap<>();

  /** A machine's shell. */
  interface Shell {
    /** Runs a script, and returns when it has ended. */
    Finished run(String script) throws IOException;
  }

  /**
   * What became of a line.
   *
   * @param as it ran
   * @param printed on both streams
   */
  record Outcome(DocumentedLine line, boolean asPromised, String as, int status, String printed) {}

  /**
   * Starts with an empty list of what is known.
   *
   * @param daemonOptions what the daemon needs to be told on this machine beside the line
   */
  LineRunner(Shell shell, String daemonOptions) {
    this.shell = shell;
    this.daemonOptions = daemonOptions;
  }

  /** Has a placeholder stand for something. */
  LineRunner fill(String placeholder, String text) {
    fillings.put(placeholder, text);
    return this;
  }

  Outcome run(DocumentedLine line) throws IOException {
    if (line.text().contains("<container>")) {
      fill("container", shell.run("docker ps --latest --quiet").ok());
    }
    String text = filled(line.text(), true);
    Finished finished =
        line.startsDaemon() ? startDaemon(text) : shell.run(onTerminalIfAskedFor(text));
    String printed = finished.output() + finished.errors();
    Matcher url = URL.matcher(finished.output().strip());
    if (url.matches()) {
      fill("url", url.group());
      if (url.group("backup") != null) {
        fill("backup", url.group("backup"));
      }
    }
    boolean asPromised =
        finished.status() == line.status()
            && DocumentedLine.isAnswer(
                filled(line.answer(), false), line.status() == 0 ? finished.output() : printed);
    return new Outcome(line, asPromised, text, finished.status(), printed.strip());
  }

  /** Fills in what is known; in a command line, a URL is quoted. */
  private String filled(String text, boolean quoted) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            found -> {
              String quote = found.group(1);
              String name = found.group(2);
              String value = fillings.get(name);
              if (value == null) {
                throw new IllegalStateException("nothing to fill in for <" + name + "> in " + text);
              }
              return Matcher.quoteReplacement(
                  quoted && quote.isEmpty() && value.contains("&")
                      ? "'" + value + "'"
                      : quote + value);
            });
  }

  private static String onTerminalIfAskedFor(String text) {
    return text.contains(" -it ")
        ? "script --quiet --return --command \"%s\" /dev/null".formatted(text)
        : text;
  }

  /** Ends the daemon that there is, and returns when the new one is ready or has ended. */
  private Finished startDaemon(String text) throws IOException {
    stopDaemon();
    return shell.run(
        """
        : >%3$s
        %1$s %2$s >>%3$s 2>&1 </dev/null &
        echo $! >%4$s
        until grep 'is ready' %3$s; do
          if ! kill -0 $!; then
            cat %3$s
            exit 1
          fi
          sleep 0.2
        done
        """
            .formatted(
                IN_BACKGROUND.matcher(text).replaceFirst(""),
                daemonOptions,
                DAEMON_OUTPUT,
                DAEMON_PID));
  }

  /** Ends the daemon, if there is one, as an operator does. */
  void stopDaemon() throws IOException {
    shell
        .run(
            """
            if [ -e %1$s ]; then
              pid=$(cat %1$s)
              kill "$pid"
              # One that has ended may wait for ever for somebody to take note of that.
              while readlink "/proc/$pid/exe" >/dev/null; do sleep 0.1; done
              rm %1$s
            fi
            """
                .formatted(DAEMON_PID))
        .ok();
  }
}
