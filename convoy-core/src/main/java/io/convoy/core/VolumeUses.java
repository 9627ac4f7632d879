package io.convoy.core;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Who does what with which volume at the moment. Long work is entered here and holds no lock: what
 * can go on beside it does, what can't is refused at once, with the reason.
 */
final class VolumeUses {
  /** What can be done with a volume. */
  enum Kind {
    CREATE("created", false, true),
    DELETE("deleted", false, true),
    /** Mounting and unmounting take a moment, so the next one waits. */
    MOUNT("mounted or unmounted", true, false),
    /** Whoever wants to mount or to snapshot a volume that grows waits. */
    RESIZE("resized", true, false),
    SNAPSHOT("snapshotted", false, false),
    BACKUP("backed up", false, false);

    private final String participle;
    private final boolean brief;
    private final boolean exclusive;

    Kind(String participle, boolean brief, boolean exclusive) {
      this.participle = participle;
      this.brief = brief;
      this.exclusive = exclusive;
    }

    private boolean goesBeside(Kind other) {
      boolean alone = exclusive || other.exclusive;
      if (!alone && (this == RESIZE || other == RESIZE)) {
        return this == BACKUP || other == BACKUP;
      }
      // A driver gets one mount and one snapshot of a volume at a time.
      return !alone && (this != other || this == BACKUP);
    }
  }

  private static final long BRIEF_WAIT_SECONDS = 120;

  private final Map<VolumeName, List<Use>> uses = new HashMap<>();
  private final Set<UUID> pinned = new HashSet<>();

  /**
   * Enters a use.
   *
   * @throws InUseException if it does not go with what is being done
   */
  synchronized Use enter(VolumeName volume, Kind kind, String description) throws InUseException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BRIEF_WAIT_SECONDS);
    for (Optional<Use> other = obstacle(volume, kind);
        other.isPresent();
        other = obstacle(volume, kind)) {
      long left = deadline - System.nanoTime();
      if (!other.get().kind.brief || left <= 0) {
        throw new InUseException(
            "Volume '%s' is being %s: try again when that is done"
                .formatted(volume, other.get().kind.participle));
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InUseException("Interrupted while waiting for volume '%s'".formatted(volume));
      }
    }
    Use use = new Use(volume, kind, description);
    uses.computeIfAbsent(volume, name -> new ArrayList<>()).add(use);
    return use;
  }

  private Optional<Use> obstacle(VolumeName volume, Kind kind) {
    return uses.getOrDefault(volume, List.of()).stream()
        .filter(use -> !kind.goesBeside(use.kind))
        .min((a, b) -> Boolean.compare(a.kind.brief, b.kind.brief));
  }

  /** Returns what is being done with a volume that takes long, for people. */
  synchronized Optional<String> activity(VolumeName volume) {
    return uses.getOrDefault(volume, List.of()).stream()
        .filter(use -> !use.kind.brief)
        .findFirst()
        .map(Use::describe);
  }

  /** Keeps a snapshot from being deleted until the use ends. */
  synchronized void pin(Use use, UUID snapshot) throws InUseException {
    if (!pinned.add(snapshot)) {
      throw new InUseException(
          "The snapshot is being %s already".formatted(Kind.BACKUP.participle));
    }
    use.pin = Optional.of(snapshot);
  }

  synchronized boolean isPinned(UUID snapshot) {
    return pinned.contains(snapshot);
  }

  private synchronized void leave(Use use) {
    List<Use> left = uses.get(use.volume);
    left.remove(use);
    if (left.isEmpty()) {
      uses.remove(use.volume);
    }
    use.pin.ifPresent(pinned::remove);
    notifyAll();
  }

  /** One thing that is being done with one volume. */
  final class Use implements AutoCloseable {
    private final VolumeName volume;
    private final Kind kind;
    private final String description;
    private volatile int percent = -1;
    private Optional<UUID> pin = Optional.empty();

    private Use(VolumeName volume, Kind kind, String description) {
      this.volume = volume;
      this.kind = kind;
      this.description = description;
    }

    /** Returns a progress that shows in {@link #activity} and passes on to another. */
    Progress watch(Progress progress) {
      return new Progress() {
        @Override
        public void report(long doneBytes, long totalBytes) {
          if (totalBytes > 0) {
            percent = (int) Math.min(100, 100.0 * doneBytes / totalBytes);
          }
          progress.report(doneBytes, totalBytes);
        }

        @Override
        public void checkCancelled() throws InterruptedIOException {
          progress.checkCancelled();
        }
      };
    }

    private String describe() {
      return percent < 0 ? description : description + ": " + percent + " %";
    }

    @Override
    public void close() {
      leave(this);
    }
  }
}
