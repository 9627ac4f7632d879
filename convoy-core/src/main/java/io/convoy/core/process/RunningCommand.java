package io.convoy.core.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A program that runs. Closing it kills it if it has not ended. */
public interface RunningCommand extends AutoCloseable {
  /** Returns where the program reads from. */
  OutputStream standardInput();

  /** Returns what the program prints. */
  InputStream standardOutput();

  /** Waits for the end and returns the exit status; an interrupt kills the program. */
  int waitFor() throws IOException;

  /** Waits for the end; any other exit status than 0 is an exception with the error output. */
  void waitForSuccess() throws IOException;

  /** Returns what the program wrote to its standard error so far, cut after 64 KiB. */
  String errorOutput();

  @Override
  void close();
}
