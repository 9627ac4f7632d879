package io.convoy.ebs;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.NotFoundException;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What is known of the account's volumes and snapshots: Amazon's last answer, and what was done
 * here since. Amazon may go on telling for some seconds what was before; who has just made, changed
 * or deleted something must not be told so.
 */
final class Account {
  private static final Logger LOGGER = System.getLogger(Account.class.getName());

  /** Who is told that there is no such volume may make one: another host may just have done so. */
  private static final Duration ABSENCE_LIFE = Duration.ofSeconds(1);

  private final Ec2 ec2;
  private final Pace pace;
  private final Intents intents;
  private final Leftovers leftovers;

  private final Map<String, Own<EbsVolume>> ownVolumes = new HashMap<>();
  private final Map<String, Own<EbsSnapshot>> ownSnapshots = new HashMap<>();
  private Map<String, EbsVolume> volumes = Map.of();
  private Map<String, EbsSnapshot> snapshots = Map.of();
  private long askedAt;
  private boolean asked;

  /** Something that was done here; an empty value was deleted. */
  private record Own<T>(Optional<T> value, long sinceNanos) {}

  Account(Ec2 ec2, Pace pace, Intents intents, Leftovers leftovers) {
    this.ec2 = ec2;
    this.pace = pace;
    this.intents = intents;
    this.leftovers = leftovers;
    askedAt = System.nanoTime();
  }

  /** Remembers a volume as it is now. */
  synchronized void put(EbsVolume volume) {
    ownVolumes.put(volume.id(), new Own<>(Optional.of(volume), System.nanoTime()));
  }

  /** Remembers that a volume is deleted, or is not Convoy's any more. */
  synchronized void forgetVolume(String id) {
    ownVolumes.put(id, new Own<>(Optional.empty(), System.nanoTime()));
  }

  synchronized void put(EbsSnapshot snapshot) {
    ownSnapshots.put(snapshot.id(), new Own<>(Optional.of(snapshot), System.nanoTime()));
  }

  synchronized void forgetSnapshot(String id) {
    ownSnapshots.put(id, new Own<>(Optional.empty(), System.nanoTime()));
  }

  /** Has the next question be asked at Amazon. */
  synchronized void forgetAnswers() {
    asked = false;
  }

  /** Returns a volume that is ready. */
  EbsVolume get(VolumeName name) throws IOException {
    return find(name).orElseThrow(() -> NotFoundException.volume(name));
  }

  /** Returns a volume that is ready, or empty if there is none of that name. */
  Optional<EbsVolume> find(VolumeName name) throws IOException {
    Optional<EbsVolume> known = current(pace.knownLife()).find(name);
    return known.isPresent() ? known : current(ABSENCE_LIFE).find(name);
  }

  /** Returns all volumes that are ready. */
  View view() throws IOException {
    return current(pace.cacheLife());
  }

  /** Asks Amazon anew, and cleans up what was left half made. */
  View refresh() throws IOException {
    return current(Duration.ZERO);
  }

  private View current(Duration life) throws IOException {
    synchronized (this) {
      if (asked && System.nanoTime() - askedAt < life.toNanos()) {
        return merged();
      }
    }
    long start = System.nanoTime();
    Map<String, EbsVolume> foundVolumes = new HashMap<>();
    ec2.volumesWithTag(Tags.VOLUME_UUID).forEach(volume -> foundVolumes.put(volume.id(), volume));
    Map<String, EbsSnapshot> foundSnapshots = new HashMap<>();
    ec2.snapshotsWithTag(Tags.SNAPSHOT_UUID)
        .forEach(snapshot -> foundSnapshots.put(snapshot.id(), snapshot));
    synchronized (this) {
      if (!asked || start - askedAt > 0) {
        volumes = foundVolumes;
        snapshots = foundSnapshots;
        askedAt = start;
        asked = true;
      }
    }
    sweep();
    synchronized (this) {
      return merged();
    }
  }

  /** Deletes what an earlier run, or a call without an answer, left half made. */
  private void sweep() throws IOException {
    if (intents.isEmpty()) {
      return;
    }
    Map<String, EbsVolume> seenVolumes;
    Map<String, EbsSnapshot> seenSnapshots;
    synchronized (this) {
      seenVolumes = mergedVolumes();
      seenSnapshots = mergedSnapshots();
    }
    for (UUID uuid : intents.abandonedVolumes()) {
      for (EbsVolume volume : seenVolumes.values()) {
        if (volume.uuid().equals(uuid) && volume.isThere()) {
          LOGGER.log(INFO, "Volume {0} was left half made: deleting it", volume.id());
          try {
            leftovers.destroy(volume);
            forgetVolume(volume.id());
            intents.endVolume(uuid);
          } catch (IOException e) {
            LOGGER.log(WARNING, "Volume {0} was left half made: {1}", volume.id(), e.getMessage());
          }
        }
      }
    }
    for (UUID uuid : intents.abandonedSnapshots()) {
      for (EbsSnapshot snapshot : seenSnapshots.values()) {
        if (snapshot.uuid().equals(uuid)) {
          LOGGER.log(INFO, "Snapshot {0} was left half made: deleting it", snapshot.id());
          try {
            ec2.deleteSnapshot(snapshot.id());
            forgetSnapshot(snapshot.id());
            intents.endSnapshot(uuid);
          } catch (Ec2Exception e) {
            LOGGER.log(
                WARNING, "Snapshot {0} was left half made: {1}", snapshot.id(), e.getMessage());
          }
        }
      }
    }
    intents.endOld();
  }

  private Map<String, EbsVolume> mergedVolumes() {
    ownVolumes
        .values()
        .removeIf(own -> System.nanoTime() - own.sinceNanos() > pace.lag().toNanos());
    Map<String, EbsVolume> all = new HashMap<>(volumes);
    ownVolumes.forEach(
        (id, own) -> {
          if (own.value().isPresent()) {
            all.put(id, own.value().get());
          } else {
            all.remove(id);
          }
        });
    return all;
  }

  private Map<String, EbsSnapshot> mergedSnapshots() {
    ownSnapshots
        .values()
        .removeIf(own -> System.nanoTime() - own.sinceNanos() > pace.lag().toNanos());
    Map<String, EbsSnapshot> all = new HashMap<>(snapshots);
    ownSnapshots.forEach(
        (id, own) -> {
          if (own.value().isEmpty()) {
            all.remove(id);
          } else if (!all.containsKey(id) || !all.get(id).isConvoys()) {
            // Its state goes on by itself: where Amazon tells of it, Amazon knows better.
            all.put(id, own.value().get());
          }
        });
    return all;
  }

  private View merged() {
    return View.of(mergedVolumes().values(), mergedSnapshots().values(), intents);
  }

  /**
   * The volumes and snapshots at one moment.
   *
   * @param byName the ready ones
   * @param problems of volumes that can't be used, by name
   */
  record View(
      Map<VolumeName, EbsVolume> byName,
      Map<String, List<EbsSnapshot>> snapshotsByVolumeId,
      Map<String, String> problems) {
    static View of(
        Collection<EbsVolume> volumes, Collection<EbsSnapshot> snapshots, Intents intents) {
      Map<VolumeName, EbsVolume> byName = new TreeMap<>();
      Map<String, String> problems = new TreeMap<>();
      volumes.stream()
          .filter(volume -> volume.isConvoys() && volume.isFinished() && volume.isThere())
          .filter(volume -> !intents.isUnfinishedVolume(volume.uuid()))
          .sorted(Comparator.comparing(EbsVolume::createTime).thenComparing(EbsVolume::id))
          .forEach(volume -> add(volume, byName, problems));
      Map<String, List<EbsSnapshot>> byVolume = new HashMap<>();
      for (EbsSnapshot snapshot : snapshots) {
        if (snapshot.isConvoys() && !intents.isUnfinishedSnapshot(snapshot.uuid())) {
          byVolume
              .computeIfAbsent(snapshot.volumeId(), id -> new java.util.ArrayList<>())
              .add(snapshot);
        }
      }
      return new View(byName, byVolume, problems);
    }

    private static void add(
        EbsVolume volume, Map<VolumeName, EbsVolume> byName, Map<String, String> problems) {
      VolumeName name;
      try {
        name = volume.name();
      } catch (IllegalArgumentException e) {
        problems.put(volume.id(), e.getMessage());
        return;
      }
      EbsVolume first = byName.putIfAbsent(name, volume);
      if (first != null) {
        problems.put(
            name.value(),
            "there are two of that name, %s and the newer %s, which is not used: remove the tags %s and %s from one of them"
                .formatted(first.id(), volume.id(), Tags.VOLUME_UUID, Tags.VOLUME_NAME));
      }
    }

    Optional<EbsVolume> find(VolumeName name) {
      return Optional.ofNullable(byName.get(name));
    }

    List<EbsSnapshot> snapshots(EbsVolume volume) {
      return snapshotsByVolumeId.getOrDefault(volume.id(), List.of());
    }
  }
}
