package io.convoy.plugin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.Convoy;
import io.convoy.core.ConvoyInfo;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Answers what the daemon was started with, and how it is. */
final class InfoCall implements Call {
  private final Convoy convoy;
  private final DaemonSettings settings;
  private final String version;

  InfoCall(Convoy convoy, DaemonSettings settings, String version) {
    this.convoy = convoy;
    this.settings = settings;
    this.version = version;
  }

  @Override
  public Response answer(Request request) throws IOException {
    ConvoyInfo info = convoy.info();
    Map<String, ObjectNode> parts = new LinkedHashMap<>();
    ObjectNode general = Json.object();
    general.put("Root", info.root().toString());
    info.drivers().keySet().forEach(general.putArray("DriverList")::add);
    general.put("DefaultDriver", info.defaultDriver());
    general.put("MountNamespaceFD", settings.mountNamespace());
    general.put("IgnoreDockerDelete", settings.ignoreDockerDelete());
    general.put("CreateOnDockerMount", settings.createOnDockerMount());
    general.put("CmdTimeout", settings.commandTimeout());
    settings.backupOptions().format().ifPresent(name -> general.put("BackupFormat", name));
    settings
        .backupOptions()
        .compression()
        .ifPresent(name -> general.put("BackupCompression", name));
    general.put("Version", version);
    if (!info.problems().isEmpty()) {
      info.problems().forEach(general.putArray("Problems")::add);
    }
    parts.put("General", general);
    info.drivers().forEach((name, own) -> parts.put(name, Json.object(new TreeMap<>(own))));
    return Response.text(200, ApiError.JSON, join(parts));
  }

  /** Joins the parts as v0.5.2 does, each indented by itself. */
  private static String join(Map<String, ObjectNode> parts) {
    StringBuilder text = new StringBuilder("{");
    String separator = "\n";
    for (Map.Entry<String, ObjectNode> part : parts.entrySet()) {
      text.append(separator)
          .append('"')
          .append(part.getKey())
          .append("\": ")
          .append(Json.tabbed(part.getValue()));
      separator = ",\n";
    }
    return text.append("\n}").toString();
  }
}
