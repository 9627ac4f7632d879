package io.convoy.plugin;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

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
  static List<Path> open(HttpServer server, DaemonConfig config, boolean isRoot)
      throws IOException {
    List<Path> sockets = new ArrayList<>();
    for (ActivatedSocket socket : ActivatedSocket.take(System.getenv())) {
      server.listen(socket);
      sockets.add(socket.path());
    }
    if (!isAmong(sockets, config.socket())) {
      try {
        server.listen(config.socket(), config.socketGroup());
      } catch (IOException e) {
        throw new IOException(
            "Can't listen at socket '%s': %s".formatted(config.socket(), ApiError.oneLine(e)), e);
      }
      sockets.add(config.socket());
    }
    if (config.pluginSocket().isPresent() && !isAmong(sockets, config.pluginSocket().get())) {
      Path socket = config.pluginSocket().get();
      try {
        server.listen(socket, config.socketGroup());
        sockets.add(socket);
      } catch (IOException e) {
        LOGGER.log(
            isRoot ? WARNING : DEBUG,
            "Docker does not find the plugin by itself (write ''unix://{0}'' to"
                + " /etc/docker/plugins/convoy.spec): {1}",
            config.socket(),
            ApiError.oneLine(e));
      }
    }
    return sockets;
  }

  /** The same socket may be under several names: /var/run is a link to /run. */
  private static boolean isAmong(List<Path> sockets, Path wanted) throws IOException {
    for (Path socket : sockets) {
      if (Files.exists(socket) && Files.exists(wanted) && Files.isSameFile(socket, wanted)) {
        return true;
      }
    }
    return false;
  }
}
