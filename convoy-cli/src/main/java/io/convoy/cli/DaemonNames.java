package io.convoy.cli;

import io.convoy.core.Targets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the daemon knows by name, for completion: each with a tab and what it is. What it cannot
 * tell now is not offered, since nobody wants an error at the press of a key.
 */
final class DaemonNames {
  private final DaemonClient daemon;
  private final Targets targets;

  DaemonNames(DaemonClient daemon, Targets targets) {
    this.daemon = daemon;
    this.targets = targets;
  }

  /** Returns those of the daemon that a command line means, which may be unfinished. */
  static DaemonNames ofCommandLine(List<String> words, Map<String, String> environment) {
    GlobalOptions global = new GlobalOptions();
    for (int i = 0; i < words.size() - 1; i++) {
      String word = words.get(i);
      if (word.startsWith("--socket=")) {
        global.socket = word.substring("--socket=".length());
      } else if (word.equals("--socket") || word.equals("-s")) {
        global.socket = words.get(i + 1);
      }
    }
    if (global.socket != null && global.socket.isEmpty()) {
      global.socket = null;
    }
    try {
      return new DaemonNames(
          new DaemonClient(global.socket(environment), warning -> {}),
          Targets.ofThisUser(environment));
    } catch (MisuseException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonObject ask(String path, JsonText body) {
    try {
      return JsonObject.parse(daemon.call("GET", path, body.toString()));
    } catch (IOException e) {
      // See the class.
      return new JsonObject(Map.of());
    }
  }

  private Map<String, JsonObject> volumeList() {
    return ask("/v1/volumes/list", new JsonText()).objects();
  }

  List<String> volumes() {
    List<String> names = new ArrayList<>();
    volumeList()
        .forEach(
            (name, volume) ->
                names.add(
                    (name
                            + "\t"
                            + volume.text("Driver")
                            + " "
                            + HumanText.size(volume.object("DriverInfo").number("Size")))
                        .strip()));
    return names;
  }

  List<String> snapshots() {
    Set<String> names = new TreeSet<>();
    volumeList()
        .forEach(
            (name, volume) ->
                volume
                    .object("Snapshots")
                    .objects()
                    .keySet()
                    .forEach(snapshot -> names.add(snapshot + "\tof " + name)));
    return List.copyOf(names);
  }

  List<String> drivers() {
    return ask("/v1/info", new JsonText()).object("General").texts("DriverList");
  }

  List<String> trash() {
    Set<String> names = new TreeSet<>();
    ask("/v2/trash/list", new JsonText())
        .objects("Volumes")
        .forEach(volume -> names.add(volume.text("Name")));
    return List.copyOf(names);
  }

  /** Returns the jobs that the daemon knows. */
  List<String> jobs() {
    List<String> ids = new ArrayList<>();
    for (JsonObject job : ask("/v2/jobs/list", new JsonText()).objects("Jobs")) {
      ids.add(
          "%s\t%s of %s, %s"
              .formatted(job.text("ID"), job.text("Kind"), job.text("Subject"), job.text("State")));
    }
    return ids;
  }

  /** Returns the names of targets. */
  List<String> targets() {
    try {
      return targets.list().stream()
          .map(target -> target.name() + "\t" + target.destination())
          .toList();
    } catch (IOException e) {
      // See the class.
      return List.of();
    }
  }

  /** Returns where the volumes' last backups went, and where targets are. */
  List<String> destinations() {
    return List.copyOf(destinations(lastBackups()));
  }

  private Set<String> destinations(Set<String> backups) {
    Set<String> destinations = new LinkedHashSet<>();
    for (String target : targets()) {
      destinations.add(target.substring(target.indexOf('\t') + 1));
    }
    for (String url : backups) {
      if (url.indexOf('?') > 0) {
        destinations.add(url.substring(0, url.indexOf('?')));
      }
    }
    return destinations;
  }

  /** Returns the backups beside the volumes' last ones, those included. */
  List<String> backups() {
    Set<String> last = lastBackups();
    Set<String> backups = new LinkedHashSet<>(last);
    for (String destination : destinations(last)) {
      backups.addAll(
          ask("/v1/backups/list", new JsonText().with("URL", destination)).objects().keySet());
    }
    return List.copyOf(backups);
  }

  private Set<String> lastBackups() {
    Set<String> urls = new TreeSet<>();
    for (JsonObject volume : volumeList().values()) {
      if (volume.has("LastBackup")) {
        urls.add(volume.text("LastBackup"));
      }
    }
    return urls;
  }
}
