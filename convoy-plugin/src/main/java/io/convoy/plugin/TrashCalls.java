package io.convoy.plugin;

import com.fasterxml.jackson.databind.node.TextNode;
import io.convoy.core.Age;
import io.convoy.core.Convoy;
import io.convoy.core.VolumeName;
import io.convoy.plugin.JobTitle.Kind;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The calls of the REST API for deleted volumes whose data is kept. None is in v0.5.2. */
final class TrashCalls {
  private final Convoy convoy;
  private final LongCalls longCalls;

  TrashCalls(Convoy convoy, LongCalls longCalls) {
    this.convoy = convoy;
    this.longCalls = longCalls;
  }

  Response list(Request request) throws IOException {
    return LongCalls.result(Documents.trash(convoy.listTrash()));
  }

  Response restore(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    String volume = body.requiredText("Volume");
    Optional<VolumeName> name = body.text("Name").map(VolumeName::new);
    boolean verbose = body.flag("Verbose");
    return longCalls.answer(
        request,
        JobTitle.of(Kind.TRASH_RESTORE, volume),
        progress -> {
          var status = convoy.restoreFromTrash(volume, name);
          return verbose ? Documents.volume(status) : new TextNode(status.volume().name().value());
        });
  }

  Response empty(Request request) throws IOException {
    JsonBody body = JsonBody.parseOptional(request.body());
    List<String> volumes = body.textList("Volumes");
    Optional<Age> olderThan = body.text("OlderThan").map(Age::parse);
    return longCalls.answer(
        request,
        JobTitle.of(Kind.TRASH_EMPTY, String.join(" ", volumes)),
        progress -> Documents.destroyed(convoy.emptyTrash(volumes, olderThan)));
  }
}
