package io.convoy.plugin;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.BackupOptions;
import io.convoy.core.CorruptDataException;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code convoy.cfg}: how the daemon was started the last time, as v0.5.2 writes it. There it won
 * over the command line for good; here the command line wins.
 */
final class ConfigFile {
  static final String NAME = "convoy.cfg";

  private static final System.Logger LOGGER = System.getLogger(ConfigFile.class.getName());

  private final Path root;
  private final JsonFile file;
  private final boolean ignored;

  ConfigFile(Path root, boolean ignored) {
    this.root = root;
    this.file = new JsonFile(root.resolve(NAME));
    this.ignored = ignored;
  }

  /** Returns what holds: what is given, and from the file what is not. */
  DaemonSettings resolve(DaemonConfig given) throws IOException {
    ObjectNode recorded = ignored ? JsonFile.newObject() : read();
    List<String> before = drivers(recorded);
    List<String> drivers = given.drivers().isEmpty() ? before : given.drivers();
    if (drivers.isEmpty()) {
      throw new IllegalArgumentException(
          "No driver given, and none recorded in %s: add --drivers, for example '--drivers vfs'"
              .formatted(file.path()));
    }
    String mountNamespace =
        given.mountNamespace().map(Path::toString).orElse(text(recorded, "MountNamespaceFD"));
    if (!mountNamespace.isEmpty() && Files.notExists(Path.of(mountNamespace), NOFOLLOW_LINKS)) {
      throw new IllegalArgumentException(
          "Mount namespace '%s' does not exist: expected a file like /proc/1/ns/mnt"
              .formatted(mountNamespace));
    }
    warnOfDropped(before, drivers);
    return new DaemonSettings(
        List.copyOf(new LinkedHashSet<>(drivers)),
        mountNamespace,
        given.ignoreDockerDelete().orElse(flag(recorded, "IgnoreDockerDelete")),
        given.createOnDockerMount().orElse(flag(recorded, "CreateOnDockerMount")),
        given.commandTimeout().orElse(duration(recorded, "CmdTimeout")),
        backupOptions(given.backupOptions(), recorded));
  }

  /** Whether there is such a format or compression is for the stores to say. */
  private BackupOptions backupOptions(BackupOptions given, ObjectNode recorded)
      throws CorruptDataException {
    Optional<String> format = optionalText(recorded, "BackupFormat");
    Optional<String> compression = optionalText(recorded, "BackupCompression");
    return new BackupOptions(
        given.format().or(() -> format), given.compression().or(() -> compression));
  }

  private ObjectNode read() throws IOException {
    try {
      Optional<ObjectNode> recorded = file.read();
      recorded.ifPresent(
          node -> LOGGER.log(INFO, "Settings not given are taken from {0}", file.path()));
      return recorded.orElseGet(JsonFile::newObject);
    } catch (CorruptDataException e) {
      throw new CorruptDataException(
          e.getMessage() + "; to start without it, give --drivers and --ignore-config-file", e);
    }
  }

  private void warnOfDropped(List<String> before, List<String> now) throws IOException {
    Set<String> dropped = new LinkedHashSet<>(before);
    now.forEach(dropped::remove);
    for (String driver : dropped) {
      Path state = root.resolve(driver);
      if (Files.isDirectory(state) && !isEmpty(state)) {
        LOGGER.log(
            WARNING,
            "Driver ''{0}'' is not enabled any more, but has state under {1}: its volumes can''t be"
                + " used until it is given with --drivers again",
            driver,
            state);
      }
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }

  private List<String> drivers(ObjectNode recorded) throws CorruptDataException {
    JsonNode list = recorded.path("DriverList");
    if (list.isMissingNode() || list.isNull()) {
      return List.of();
    }
    if (!(list instanceof ArrayNode)) {
      throw wrong("DriverList", list);
    }
    Set<String> drivers = new LinkedHashSet<>();
    String first = text(recorded, "DefaultDriver");
    if (!first.isEmpty()) {
      drivers.add(first);
    }
    for (JsonNode driver : list) {
      if (!driver.isTextual()) {
        throw wrong("DriverList", list);
      }
      drivers.add(driver.textValue());
    }
    return new ArrayList<>(drivers);
  }

  private String text(ObjectNode recorded, String key) throws CorruptDataException {
    JsonNode value = recorded.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (!value.isTextual()) {
      throw wrong(key, value);
    }
    return value.textValue();
  }

  private Optional<String> optionalText(ObjectNode recorded, String key)
      throws CorruptDataException {
    return Optional.of(text(recorded, key)).filter(text -> !text.isEmpty());
  }

  private static void put(ObjectNode node, String key, Optional<String> value) {
    value.ifPresentOrElse(text -> node.put(key, text), () -> node.remove(key));
  }

  private boolean flag(ObjectNode recorded, String key) throws CorruptDataException {
    JsonNode value = recorded.path(key);
    if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
      throw wrong(key, value);
    }
    return value.booleanValue();
  }

  private String duration(ObjectNode recorded, String key) throws CorruptDataException {
    String text = text(recorded, key);
    try {
      if (!text.isEmpty()) {
        GoDuration.parse(text);
      }
      return text;
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException("%s: %s: %s".formatted(file.path(), key, e.getMessage()), e);
    }
  }

  private CorruptDataException wrong(String key, JsonNode value) {
    return new CorruptDataException(
        "%s: %s is %s, which makes no sense there".formatted(file.path(), key, Json.line(value)));
  }

  /** Leaves the settings for the next start; what else the file holds stays. */
  void write(DaemonSettings settings) throws IOException {
    ObjectNode before;
    try {
      before = file.read().orElseGet(JsonFile::newObject);
    } catch (CorruptDataException e) {
      if (!ignored) {
        throw e;
      }
      LOGGER.log(WARNING, "Written anew: {0}", e.getMessage());
      before = JsonFile.newObject();
    }
    ObjectNode now = before.deepCopy();
    now.put("Root", root.toString());
    ArrayNode drivers = now.putArray("DriverList");
    settings.drivers().forEach(drivers::add);
    now.put("DefaultDriver", settings.drivers().get(0));
    now.put("MountNamespaceFD", settings.mountNamespace());
    now.put("IgnoreDockerDelete", settings.ignoreDockerDelete());
    now.put("CreateOnDockerMount", settings.createOnDockerMount());
    now.put("CmdTimeout", settings.commandTimeout());
    put(now, "BackupFormat", settings.backupOptions().format());
    put(now, "BackupCompression", settings.backupOptions().compression());
    if (!now.equals(before)) {
      file.write(now);
    }
  }
}
