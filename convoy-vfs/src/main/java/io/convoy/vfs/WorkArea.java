package io.convoy.vfs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of what is under way, in {@code .convoy}: each says which host it belongs to. */
final class WorkArea {
  private static final String INTENT_SUFFIX = ".json";
  private static final int UUID_LENGTH = 36;

  /** The work, the host, the UUID. */
  private static final Pattern ITEM =
      Pattern.compile(
          "(restoring|snapshotting|deleting|imaging)-(.+)-([0-9a-f-]{%s})(\\.json)?"
              .formatted(UUID_LENGTH));

  private final Path directory;
  private final String host;
  private final Set<UUID> underWay = ConcurrentHashMap.newKeySet();

  WorkArea(VolumeRoot root, String hostId) {
    this.directory = root.workDirectory();
    // An id is text of any kind; a file name is not.
    this.host = hostId.replaceAll("[^a-zA-Z0-9_.-]", "_");
  }

  /** What is going on. */
  enum Work {
    RESTORING("restoring"),
    SNAPSHOTTING("snapshotting"),
    DELETING("deleting"),
    IMAGING("imaging");

    private final String prefix;

    Work(String prefix) {
      this.prefix = prefix;
    }
  }

  /** Something of this host's that was under way. */
  record Item(Work work, UUID uuid, boolean isIntent, Path path) {}

  /** Something that another host began, and one of its files. */
  record ForeignItem(Work work, String host, UUID uuid, Path path) {}

  /** Work of this process, until it is closed. */
  final class UnderWay implements AutoCloseable {
    private final UUID uuid;

    private UnderWay(UUID uuid) {
      this.uuid = uuid;
    }

    @Override
    public void close() {
      underWay.remove(uuid);
    }
  }

  /** Enters work, before anything of it shows: nobody takes its files for leftovers then. */
  UnderWay begin(UUID uuid) {
    underWay.add(uuid);
    return new UnderWay(uuid);
  }

  String host() {
    return host;
  }

  /** Returns where the files are, while they are on their way. */
  Path staging(Work work, UUID uuid) {
    return directory.resolve(work.prefix + "-" + host + "-" + uuid);
  }

  /** Returns the file that says what is to become. */
  Path intent(Work work, UUID uuid) {
    return directory.resolve(work.prefix + "-" + host + "-" + uuid + INTENT_SUFFIX);
  }

  void declare(Work work, UUID uuid, ObjectNode intent) throws IOException {
    new JsonFile(intent(work, uuid)).write(intent);
  }

  void done(Work work, UUID uuid) throws IOException {
    AtomicFiles.delete(intent(work, uuid));
  }

  /** Returns everything of this host's that nobody in this process is at. */
  List<Item> leftBehind() throws IOException {
    List<Item> items = new ArrayList<>();
    for (Path entry : entries()) {
      for (Work work : Work.values()) {
        parse(entry, work).ifPresent(items::add);
      }
    }
    // Asked after the look: what began since is not among them.
    items.removeIf(item -> underWay.contains(item.uuid()));
    return items;
  }

  /** Returns whatever any host has work with. */
  Set<UUID> uuids() throws IOException {
    Set<UUID> found = new HashSet<>(underWay);
    for (Path entry : entries()) {
      Matcher name = ITEM.matcher(entry.getFileName().toString());
      if (name.matches()) {
        found.add(UUID.fromString(name.group(3)));
      }
    }
    return found;
  }

  /** Returns everything of other hosts'. */
  List<ForeignItem> foreign() throws IOException {
    List<ForeignItem> items = new ArrayList<>();
    for (Path entry : entries()) {
      Matcher name = ITEM.matcher(entry.getFileName().toString());
      if (name.matches() && !name.group(2).equals(host)) {
        for (Work work : Work.values()) {
          if (work.prefix.equals(name.group(1))) {
            items.add(new ForeignItem(work, name.group(2), UUID.fromString(name.group(3)), entry));
          }
        }
      }
    }
    return items;
  }

  /** Returns the records of volumes that are being deleted, by whatever host. */
  List<Path> deletions() throws IOException {
    return entries().stream()
        .filter(entry -> entry.getFileName().toString().startsWith(Work.DELETING.prefix + "-"))
        .filter(entry -> entry.getFileName().toString().endsWith(INTENT_SUFFIX))
        .toList();
  }

  private Optional<Item> parse(Path entry, Work work) {
    String name = entry.getFileName().toString();
    boolean isIntent = name.endsWith(INTENT_SUFFIX);
    String stem = isIntent ? name.substring(0, name.length() - INTENT_SUFFIX.length()) : name;
    String prefix = work.prefix + "-" + host + "-";
    if (!stem.startsWith(prefix) || stem.length() != prefix.length() + UUID_LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Item(work, UUID.fromString(stem.substring(prefix.length())), isIntent, entry));
    } catch (IllegalArgumentException e) {
      // Not one of ours: this host never gives such a name.
      return Optional.empty();
    }
  }

  private List<Path> entries() throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }
}
