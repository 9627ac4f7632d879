package io.convoy.devmapper;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.NotFoundException;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/**
 * The volumes that are ready, in memory and on disk, and what is wrong with those that are not. A
 * volume's changes come one at a time; looking is possible at any time.
 */
final class ThinVolumes {
  private final ThinVolumeFiles files;
  private final Map<VolumeName, ThinVolume> ready = new ConcurrentSkipListMap<>();
  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private final Map<VolumeName, ThinVolume> lost = new ConcurrentHashMap<>();

  ThinVolumes(ThinVolumeFiles files) {
    this.files = files;
  }

  ThinVolumeFiles files() {
    return files;
  }

  Optional<ThinVolume> find(VolumeName name) {
    return Optional.ofNullable(ready.get(name));
  }

  ThinVolume get(VolumeName name) throws IOException {
    String problem = problems.get(name.value());
    if (problem != null) {
      throw new IOException("Volume '%s' can't be used: %s".formatted(name, problem));
    }
    return find(name).orElseThrow(() -> NotFoundException.volume(name));
  }

  List<ThinVolume> all() {
    return List.copyOf(ready.values());
  }

  /** Records a volume as it is now; shows it if it is ready, and hides it if not. */
  void save(ThinVolume volume) throws IOException {
    files.write(volume);
    show(volume);
  }

  /**
   * Changes what is recorded of a volume, starting from what is recorded at that moment: a mount, a
   * snapshot and a backup of one volume go on beside each other, and none may undo another's.
   */
  synchronized ThinVolume change(VolumeName name, UnaryOperator<ThinVolume> change)
      throws IOException {
    ThinVolume changed = change.apply(get(name));
    save(changed);
    return changed;
  }

  /** Shows a volume as it is recorded. */
  void show(ThinVolume volume) {
    if (volume.step().isUsable()) {
      ready.put(volume.name(), volume);
    } else {
      ready.remove(volume.name());
    }
  }

  /** Removes a volume and its record. */
  void forget(VolumeName name) throws IOException {
    files.delete(name);
    ready.remove(name);
    lost.remove(name);
    problems.remove(name.value());
  }

  /** Removes a volume, and keeps its record where it takes no name. */
  void moveToTrash(ThinVolume volume) throws IOException {
    try {
      files.moveToTrash(volume);
    } finally {
      // After a failure to make the move lasting it is there all the same.
      if (!files.exists(volume.name())) {
        ready.remove(volume.name());
      }
    }
  }

  /** Returns normally if no volume has a name. */
  void checkFree(VolumeName name) throws AlreadyExistsException {
    if (find(name).isPresent()) {
      throw new AlreadyExistsException("Volume '%s' already exists".formatted(name));
    }
    Optional<String> problem = problem(name);
    if (problem.isPresent()) {
      throw new AlreadyExistsException(
          "Volume '%s' already exists, and can't be used: %s".formatted(name, problem.get()));
    }
  }

  /** Remembers what is wrong with a volume, which is hidden by that. */
  void report(String name, String problem) {
    problems.put(name, problem);
  }

  /**
   * Remembers that what a volume is recorded to be is not in the pool: all it is good for is to be
   * deleted.
   */
  void reportLost(ThinVolume volume, String problem) {
    lost.put(volume.name(), volume);
    report(volume.name().value(), problem);
  }

  /** Returns the record of a volume that is lost, or empty if there is none of that name. */
  Optional<ThinVolume> lost(VolumeName name) {
    return Optional.ofNullable(lost.get(name));
  }

  Map<String, String> problems() {
    return Map.copyOf(problems);
  }

  Optional<String> problem(VolumeName name) {
    return Optional.ofNullable(problems.get(name.value()));
  }
}
