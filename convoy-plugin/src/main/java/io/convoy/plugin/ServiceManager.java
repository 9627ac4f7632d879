package io.convoy.plugin;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;

/**
 * Tells systemd how far the daemon is.
 *
 * @param socket where it wants to hear it, if anywhere
 */
record ServiceManager(Optional<String> socket) {
  private static final System.Logger LOGGER = System.getLogger(ServiceManager.class.getName());

  static ServiceManager of(Map<String, String> environment) {
    return new ServiceManager(
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")).filter(path -> !path.isEmpty()));
  }

  /** Sends a state, such as {@code READY=1}. That nobody listens is no reason to stop. */
  void tell(String state) {
    if (socket.isEmpty()) {
      return;
    }
    String path = socket.get().startsWith("@") ? "\0" + socket.get().substring(1) : socket.get();
    try (UnixDatagramChannel channel = UnixDatagramChannel.open()) {
      channel.send(ByteBuffer.wrap(state.getBytes(US_ASCII)), new UnixSocketAddress(path));
    } catch (IOException e) {
      LOGGER.log(WARNING, "NOTIFY_SOCKET {0}: {1}", socket.get(), e.getMessage());
    }
  }
}
