package io.convoy.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.Event;
import io.convoy.core.InUseException;
import io.convoy.core.VolumeName;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/** Not in v0.5.2: tells what happens, line by line, until the client goes away. */
final class EventCalls {
  // A client that has gone is noticed when something is sent to it.
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final EventHub hub;

  EventCalls(EventHub hub) {
    this.hub = hub;
  }

  /** Answers with a line for each event; an empty line only shows that the daemon is there. */
  Response follow(Request request) throws InUseException {
    Optional<VolumeName> volume =
        Optional.ofNullable(request.query().get("volume"))
            .filter(name -> !name.isEmpty())
            .map(VolumeName::new);
    // Before the answer begins, so that it can be refused, and nothing is missed.
    EventHub.Follower follower = hub.follow();
    return Response.stream(LongCalls.NDJSON, out -> tell(follower, volume, out), Optional::empty);
  }

  private static void tell(
      EventHub.Follower follower, Optional<VolumeName> volume, OutputStream out)
      throws IOException {
    try (follower) {
      send(out, "");
      while (follower.end().isEmpty()) {
        Optional<Event> event = follower.next(HEARTBEAT);
        if (event.isEmpty()) {
          send(out, "");
        } else if (volume.isEmpty() || volume.equals(event.get().volume())) {
          send(out, Json.line(document(event.get())));
        }
      }
      if (follower.end().equals(Optional.of(EventHub.End.TOO_SLOW))) {
        send(out, Json.line(tooSlow()));
      }
    }
  }

  private static void send(OutputStream out, String line) throws IOException {
    out.write((line + "\n").getBytes(UTF_8));
    out.flush();
  }

  private static JsonNode tooSlow() {
    String line =
        "This client was too slow: %s events waited for it, and what came then is not told; ask again"
            .formatted(EventHub.BUFFER);
    return Json.object().set("Error", new ApiError(500, ApiError.Kind.FAILED, line, line).json());
  }

  /** Returns an event as it is told. */
  static ObjectNode document(Event event) {
    ObjectNode node = Json.object();
    node.put("Time", event.time().toString());
    node.put("Event", event.kind().label());
    event.volume().ifPresent(volume -> node.put("Volume", volume.value()));
    event.snapshot().ifPresent(snapshot -> node.put("Snapshot", snapshot.value()));
    event.backup().ifPresent(url -> node.put("BackupURL", url));
    event.message().ifPresent(message -> node.put("Message", message));
    event.numbers().forEach(node::put);
    return node;
  }
}
