package io.convoy.vfs;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import io.convoy.core.VolumeName;
import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.JsonFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Which host has which volume mounted: a note on the storage for each, which counts for as long as
 * the host gives signs of life.
 */
final class MountNotes {
  private static final Logger LOGGER = System.getLogger(MountNotes.class.getName());
  private static final int UUID_LENGTH = 36;

  private final VolumeRoot root;
  private final String host;
  private final String bootId;
  private final SignOfLife signOfLife;
  private final Supplier<Duration> contact;
  private final Map<UUID, MountNote> own = new ConcurrentHashMap<>();
  private final Set<UUID> toBeRemoved = ConcurrentHashMap.newKeySet();

  /**
   * Makes the notes of one host.
   *
   * @param host its id, as it can be in names of files
   * @param contact tells for how long this host has been able to see signs of life without a break
   */
  MountNotes(
      VolumeRoot root,
      String host,
      String bootId,
      SignOfLife signOfLife,
      Supplier<Duration> contact) {
    this.root = root;
    this.host = host;
    this.bootId = bootId;
    this.signOfLife = signOfLife;
    this.contact = contact;
  }

  /** Takes up what this host noted before; mounts went with the kernel that had them. */
  void load() throws IOException {
    for (Path file : files("*-" + host + ".json")) {
      UUID volume = volumeOf(file);
      if (!file.equals(root.mountNote(volume, host))) {
        continue;
      }
      Optional<MountNote> note = read(file);
      if (note.isPresent() && note.get().bootId().equals(bootId)) {
        own.put(volume, note.get());
      } else {
        AtomicFiles.delete(file);
      }
    }
    renew();
  }

  boolean has(UUID volume) {
    return own.containsKey(volume);
  }

  boolean has(VolumeName volume) {
    return own.values().stream().anyMatch(note -> note.volume().equals(volume.value()));
  }

  /** Notes that this host has a volume mounted; call it with the records' lock held. */
  synchronized void add(VfsRecord volume) throws IOException {
    MountNote note =
        new MountNote(
            volume.name().value(),
            host,
            signOfLife.hostName(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            bootId);
    try {
      // A note without a sign of life would count for nothing.
      signOfLife.give();
      write(volume.uuid(), note);
    } catch (IOException e) {
      if (!isFull(e)) {
        throw e;
      }
      // Somebody has to make room, and needs the volume for that.
      LOGGER.log(
          WARNING,
          "Volume ''{0}'' is mounted, but other hosts can''t be told until there is room: {1}",
          volume.name(),
          e.getMessage());
    }
    toBeRemoved.remove(volume.uuid());
    own.put(volume.uuid(), note);
  }

  private static boolean isFull(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left") || message.contains("quota exceeded");
  }

  /** Takes back what this host has noted of a volume, under whatever identity it was then. */
  synchronized void remove(VolumeName volume) throws IOException {
    removeLater(volume);
    removeNow();
  }

  /** Takes it back as soon as the storage answers. */
  void removeLater(VolumeName volume) {
    for (Map.Entry<UUID, MountNote> entry : Map.copyOf(own).entrySet()) {
      if (entry.getValue().volume().equals(volume.value())) {
        toBeRemoved.add(entry.getKey());
        own.remove(entry.getKey());
      }
    }
  }

  private void removeNow() throws IOException {
    for (UUID volume : Set.copyOf(toBeRemoved)) {
      AtomicFiles.delete(root.mountNote(volume, host));
      toBeRemoved.remove(volume);
    }
  }

  /** Gives a sign of life, if one is needed, and writes notes again that others took for stale. */
  synchronized void renew() throws IOException {
    removeNow();
    if (own.isEmpty()) {
      return;
    }
    signOfLife.give();
    for (Map.Entry<UUID, MountNote> entry : own.entrySet()) {
      if (!Files.exists(root.mountNote(entry.getKey(), host))) {
        LOGGER.log(
            WARNING,
            "Volume ''{0}'': another host has taken this one for dead; its note is written again",
            entry.getValue().volume());
        write(entry.getKey(), entry.getValue());
      }
    }
  }

  /** Says good-bye: what is mounted stays mounted, and this host can't say so any more. */
  synchronized void stop() throws IOException {
    if (own.isEmpty()) {
      signOfLife.takeBack();
    } else {
      signOfLife.giveLast();
    }
  }

  private void write(UUID volume, MountNote note) throws IOException {
    AtomicFiles.replace(root.mountNote(volume, host), note.toJson().toString().getBytes(UTF_8));
  }

  /**
   * Returns which other hosts have a volume mounted, each in words; call it with the records' lock
   * held. Notes of hosts that give no sign of life any more are removed.
   */
  List<String> others(UUID volume) throws IOException {
    List<String> holders = new ArrayList<>();
    for (Path file : files(volume + "-*.json")) {
      Optional<MountNote> note = read(file).filter(found -> !found.host().equals(host));
      if (note.isPresent()) {
        Optional<String> holder = describe(note.get(), signOfLife.of(note.get().host()));
        if (holder.isPresent()) {
          holders.add(holder.get());
        } else {
          LOGGER.log(
              WARNING,
              "Volume ''{0}'': host ''{1}'' noted that it has it mounted since {2}, but gives no sign of life: that note is removed",
              note.get().volume(),
              note.get().hostName(),
              note.get().since());
          AtomicFiles.delete(file);
        }
      }
    }
    return holders;
  }

  /** Returns who holds a volume, and how sure that is; empty if it counts for nothing. */
  private Optional<String> describe(MountNote note, Optional<SignOfLife.Last> last) {
    String holder =
        "host '%s' (%s) has it mounted since %s"
            .formatted(note.hostName(), note.host(), note.since());
    Duration lease = last.map(SignOfLife.Last::lease).orElse(signOfLife.lease());
    if (last.isPresent() && !last.get().isOver()) {
      return Optional.of(
          last.get()
              .stopped()
              .map(time -> holder + ", and its Convoy was stopped with it at " + time)
              .orElse(holder));
    }
    // While the storage did not answer, nobody could give a sign of life.
    Duration left = lease.minus(contact.get());
    if (left.isNegative() || left.isZero()) {
      return Optional.empty();
    }
    return Optional.of(
        "%s; it counts as gone if it gives no sign of life in the next %s s"
            .formatted(holder, left.toSeconds() + 1));
  }

  /**
   * Returns the notes of other hosts that count for nothing, as these give no sign of life any
   * more.
   *
   * @param unreadable hears of those that can't be read
   */
  Map<Path, MountNote> stale(Consumer<IOException> unreadable) throws IOException {
    Map<Path, MountNote> stale = new TreeMap<>();
    for (Path file : files("*.json")) {
      try {
        Optional<MountNote> note = read(file).filter(found -> !found.host().equals(host));
        if (note.isPresent() && describe(note.get(), signOfLife.of(note.get().host())).isEmpty()) {
          stale.put(file, note.get());
        }
      } catch (CorruptDataException e) {
        unreadable.accept(e);
      }
    }
    return stale;
  }

  /** Removes the notes of all other hosts, alive or not. */
  void forgetOthers(UUID volume) throws IOException {
    for (Path file : files(volume + "-*.json")) {
      if (!file.equals(root.mountNote(volume, host))) {
        LOGGER.log(
            INFO,
            "{0} is removed by force: {1}",
            file,
            read(file).map(MountNote::hostName).orElse("unknown"));
        AtomicFiles.delete(file);
      }
    }
  }

  private List<Path> files(String pattern) throws IOException {
    root.refresh(root.mountsDirectory());
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(root.mountsDirectory(), pattern)) {
      entries.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }

  private static Optional<MountNote> read(Path file) throws IOException {
    Optional<ObjectNode> json = new JsonFile(file).read();
    return json.isEmpty() ? Optional.empty() : Optional.of(MountNote.parse(json.get(), file));
  }

  private static UUID volumeOf(Path file) throws IOException {
    String name = file.getFileName().toString();
    try {
      return UUID.fromString(name.substring(0, Math.min(UUID_LENGTH, name.length())));
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: expected a volume's UUID at its start".formatted(file), e);
    }
  }
}
