package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

@Parameters(commandDescription = "List the snapshots of a volume, or of all volumes")
@Usage(
    arguments = "[<volume>]",
    examples = {"convoy snapshot list vol1", "convoy snapshot list"})
final class SnapshotListCommand implements Command {
  @Parameter(description = "The volume's name; none means all volumes")
  List<String> arguments = new ArrayList<>();

  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    boolean table = format.isTable(session.terminal());
    String volume = Arguments.atMostOne(arguments, "snapshot list", "volume");
    DaemonClient daemon = session.daemon();
    Map<String, JsonObject> snapshots =
        volume.isEmpty()
            ? snapshots(
                JsonObject.parse(daemon.call("GET", "/v1/volumes/list", "")).objects().values())
            : snapshots(
                List.of(
                    JsonObject.parse(
                        daemon.call(
                            "GET",
                            "/v1/volumes/",
                            new JsonText()
                                .with("VolumeName", Arguments.volume(volume))
                                .toString()))));
    if (table) {
      session.answer(Tables.snapshots(snapshots, session.terminal()));
    } else {
      Map<String, Object> answer = new LinkedHashMap<>();
      snapshots.forEach((name, snapshot) -> answer.put(name, snapshot.fields()));
      session.answer(JsonObject.tabbed(answer));
    }
  }

  /** Returns snapshots by name, each as {@code snapshot inspect} answers it. */
  private static Map<String, JsonObject> snapshots(Iterable<JsonObject> volumes) {
    Map<String, JsonObject> snapshots = new TreeMap<>();
    for (JsonObject volume : volumes) {
      volume
          .object("Snapshots")
          .objects()
          .forEach(
              (name, snapshot) -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("Name", name);
                fields.put("VolumeName", volume.text("Name"));
                fields.put("VolumeCreatedAt", volume.text("CreatedTime"));
                fields.put("CreatedTime", snapshot.text("CreatedTime"));
                fields.put("DriverInfo", snapshot.object("DriverInfo").fields());
                snapshots.put(name, new JsonObject(fields));
              });
    }
    return snapshots;
  }
}
