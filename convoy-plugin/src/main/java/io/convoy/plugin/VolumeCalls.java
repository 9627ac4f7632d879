package io.convoy.plugin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.convoy.core.BackupUrl;
import io.convoy.core.Convoy;
import io.convoy.core.DeleteMode;
import io.convoy.core.MountRequest;
import io.convoy.core.NotFoundException;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.VolumeStatus;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The calls of the REST API for volumes. */
final class VolumeCalls {
  // v0.5.2's command sends this for "list --driver" without a name.
  private static final Set<String> ANY_DRIVER = Set.of("1", "true");

  private final Convoy convoy;
  private final LongCalls longCalls;

  VolumeCalls(Convoy convoy, LongCalls longCalls) {
    this.convoy = convoy;
    this.longCalls = longCalls;
  }

  Response list(Request request) throws IOException {
    List<VolumeStatus> volumes = convoy.list();
    String driver = request.query().getOrDefault("driver", "");
    if (driver.isEmpty()) {
      return LongCalls.result(Documents.volumes(volumes));
    }
    boolean any = ANY_DRIVER.contains(driver) && !convoy.info().drivers().containsKey(driver);
    ObjectNode node = Json.object();
    for (VolumeStatus status : volumes) {
      if (any || status.driver().equals(driver)) {
        node.set(status.volume().name().value(), Json.object(Documents.driverInfo(status)));
      }
    }
    return LongCalls.result(node);
  }

  Response inspect(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    VolumeName name = new VolumeName(body.requiredText("VolumeName"));
    Optional<VolumeStatus> status = convoy.find(name);
    return status.isEmpty()
        ? volumeNotFound(request, NotFoundException.volume(name))
        : LongCalls.result(Documents.volume(status.get()));
  }

  /** Answers in v0.5.2's words, which scripts look for. */
  private static Response volumeNotFound(Request request, NotFoundException e) {
    return new ApiError(404, ApiError.Kind.NOT_FOUND, "Volume not found.", ApiError.oneLine(e))
        .response(request);
  }

  Response create(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    Optional<String> endpoint = body.text("Endpoint");
    VolumeSpec spec =
        new VolumeSpec(
            body.text("Name").map(VolumeName::new).orElseGet(VolumeName::random),
            body.sizeBytes("Size"),
            body.text("BackupURL").map(url -> BackupUrl.parse(url).withEndpoint(endpoint)),
            body.text("DriverVolumeID"),
            body.text("Type"),
            body.number("IOPS"),
            body.number("Throughput"),
            body.flag("CopySource"),
            body.flag("PrepareForVM"));
    Optional<String> driver = body.text("DriverName");
    boolean verbose = body.flag("Verbose");
    return longCalls.answer(
        request,
        progress -> {
          VolumeStatus status = convoy.create(spec, driver, progress);
          return verbose ? Documents.volume(status) : new TextNode(spec.name().value());
        });
  }

  Response delete(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    VolumeName name = new VolumeName(body.requiredText("VolumeName"));
    try {
      DeleteMode mode = body.flag("ReferenceOnly") ? DeleteMode.REFERENCE : DeleteMode.DATA;
      if (body.flag("Force")) {
        convoy.deleteForAllHosts(name, mode);
      } else {
        convoy.delete(name, mode);
      }
    } catch (NotFoundException e) {
      if (e.kind() == NotFoundException.Kind.VOLUME) {
        return volumeNotFound(request, e);
      }
      throw e;
    }
    return Response.text(200, Response.TEXT, "");
  }

  /** Not in v0.5.2: grows a volume with its file system. */
  Response resize(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    VolumeName name = new VolumeName(body.requiredText("VolumeName"));
    long size =
        body.sizeBytes("Size")
            .orElseThrow(() -> new IllegalArgumentException("\"Size\" is missing"));
    return longCalls.answer(
        request, progress -> Documents.resized(convoy.resize(name, size), size));
  }

  Response mount(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    VolumeName name = new VolumeName(body.requiredText("VolumeName"));
    Optional<Path> mountPoint = body.text("MountPoint").map(VolumeCalls::absolute);
    boolean verbose = body.flag("Verbose");
    MountRequest wish = MountRequest.command(mountPoint);
    Path mounted = convoy.mount(name, body.flag("Force") ? wish.withTakeOver() : wish);
    return LongCalls.result(
        verbose ? Documents.volume(convoy.get(name)) : new TextNode(mounted.toString()));
  }

  private static Path absolute(String text) {
    if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "Invalid mount point '%s': expected an absolute path".formatted(text));
    }
    return Path.of(text);
  }

  Response umount(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    VolumeName name = new VolumeName(body.requiredText("VolumeName"));
    if (body.flag("Force")) {
      convoy.unmountForAll(name);
    } else {
      convoy.unmount(name, MountRequest.COMMAND);
    }
    return Response.text(200, Response.TEXT, "");
  }
}
