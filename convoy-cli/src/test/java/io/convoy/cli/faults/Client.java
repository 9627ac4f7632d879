package io.convoy.cli.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.cli.faults.DaemonCall.Answer;
import io.convoy.cli.faults.FaultReport.Wrong;
import io.convoy.cli.faults.Model.Backup;
import io.convoy.cli.faults.Model.Phase;
import io.convoy.cli.faults.Model.Store;
import io.convoy.cli.faults.Model.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One client, that does this and that with volumes of its own and keeps a model of them. */
final class Client {
  private static final int MOST_VOLUMES = 3;
  private static final int MOST_SNAPSHOTS = 3;
  private static final int MOST_BACKUPS = 5;
  private static final int FILES = 4;

  private final String prefix;
  private final Random random;
  private final Asking asking;
  private final FaultReport report;
  private final FaultWindows windows;
  private final Site site;
  private final Model model = new Model();
  private int made;

  Client(
      int number, long seed, Site site, Asking asking, FaultWindows windows, FaultReport report) {
    this.prefix = "c" + number + "-";
    this.random = new Random(seed + number);
    this.site = site;
    this.asking = asking;
    this.windows = windows;
    this.report = report;
  }

  Model model() {
    return model;
  }

  String prefix() {
    return prefix;
  }

  Asking asking() {
    return asking;
  }

  private String name(String what) {
    return prefix + what + made++;
  }

  private static ObjectNode object(String key, String value) {
    return DaemonCall.object().put(key, value);
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private List<Volume> there() {
    return model.volumes.values().stream().filter(each -> each.phase == Phase.THERE).toList();
  }

  private List<Backup> backups() {
    return model.backups.values().stream().filter(each -> each.phase == Phase.THERE).toList();
  }

  /** Does one thing. */
  void step() throws InterruptedException {
    List<Volume> volumes = there();
    int what = random.nextInt(20);
    if (volumes.isEmpty() || (what < 2 && model.volumes.size() < MOST_VOLUMES)) {
      create();
      return;
    }
    Volume volume = any(volumes);
    List<String> snapshots =
        volume.snapshots.keySet().stream()
            .filter(each -> volume.snapshots.get(each) == Phase.THERE)
            .toList();
    switch (what) {
      case 2, 3, 4, 5, 6 -> write(volume);
      case 7, 8, 9 -> {
        if (volume.snapshots.size() < MOST_SNAPSHOTS) {
          snapshot(volume);
        } else if (!snapshots.isEmpty()) {
          dropSnapshot(volume, any(snapshots));
        }
      }
      case 10, 11, 12 -> {
        if (backups().size() >= MOST_BACKUPS) {
          dropBackup(any(backups()));
        } else if (!snapshots.isEmpty()) {
          backUp(any(snapshots));
        }
      }
      case 13, 14 -> {
        if (!backups().isEmpty() && model.volumes.size() <= MOST_VOLUMES) {
          restore(any(backups()));
        }
      }
      case 15 -> delete(volume);
      case 16 -> settle(volume);
      case 17 -> asking.docker("List", DaemonCall.object());
      case 18 -> asking.docker("Get", object("Name", volume.name));
      default -> compare(volume);
    }
  }

  void create() throws InterruptedException {
    Volume volume = new Volume(name("v"), new Content());
    model.volumes.put(volume.name, volume);
    made(volume, asking.docker("Create", object("Name", volume.name)).isPresent());
  }

  private void made(Volume volume, boolean done) throws InterruptedException {
    if (done) {
      volume.phase = Phase.THERE;
    } else {
      settle(volume);
    }
  }

  private void restore(Backup backup) throws InterruptedException {
    Volume volume = new Volume(name("r"), model.snapshots.get(backup.snapshot).copy());
    model.volumes.put(volume.name, volume);
    ObjectNode body =
        object("Name", volume.name)
            .put("BackupURL", backup.url)
            .put("Endpoint", backup.store.endpoint());
    made(volume, longCall("restore", "/v1/volumes/create", body).isPresent());
  }

  /** Makes a call that may take long, or begins it, goes away and asks later what came of it. */
  private Optional<String> longCall(String kind, String path, ObjectNode body)
      throws InterruptedException {
    if (random.nextInt(3) > 0) {
      return asking.ask(kind, "POST", path, body).map(Answer::body);
    }
    Optional<Answer> begun = asking.ask(kind + " detached", "POST", path, body.put("Detach", true));
    if (begun.isEmpty()) {
      return Optional.empty();
    }
    long start = System.nanoTime();
    String id = Json.of(begun.get()).path("Job").asText();
    while (true) {
      Asking.Found job = asking.find("job", "/v2/jobs", object("ID", id));
      if (job.value().isEmpty()) {
        // It was killed with the daemon before it was noted, which takes it a second.
        if (!windows.anySince(start)) {
          report.wrong(Wrong.REFUSED, "job %s of %s is forgotten".formatted(id, body));
        }
        return Optional.empty();
      }
      String state = job.value().get().path("State").asText();
      if (state.equals("done")) {
        report.operation(kind, true);
        return Optional.of(job.value().get().path("Result").asText());
      }
      if (!state.equals("running")) {
        report.operation(kind, false);
        if (!windows.anySince(start)) {
          report.wrong(Wrong.REFUSED, "%s %s: %s".formatted(kind, body, job.value().get()));
        }
        return Optional.empty();
      }
      Thread.sleep(100);
    }
  }

  private Optional<Path> mount(Volume volume) {
    String id = volume.mountId.isEmpty() ? name("id") : volume.mountId;
    // Even if there is no answer it may be mounted: it is unmounted by this ID, then.
    volume.mountId = id;
    return asking
        .docker("Mount", object("Name", volume.name).put("ID", id))
        .map(answer -> Path.of(Json.of(answer).path("Mountpoint").asText()));
  }

  private boolean unmount(Volume volume) {
    if (volume.mountId.isEmpty()) {
      return true;
    }
    boolean done =
        asking.docker("Unmount", object("Name", volume.name).put("ID", volume.mountId)).isPresent();
    if (done) {
      volume.mountId = "";
    }
    return done;
  }

  void write(Volume volume) {
    Optional<Path> place = mount(volume);
    if (place.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    try {
      volume.content.write(
          place.get(),
          "file" + random.nextInt(FILES),
          new Content.Bytes(random.nextLong(), random.nextInt(site.largestFile())));
      report.operation("write", true);
    } catch (IOException e) {
      report.operation("write", false);
      if (!windows.anySince(start)) {
        report.wrong(Wrong.REFUSED, "write to %s: %s".formatted(place.get(), e));
      }
    }
    if (random.nextBoolean()) {
      unmount(volume);
    }
  }

  void snapshot(Volume volume) throws InterruptedException {
    String snapshot = name("s");
    volume.snapshots.put(snapshot, Phase.MAYBE);
    model.snapshots.put(snapshot, volume.content.copy());
    if (asking
        .ask(
            "snapshot",
            "POST",
            "/v1/snapshots/create",
            object("VolumeName", volume.name).put("Name", snapshot))
        .isPresent()) {
      volume.snapshots.put(snapshot, Phase.THERE);
    } else {
      settle(volume);
    }
  }

  void dropSnapshot(Volume volume, String snapshot) throws InterruptedException {
    volume.snapshots.put(snapshot, Phase.GOING);
    if (asking
        .ask("delete snapshot", "DELETE", "/v1/snapshots/", object("SnapshotName", snapshot))
        .isPresent()) {
      volume.snapshots.remove(snapshot);
    } else {
      settle(volume);
    }
  }

  void backUp(String snapshot) throws InterruptedException {
    Store store = any(site.stores());
    ObjectNode body =
        object("SnapshotName", snapshot).put("URL", store.url()).put("Endpoint", store.endpoint());
    longCall("backup", "/v1/backups/create", body)
        .ifPresent(url -> model.backups.put(url, new Backup(url, snapshot, store)));
  }

  void dropBackup(Backup backup) {
    backup.phase = Phase.GOING;
    ObjectNode body = object("URL", backup.url).put("Endpoint", backup.store.endpoint());
    if (asking.ask("delete backup", "DELETE", "/v1/backups", body).isPresent()) {
      model.deleted(backup);
    }
  }

  void delete(Volume volume) throws InterruptedException {
    if (!unmount(volume)) {
      return;
    }
    volume.phase = Phase.GOING;
    if (asking
        .ask("delete volume", "DELETE", "/v1/volumes/", object("VolumeName", volume.name))
        .isPresent()) {
      model.volumes.remove(volume.name);
    } else {
      settle(volume);
    }
  }

  /** Compares a volume with what it may hold. */
  void compare(Volume volume) {
    Optional<Path> place = mount(volume);
    if (place.isEmpty()) {
      return;
    }
    try {
      Content.Result result = volume.content.compare(place.get());
      report.checked(result.bytes());
      result
          .problem()
          .ifPresent(
              problem ->
                  report.wrong(
                      volume.seen ? Wrong.DATA_LOST : Wrong.WRONG_SUCCESS,
                      volume.name + ": " + problem));
      volume.seen = true;
      report.operation("compare", true);
    } catch (IOException e) {
      report.wrong(Wrong.DATA_LOST, "%s can't be read: %s".formatted(place.get(), e));
    }
    unmount(volume);
  }

  /** Asks what there is of a volume, and compares that with what there may be. */
  void settle(Volume volume) throws InterruptedException {
    Asking.Found found = asking.find("inspect", "/v1/volumes/", object("VolumeName", volume.name));
    if (found.value().isEmpty()) {
      if (volume.phase == Phase.THERE) {
        report.wrong(volume.seen ? Wrong.DATA_LOST : Wrong.WRONG_SUCCESS, volume.name + " is gone");
      }
      model.volumes.remove(volume.name);
      return;
    }
    JsonNode json = found.value().get();
    if (volume.phase == Phase.GOING) {
      return;
    }
    if (volume.phase == Phase.MAYBE && !json.path("State").asText("ready").equals("ready")) {
      // What is being undone is settled later.
      return;
    }
    volume.phase = Phase.THERE;
    settleSnapshots(volume, json.path("Snapshots"));
  }

  private void settleSnapshots(Volume volume, JsonNode listed) {
    for (String snapshot : List.copyOf(volume.snapshots.keySet())) {
      Phase phase = volume.snapshots.get(snapshot);
      boolean isThere = listed.has(snapshot);
      if (isThere && phase == Phase.MAYBE) {
        volume.snapshots.put(snapshot, Phase.THERE);
      } else if (!isThere) {
        if (phase == Phase.THERE) {
          report.wrong(Wrong.DATA_LOST, "snapshot %s is gone".formatted(snapshot));
        }
        volume.snapshots.remove(snapshot);
      }
    }
    listed
        .fieldNames()
        .forEachRemaining(
            snapshot -> {
              if (!volume.snapshots.containsKey(snapshot)) {
                report.wrong(
                    Wrong.UNASKED, "snapshot %s of %s is there".formatted(snapshot, volume.name));
              }
            });
  }

  /** Deletes again what was to be deleted, and looks at everything; all is well meanwhile. */
  void check() throws InterruptedException {
    for (Volume volume : List.copyOf(model.volumes.values())) {
      settle(volume);
      if (!model.volumes.containsKey(volume.name)) {
        continue;
      }
      if (volume.phase != Phase.THERE) {
        if (volume.phase == Phase.MAYBE) {
          report.wrong(Wrong.UNASKED, volume.name + " is half made, and stays so");
        }
        delete(volume);
        continue;
      }
      for (String snapshot : List.copyOf(volume.snapshots.keySet())) {
        if (volume.snapshots.get(snapshot) == Phase.GOING) {
          dropSnapshot(volume, snapshot);
        }
      }
      compare(volume);
    }
  }
}
