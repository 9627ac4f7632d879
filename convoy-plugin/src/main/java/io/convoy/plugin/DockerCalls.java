package io.convoy.plugin;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.Convoy;
import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import io.convoy.core.MountRequest;
import io.convoy.core.NotFoundException;
import io.convoy.core.RubyDate;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeStatus;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Docker's volume plugin API.
 *
 * <p>An error is a text under {@code Err} in an answer of status 200: every engine shows that text
 * alone. With another status engines put the call's name before it, and take 404 for "this plugin
 * has no such call".
 */
final class DockerCalls {
  private static final System.Logger LOGGER = System.getLogger(DockerCalls.class.getName());
  private static final String TYPE = "application/vnd.docker.plugins.v1.1+json";

  /** The mount ID of engines that send none (before 1.12). */
  private static final String NO_ID = "docker";

  // Engines give up after 120 s.
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  private final Convoy convoy;
  private final Jobs jobs;
  private final DaemonSettings settings;
  private final Duration patience;

  DockerCalls(Convoy convoy, Jobs jobs, DaemonSettings settings) {
    this(convoy, jobs, settings, PATIENCE);
  }

  DockerCalls(Convoy convoy, Jobs jobs, DaemonSettings settings, Duration patience) {
    this.convoy = convoy;
    this.jobs = jobs;
    this.settings = settings;
    this.patience = patience;
  }

  void addTo(Router router) {
    add(router, "/Plugin.Activate", body -> implementsVolumes());
    add(router, "/VolumeDriver.Create", this::create);
    add(router, "/VolumeDriver.Remove", this::remove);
    add(router, "/VolumeDriver.Mount", this::mount);
    add(router, "/VolumeDriver.Unmount", this::unmount);
    add(router, "/VolumeDriver.Path", this::path);
    add(router, "/VolumeDriver.Get", this::get);
    add(router, "/VolumeDriver.List", body -> list());
    add(router, "/VolumeDriver.Capabilities", body -> capabilities(convoy.isShared()));
  }

  private interface DockerCall {
    ObjectNode answer(JsonBody body) throws IOException;
  }

  private static void add(Router router, String path, DockerCall call) {
    router.add("POST", path, request -> answer(call, request));
  }

  private static Response answer(DockerCall call, Request request) {
    try {
      return json(call.answer(JsonBody.parseOptional(request.body())));
    } catch (IOException | IllegalArgumentException e) {
      if (ApiError.of(e).status() >= 500) {
        LOGGER.log(WARNING, request.path(), e);
      }
      String problem = ApiError.oneLine(e);
      return json(Json.object().put("Err", problem)).withOutcome(problem);
    }
  }

  private static Response json(ObjectNode node) {
    return Response.text(200, TYPE, Json.line(node) + "\n");
  }

  private static ObjectNode ok() {
    return Json.object().put("Err", "");
  }

  private static VolumeName name(JsonBody body) {
    return new VolumeName(body.requiredText("Name"));
  }

  private static ObjectNode implementsVolumes() {
    ObjectNode node = Json.object();
    node.putArray("Implements").add("VolumeDriver");
    return node;
  }

  /** Answers whether a volume is this engine's alone or, for Swarm, one of all its nodes. */
  private static ObjectNode capabilities(boolean shared) {
    ObjectNode node = Json.object();
    node.putObject("Capabilities").put("Scope", shared ? "global" : "local");
    return node;
  }

  private ObjectNode create(JsonBody body) throws IOException {
    DockerOptions options = DockerOptions.parse(name(body), body.texts("Opts"));
    ensure(options);
    return ok();
  }

  private void ensure(DockerOptions options) throws IOException {
    Job<VolumeStatus> job =
        jobs.start(progress -> convoy.ensure(options.spec(), options.driver(), progress));
    if (job.await(patience)) {
      job.result();
      return;
    }
    VolumeName name = options.spec().name();
    job.whenDone(
        problem ->
            LOGGER.log(
                problem.isEmpty() ? INFO : WARNING,
                "Volume ''{0}'', which Docker no longer waits for: {1}",
                name,
                problem.isEmpty() ? "created" : problem));
    throw new IOException(
        "Volume '%s' is still being created%s: try again later".formatted(name, activity(name)));
  }

  private String activity(VolumeName name) throws IOException {
    return convoy.find(name).flatMap(VolumeStatus::activity).map(" (%s)"::formatted).orElse("");
  }

  private ObjectNode remove(JsonBody body) throws IOException {
    VolumeName name = name(body);
    if (settings.ignoreDockerDelete()) {
      LOGGER.log(INFO, "Volume ''{0}'' is not removed, because of --ignore-docker-delete", name);
      return ok();
    }
    Optional<VolumeStatus> status = convoy.find(name);
    if (status.isEmpty()) {
      LOGGER.log(INFO, "Volume ''{0}'' is not there: nothing to remove", name);
      return ok();
    }
    // The engine asks only when no container has the volume: IDs that are left are of containers
    // that it lost in a crash.
    for (String id : status.get().mountIds()) {
      if (!id.equals(MountRequest.COMMAND) && !id.equals(MountRequest.ADOPTED)) {
        convoy.unmount(name, id);
      }
    }
    try {
      convoy.delete(name, DeleteMode.REFERENCE);
    } catch (NotFoundException e) {
      LOGGER.log(INFO, "Volume ''{0}'' went meanwhile: nothing to remove", name);
    }
    return ok();
  }

  private ObjectNode mount(JsonBody body) throws IOException {
    VolumeName name = name(body);
    if (settings.createOnDockerMount() && convoy.find(name).isEmpty()) {
      ensure(DockerOptions.parse(name, body.texts("Opts")));
    }
    try {
      Path mountPoint = convoy.mount(name, MountRequest.docker(body.text("ID").orElse(NO_ID)));
      return ok().put("Mountpoint", mountPoint.toString());
    } catch (InUseException e) {
      // A restore, most likely: how far is it?
      throw new InUseException(e.getMessage() + activity(name));
    }
  }

  private ObjectNode unmount(JsonBody body) throws IOException {
    VolumeName name = name(body);
    try {
      convoy.unmount(name, body.text("ID").orElse(NO_ID));
    } catch (NotFoundException e) {
      LOGGER.log(INFO, "Volume ''{0}'' is not there: nothing to unmount", name);
    }
    return ok();
  }

  private ObjectNode path(JsonBody body) throws IOException {
    return ok().put("Mountpoint", Documents.mountPoint(convoy.get(name(body))));
  }

  private ObjectNode get(JsonBody body) throws IOException {
    VolumeStatus status = convoy.get(name(body));
    ObjectNode node = ok();
    ObjectNode volume = node.putObject("Volume");
    volume.put("Name", status.volume().name().value());
    volume.put("Mountpoint", Documents.mountPoint(status));
    volume.put("CreatedAt", status.volume().createdTime().toString());
    volume.set("Status", status(status));
    return node;
  }

  private static ObjectNode status(VolumeStatus status) {
    ObjectNode node = Json.object();
    node.put("Driver", status.driver());
    status.volume().sizeBytes().ifPresent(size -> node.put("Size", Long.toString(size)));
    node.put("State", Documents.state(status));
    node.put("Snapshots", status.volume().snapshots().size());
    node.put("Mounts", status.mountIds().size());
    status
        .lastBackup()
        .ifPresent(
            backup ->
                node.put("LastBackup", backup.url())
                    .put("LastBackupTime", RubyDate.format(backup.time())));
    status.activity().ifPresent(activity -> node.put("Activity", activity));
    status.problem().ifPresent(problem -> node.put("Problem", problem));
    return node;
  }

  private ObjectNode list() throws IOException {
    ObjectNode node = ok();
    var volumes = node.putArray("Volumes");
    for (VolumeStatus status : convoy.list()) {
      volumes
          .addObject()
          .put("Name", status.volume().name().value())
          .put("Mountpoint", Documents.mountPoint(status));
    }
    return node;
  }
}
