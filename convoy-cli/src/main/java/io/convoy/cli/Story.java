package io.convoy.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/** Tells what is being done, step by step, with the time that each took. */
final class Story {
  private static final int WIDTH = 78;
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private int step;

  Story(PrintStream out) {
    this.out = out;
  }

  /** Something that takes a while, and what came of it. */
  interface Step {
    String run() throws IOException, MisuseException;
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Does a step, and tells of it when it is done. */
  void step(Step work) throws IOException, MisuseException {
    long start = System.nanoTime();
    String text = work.run();
    step++;
    String[] lines = text.split("\n", -1);
    out.printf("%2d. %-" + WIDTH + "s %6s%n", step, lines[0], seconds(start));
    for (int i = 1; i < lines.length; i++) {
      out.println("    " + lines[i]);
    }
    out.flush();
  }

  String total() {
    return seconds(startNanos);
  }

  private static String seconds(long startNanos) {
    return String.format(
        Locale.ROOT, "%.1f s", (System.nanoTime() - startNanos) / NANOS_PER_SECOND);
  }
}
