package io.convoy.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The named targets, in one file: root's are in {@code /etc/convoy/targets.json}, where the daemon
 * and everybody find them; others add their own in their configuration directory. The file has no
 * secrets.
 */
public final class Targets {
  /** The environment variable that names another file. */
  public static final String VARIABLE = "CONVOY_TARGETS";

  private static final Path SYSTEM = Path.of("/etc/convoy/targets.json");

  private final Path file;

  private Targets(Path file) {
    this.file = file;
  }

  /** Returns the targets of whoever runs this process. */
  public static Targets ofThisUser(Map<String, String> environment) throws IOException {
    String named = environment.getOrDefault(VARIABLE, "");
    if (!named.isEmpty()) {
      return new Targets(Path.of(named));
    }
    if (Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      return new Targets(SYSTEM);
    }
    String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
    // The specification: a relative one counts as not set.
    return new Targets(
        config.startsWith("/")
            ? Path.of(config, "convoy", "targets.json")
            : Path.of(environment.getOrDefault("HOME", "/"), ".config", "convoy", "targets.json"));
  }

  /** Returns the file. */
  public Path file() {
    return file;
  }

  /** Returns all in order of name: those of the file, then the system's that it does not name. */
  public List<Target> list() throws IOException {
    List<Target> targets = new ArrayList<>(read(file));
    if (!file.equals(SYSTEM) && Files.isReadable(SYSTEM)) {
      for (Target target : read(SYSTEM)) {
        if (targets.stream().noneMatch(own -> own.name().equals(target.name()))) {
          targets.add(target);
        }
      }
    }
    targets.sort((one, other) -> one.name().compareTo(other.name()));
    return targets;
  }

  private static List<Target> read(Path file) throws IOException {
    List<Target> targets = new ArrayList<>();
    Optional<ObjectNode> tree = new JsonFile(file).read();
    if (tree.isPresent()) {
      for (Map.Entry<String, JsonNode> entry : tree.get().properties()) {
        try {
          targets.add(target(entry.getKey(), entry.getValue()));
        } catch (IllegalArgumentException e) {
          throw new CorruptDataException("%s: %s".formatted(file, e.getMessage()), e);
        }
      }
    }
    return targets;
  }

  private static Target target(String name, JsonNode node) {
    return new Target(
        name,
        BackupDestination.parse(node.path("URL").asText()).withEndpoint(text(node, "Endpoint")),
        text(node, "CAFile").map(Path::of),
        text(node, "CredentialsFile").map(Path::of));
  }

  private static Optional<String> text(JsonNode node, String key) {
    return Optional.of(node.path(key).asText()).filter(text -> !text.isEmpty());
  }

  /** Returns the target of a name. */
  public Optional<Target> find(String name) throws IOException {
    return list().stream().filter(target -> target.name().equals(name)).findFirst();
  }

  /**
   * Adds a target to the file.
   *
   * @throws AlreadyExistsException if the file has one of that name
   */
  public void add(Target target) throws IOException {
    ObjectNode tree = new JsonFile(file).read().orElseGet(JsonFile::newObject);
    if (tree.has(target.name())) {
      throw new AlreadyExistsException(
          "There is a target '%s' in %s: remove it first".formatted(target.name(), file));
    }
    ObjectNode node = tree.putObject(target.name()).put("URL", target.destination().toString());
    target.destination().endpoint().ifPresent(endpoint -> node.put("Endpoint", endpoint));
    target.caFile().ifPresent(path -> node.put("CAFile", path.toString()));
    target.credentialsFile().ifPresent(path -> node.put("CredentialsFile", path.toString()));
    write(tree);
  }

  /** Removes a target from the file, and returns whether it was there. Backups stay. */
  public boolean remove(String name) throws IOException {
    ObjectNode tree = new JsonFile(file).read().orElseGet(JsonFile::newObject);
    boolean was = tree.remove(name) != null;
    if (was) {
      write(tree);
    }
    return was;
  }

  private void write(ObjectNode tree) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    new JsonFile(file).write(tree);
    // No secrets here, and everybody may use the system's.
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
