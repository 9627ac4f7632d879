package io.convoy.core.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Runs programs in the C locale, so that what they print does not depend on the host. */
public interface CommandRunner {
  /**
   * Runs a program to its end and returns its standard output, which must be UTF-8 and short.
   *
   * @param limit after which it is killed
   * @throws CommandFailedException if it ends with another status than 0
   * @throws java.io.InterruptedIOException if it takes longer, or the thread is interrupted
   * @throws IOException if it can't be started, naming what to install where that is known
   */
  String run(List<String> argv, Duration limit) throws IOException;

  /** Starts a program whose input and output the caller moves. */
  RunningCommand start(List<String> argv) throws IOException;
}
