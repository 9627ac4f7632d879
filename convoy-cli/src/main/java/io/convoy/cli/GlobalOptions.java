package io.convoy.cli;

import com.beust.jcommander.Parameter;
import java.nio.file.Path;
import java.util.Map;

/** The flags that every command takes. */
final class GlobalOptions {
  static final String DEFAULT_SOCKET = "/var/run/convoy/convoy.sock";
  static final String SOCKET_VARIABLE = "CONVOY_SOCKET";

  @Placeholder("file")
  @Parameter(
      names = {"--socket", "-s"},
      description = "The daemon's socket",
      defaultValueDescription = "$CONVOY_SOCKET, else " + DEFAULT_SOCKET)
  String socket;

  @Parameter(
      names = {"--debug", "-d"},
      description = "Say more: stack traces here, debug messages in the daemon's log")
  boolean debug;

  @Parameter(
      names = "--verbose",
      description = "Answer in full, as JSON, and show progress even where there is no terminal")
  boolean verbose;

  @Parameter(
      names = {"--help", "-h"},
      description = "Show help")
  boolean help;

  @Parameter(
      names = {"--version", "-v"},
      description = "Show the version")
  boolean version;

  /** Returns the socket to use: the flag's, else the environment's, else v0.5.2's. */
  Path socket(Map<String, String> environment) throws MisuseException {
    if (socket != null && socket.isEmpty()) {
      throw new MisuseException("--socket is empty: expected the path of the daemon's socket");
    }
    if (socket != null) {
      return Path.of(socket);
    }
    String fromEnvironment = environment.getOrDefault(SOCKET_VARIABLE, "");
    return Path.of(fromEnvironment.isEmpty() ? DEFAULT_SOCKET : fromEnvironment);
  }
}
