package io.convoy.cli;

import java.util.Map;

/**
 * Who reads what a command writes: the one place that knows.
 *
 * <p>The launcher finds out and sets the two properties: the shell's {@code test -t} costs nothing,
 * whereas isatty by native code costs 100 ms, and {@code System.console()} wants both ends to be
 * terminals.
 *
 * @param out whether standard output is a terminal
 * @param err whether standard error is one
 * @param colour whether what is written to terminals may have colours
 */
record Terminal(boolean out, boolean err, boolean colour) {
  /** For output that programs read. */
  static final Terminal NONE = new Terminal(false, false, false);

  private static final String OUT_PROPERTY = "convoy.terminal.out";
  private static final String ERR_PROPERTY = "convoy.terminal";

  static Terminal ofThisProcess(Map<String, String> environment) {
    // https://no-color.org: set to anything but an empty text
    boolean colour =
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    return new Terminal(Boolean.getBoolean(OUT_PROPERTY), Boolean.getBoolean(ERR_PROPERTY), colour);
  }

  /** Returns a text for standard output in a style, if it can be seen there. */
  String styled(String text, Style style) {
    return out && colour && style != Style.PLAIN
        ? "\u001b[" + style.code + "m" + text + "\u001b[0m"
        : text;
  }

  /** How a text stands out. */
  enum Style {
    PLAIN(""),
    BOLD("1"),
    RED("31"),
    YELLOW("33"),
    GREEN("32");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }
}
