package io.convoy.plugin;

import com.fasterxml.jackson.databind.node.TextNode;
import io.convoy.core.Convoy;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.plugin.JobTitle.Kind;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.util.Optional;

/** The calls of the REST API for snapshots. */
final class SnapshotCalls {
  private final Convoy convoy;
  private final LongCalls longCalls;

  SnapshotCalls(Convoy convoy, LongCalls longCalls) {
    this.convoy = convoy;
    this.longCalls = longCalls;
  }

  Response create(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    VolumeName volume = new VolumeName(body.requiredText("VolumeName"));
    Optional<SnapshotName> name = body.text("Name").map(SnapshotName::new);
    boolean verbose = body.flag("Verbose");
    return longCalls.answer(
        request,
        JobTitle.of(Kind.SNAPSHOT, volume.value()),
        progress -> {
          Snapshot snapshot = convoy.createSnapshot(volume, name);
          return verbose
              ? Documents.snapshot(snapshot, convoy.get(volume))
              : new TextNode(snapshot.name().value());
        });
  }

  Response inspect(Request request) throws IOException {
    Snapshot snapshot = convoy.getSnapshot(name(request));
    return LongCalls.result(Documents.snapshot(snapshot, convoy.get(snapshot.volume())));
  }

  Response delete(Request request) throws IOException {
    convoy.deleteSnapshot(name(request));
    return Response.text(200, Response.TEXT, "");
  }

  private static SnapshotName name(Request request) {
    return new SnapshotName(JsonBody.parse(request.body()).requiredText("SnapshotName"));
  }
}
