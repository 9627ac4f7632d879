package io.convoy.plugin;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.plugin.DaemonConfig.Sockets;
import io.convoy.plugin.http.ActivatedSocket;
import io.convoy.plugin.http.HttpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the daemon listens: at what the service manager hands over, and at its own sockets. */
final class DaemonSockets {
  private static final System.Logger LOGGER = System.getLogger(DaemonSockets.class.getName());

  private DaemonSockets() {}

  /**
   * Listens, and returns where.
   *
   * @throws IOException if commands can't ask; that Docker may not find the plugin is logged
   */
  static List<Path> open(HttpServer server, Sockets wanted, boolean isRoot) throws IOException {
    List<Path> sockets = new ArrayList<>();
    for (ActivatedSocket socket : ActivatedSocket.take(System.getenv())) {
      server.listen(socket);
      sockets.add(socket.path());
    }
    if (!isAmong(sockets, wanted.commands())) {
      try {
        server.listen(wanted.commands(), wanted.group());
      } catch (IOException e) {
        throw new IOException(
            "Can't listen at socket '%s': %s".formatted(wanted.commands(), ApiError.oneLine(e)), e);
      }
      sockets.add(wanted.commands());
    }
    if (wanted.plugin().isPresent() && !isAmong(sockets, wanted.plugin().get())) {
      Path socket = wanted.plugin().get();
      try {
        server.listen(socket, wanted.group());
        sockets.add(socket);
      } catch (IOException e) {
        LOGGER.log(
            isRoot ? WARNING : DEBUG,
            "Docker does not find the plugin by itself (write ''unix://{0}'' to"
                + " /etc/docker/plugins/convoy.spec): {1}",
            wanted.commands(),
            ApiError.oneLine(e));
      }
    }
    return sockets;
  }

  /** The same socket may be under several names: /var/run is a link to /run. */
  private static boolean isAmong(List<Path> sockets, Path path) throws IOException {
    for (Path socket : sockets) {
      if (Files.exists(socket) && Files.exists(path) && Files.isSameFile(socket, path)) {
        return true;
      }
    }
    return false;
  }
}
