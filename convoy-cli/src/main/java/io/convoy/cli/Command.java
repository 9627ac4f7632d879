package io.convoy.cli;

import java.io.IOException;

/** One command, filled in from the command line by JCommander and then run once. */
interface Command {
  /**
   * Does the work and prints the answer.
   *
   * @throws MisuseException if the arguments cannot be meant
   * @throws DaemonException if the daemon refused or failed
   * @throws IOException if something else did not work; the message is for the user
   */
  void run(Session session) throws MisuseException, IOException;
}
