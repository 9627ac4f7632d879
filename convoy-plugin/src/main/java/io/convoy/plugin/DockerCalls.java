package io.convoy.plugin;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.convoy.core.ByteSize;
import io.convoy.core.Convoy;
import io.convoy.core.DeleteMode;
import io.convoy.core.InUseException;
import io.convoy.core.MountRequest;
import io.convoy.core.NotFoundException;
import io.convoy.core.RubyDate;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeState;
import io.convoy.core.VolumeStatus;
import io.convoy.plugin.http.Caller;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

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

  /** Engines give up after 120 s. */
  static final Duration PATIENCE = Duration.ofSeconds(100);

  private final Convoy convoy;
  private final Jobs jobs;
  private final DaemonSettings settings;
  private final Duration patience;

  /** The volumes that an engine waits for until they are made, and how often. */
  private final Map<VolumeName, Integer> awaited = new ConcurrentHashMap<>();

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
    add(router, "/Plugin.Activate", (body, caller) -> implementsVolumes());
    add(router, "/VolumeDriver.Create", this::create);
    add(router, "/VolumeDriver.Remove", (body, caller) -> remove(body));
    add(router, "/VolumeDriver.Mount", this::mount);
    add(router, "/VolumeDriver.Unmount", (body, caller) -> unmount(body));
    add(router, "/VolumeDriver.Path", (body, caller) -> path(body));
    add(router, "/VolumeDriver.Get", (body, caller) -> get(body));
    add(router, "/VolumeDriver.List", (body, caller) -> list());
    add(router, "/VolumeDriver.Capabilities", (body, caller) -> capabilities(convoy.isShared()));
  }

  private interface DockerCall {
    ObjectNode answer(JsonBody body, Caller caller) throws IOException;
  }

  private static void add(Router router, String path, DockerCall call) {
    router.add("POST", path, request -> answer(call, request));
  }

  private static Response answer(DockerCall call, Request request) {
    try {
      return json(call.answer(JsonBody.parseOptional(request.body()), request.caller()));
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

  private ObjectNode create(JsonBody body, Caller caller) throws IOException {
    DockerOptions options = DockerOptions.parse(name(body), body.texts("Opts"));
    VolumeName name = options.spec().name();
    awaited.merge(name, 1, Integer::sum);
    try {
      boolean unused = ensure(options, caller, deadline());
    } finally {
      awaited.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
    }
    return ok();
  }

  private long deadline() {
    return System.nanoTime() + patience.toNanos();
  }

  private static Duration until(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  /**
   * Makes a volume, if there is none, and returns whether it is there by the deadline. What takes
   * longer goes on: the engine is told that it is well, and mounting waits again.
   */
  private boolean ensure(DockerOptions options, Caller caller, long deadline) throws IOException {
    VolumeName name = options.spec().name();
    Job job =
        jobs.start(
            JobTitle.creation(name, options.spec().source()),
            caller,
            progress -> {
              convoy.ensure(options.spec(), options.driver(), progress);
              return new TextNode(name.value());
            });
    if (job.await(until(deadline))) {
      job.result();
      return true;
    }
    job.whenDone(
        problem ->
            LOGGER.log(
                problem.isEmpty() ? INFO : WARNING,
                "Volume ''{0}'', which Docker no longer waits for: {1}",
                name,
                problem.isEmpty() ? "created" : problem));
    return false;
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

  private ObjectNode mount(JsonBody body, Caller caller) throws IOException {
    VolumeName name = name(body);
    long deadline = deadline();
    Optional<Job> creation = jobs.creating(name);
    if (creation.isPresent()) {
      boolean unused = creation.get().await(until(deadline));
    } else if (settings.createOnDockerMount() && convoy.find(name).isEmpty()) {
      boolean unused = ensure(DockerOptions.parse(name, body.texts("Opts")), caller, deadline);
    }
    try {
      Path mountPoint = convoy.mount(name, MountRequest.docker(body.text("ID").orElse(NO_ID)));
      return ok().put("Mountpoint", mountPoint.toString());
    } catch (InUseException e) {
      throw new InUseException(
          jobs.creating(name).map(job -> beingMade(name, job)).orElse(e.getMessage()));
    } catch (NotFoundException e) {
      // Docker may have been told that it is being made: it must learn why it is not there.
      Optional<ApiError> failure = jobs.lastCreation(name).flatMap(JobReport::error);
      if (failure.isEmpty()) {
        throw e;
      }
      throw new IOException(
          "Volume '%s' could not be made: %s".formatted(name, failure.get().detail()), e);
    }
  }

  private static String beingMade(VolumeName name, Job job) {
    Job.Done done = job.done();
    String share =
        done.totalBytes() > 0
            ? ": %s %% of %s"
                .formatted(
                    done.doneBytes() * 100 / done.totalBytes(), new ByteSize(done.totalBytes()))
            : "";
    return "Volume '%s' is still being %s%s; try again later ('convoy jobs show %s' tells how far it is)"
        .formatted(
            name,
            job.title().kind() == JobTitle.Kind.RESTORE ? "restored" : "created",
            share,
            job.id());
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
      if (status.state() != VolumeState.READY && awaited.containsKey(status.volume().name())) {
        // An engine keeps such a volume locked, and 'docker volume ls' waits for the locks of all
        // that are listed: it would take as long as the restore.
        continue;
      }
      volumes
          .addObject()
          .put("Name", status.volume().name().value())
          .put("Mountpoint", Documents.mountPoint(status));
    }
    return node;
  }
}
