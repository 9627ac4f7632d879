package io.convoy.vfs;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import io.convoy.core.state.JsonFile;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * A host's note, on the storage, that it has a volume mounted.
 *
 * @param host the host's id, as it is in names of files
 * @param hostName the host's name, for people
 * @param since since when, by that host's clock
 * @param bootId of the run of its kernel in which it mounted it
 */
record MountNote(String volume, String host, String hostName, Instant since, String bootId) {
  MountNote {
    requireNonNull(volume, "volume is null");
    requireNonNull(host, "host is null");
    requireNonNull(hostName, "hostName is null");
    requireNonNull(since, "since is null");
    requireNonNull(bootId, "bootId is null");
  }

  ObjectNode toJson() {
    return JsonFile.newObject()
        .put("Volume", volume)
        .put("HostId", host)
        .put("HostName", hostName)
        .put("MountedTime", since.toString())
        .put("BootId", bootId);
  }

  static MountNote parse(ObjectNode json, Path file) throws CorruptDataException {
    try {
      return new MountNote(
          json.path("Volume").asText(),
          json.path("HostId").asText(),
          json.path("HostName").asText(),
          Instant.parse(json.path("MountedTime").asText()),
          json.path("BootId").asText());
    } catch (DateTimeParseException e) {
      throw new CorruptDataException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
