package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.AlreadyExistsException;
import io.convoy.core.InUseException;
import io.convoy.core.VolumeName;
import io.convoy.devmapper.DeviceMapper.Access;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * The devices that show volumes, named as they are, and snapshots while they are read, under names
 * that no volume is given.
 */
final class VolumeDevices {
  private static final Logger LOGGER = System.getLogger(VolumeDevices.class.getName());
  private static final String UUID_PREFIX = "CONVOY-";
  private static final Pattern SNAPSHOT_DEVICE =
      Pattern.compile("convoy-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-snap-\\d+");

  private final Surroundings host;
  private final ThinPool pool;
  private final AtomicLong opened = new AtomicLong();
  private final Set<String> read = ConcurrentHashMap.newKeySet();
  private final DeviceRemoval removal;

  VolumeDevices(Surroundings host, ThinPool pool) {
    this.host = host;
    this.pool = pool;
    this.removal = new DeviceRemoval(host.deviceMapper());
  }

  Path node(VolumeName volume) {
    return host.node(volume.value());
  }

  /** Returns what the kernel says of a volume's device, or empty if it has none. */
  Optional<DeviceState> state(ThinVolume volume) throws IOException {
    return host.deviceMapper().state(volume.name().value());
  }

  private static String deviceUuid(ThinVolume volume) {
    return UUID_PREFIX + volume.uuid();
  }

  /** Makes a volume's device, unless it is there, and has it go on if it stands still. */
  Path activate(ThinVolume volume) throws IOException {
    String name = volume.name().value();
    Optional<DeviceState> state = removal.unlessHalfMade(name, deviceUuid(volume));
    if (state.isEmpty()) {
      return pool.activate(
          name, deviceUuid(volume), volume.thinId(), volume.sizeBytes(), Access.READ_WRITE);
    }
    if (!isOurs(volume)) {
      throw new IOException(
          "Device '%s' is there already and is %s, expected thin device %s of pool '%s'"
              .formatted(
                  host.node(name),
                  host.deviceMapper().table(name),
                  volume.thinId(),
                  pool.config().poolName()));
    }
    if (state.get().suspended()) {
      // A crash came while a snapshot was taken; whoever uses the volume waits since then.
      host.deviceMapper().resume(name);
      LOGGER.log(WARNING, "Volume ''{0}'': its device stood still and goes on now", name);
    } else if (Files.notExists(host.node(name))) {
      // A crash came before the node was made, which belongs to this where udev does not run.
      host.deviceMapper().resume(name);
    }
    return host.node(name);
  }

  /**
   * Makes a volume's device, and has it grow if it is smaller than the volume is recorded to be.
   */
  Path fit(ThinVolume volume) throws IOException {
    Path node = activate(volume);
    if (sizeBytes(volume) < volume.sizeBytes()) {
      host.deviceMapper()
          .reload(volume.name().value(), pool.target(volume.thinId(), volume.sizeBytes()));
    }
    return node;
  }

  /** Returns how large a volume's device is. */
  long sizeBytes(ThinVolume volume) throws IOException {
    return host.deviceMapper().table(volume.name().value()).stream()
        .mapToLong(target -> target.lengthSectors() * ThinPoolConfig.SECTOR_BYTES)
        .sum();
  }

  /** Returns how much of a volume the pool has blocks for, if its device is there to say so. */
  OptionalLong mappedBytes(ThinVolume volume) throws IOException {
    if (state(volume).isEmpty()) {
      return OptionalLong.empty();
    }
    String status = host.deviceMapper().status(volume.name().value()).get(0).parameters();
    // Documentation/admin-guide/device-mapper/thin-provisioning.rst: "<nr mapped sectors> …"
    String sectors = status.strip().split(" ", 2)[0];
    return sectors.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(sectors) * ThinPoolConfig.SECTOR_BYTES)
        : OptionalLong.empty();
  }

  /** Returns normally if there is no device of somebody else's under a volume's name. */
  void checkFree(VolumeName volume) throws IOException {
    if (host.deviceMapper().state(volume.value()).isPresent()) {
      throw new AlreadyExistsException(
          "Volume '%s' can't be created: there is a device '%s' of somebody else's"
              .formatted(volume, node(volume)));
    }
  }

  /** Returns whether the device of a volume's name shows this volume. */
  boolean isOurs(ThinVolume volume) throws IOException {
    return pool.thinIdOf(volume.name().value()).equals(Optional.of(volume.thinId()));
  }

  /** Removes a volume's device, if there is one and it shows this volume or was to show it. */
  void deactivate(ThinVolume volume) throws IOException {
    String name = volume.name().value();
    if (removal.unlessHalfMade(name, deviceUuid(volume)).isPresent() && isOurs(volume)) {
      removal.remove(name);
    }
  }

  /** Returns where a volume is mounted, in order. */
  List<Path> mountPoints(ThinVolume volume) throws IOException {
    Optional<DeviceState> state = state(volume);
    return state.isEmpty()
        ? List.of()
        : host.mounts().mountPointsOf(state.get().number().toString());
  }

  /**
   * Returns normally if nobody uses a volume's device.
   *
   * @param what what can't be done else: {@code deleted}
   */
  void checkUnused(ThinVolume volume, String what) throws IOException {
    Optional<DeviceState> state = state(volume);
    if (state.isEmpty()) {
      return;
    }
    List<Path> mountPoints = host.mounts().mountPointsOf(state.get().number().toString());
    if (state.get().openCount() > 0 || !mountPoints.isEmpty()) {
      throw new InUseException(
          "Volume '%s' can't be %s: its device '%s' is in use (%s)"
              .formatted(volume.name(), what, node(volume.name()), holders(volume)));
    }
    for (ThinSnapshot snapshot : volume.snapshots()) {
      checkNotOpen(volume, snapshot, what);
    }
  }

  /**
   * Returns normally if a snapshot is not being read. A device that a reader has left behind, and
   * that nobody has open, is removed: that failed at its time, since something looked at it.
   */
  void checkNotOpen(ThinVolume volume, ThinSnapshot snapshot, String what) throws IOException {
    String prefix = snapshotPrefix(snapshot.uuid());
    for (String name : host.deviceMapper().names()) {
      if (name.startsWith(prefix) && !removeLeftover(name)) {
        throw new InUseException(
            "Snapshot '%s' of volume '%s' is being read through '%s' and can't be %s now"
                .formatted(snapshot.name(), volume.name(), host.node(name), what));
      }
    }
  }

  private boolean removeLeftover(String snapshotDevice) throws IOException {
    // A reader is noted before its device is there.
    if (read.contains(snapshotDevice)) {
      return false;
    }
    Optional<DeviceState> state = host.deviceMapper().state(snapshotDevice);
    if (state.isEmpty()) {
      return true;
    }
    if (state.get().openCount() > 0) {
      return false;
    }
    try {
      deactivateSnapshot(snapshotDevice);
    } catch (DeviceMapperException e) {
      if (e.isBusy() || e.isNotFound()) {
        return e.isNotFound();
      }
      throw e;
    }
    LOGGER.log(INFO, "Device ''{0}'': removed, nobody read it any more", snapshotDevice);
    return true;
  }

  /** Returns who keeps a volume busy, for people. */
  String holders(ThinVolume volume) throws IOException {
    Optional<DeviceState> state = state(volume);
    return state.isEmpty()
        ? "no device"
        : DeviceHolders.describe(
            state.get().number(),
            node(volume.name()),
            host.mounts().mountPointsOf(state.get().number().toString()));
  }

  private static String snapshotDeviceUuid(String name) {
    return UUID_PREFIX + name;
  }

  private static String snapshotPrefix(UUID snapshot) {
    return "convoy-" + snapshot + "-snap-";
  }

  /** Makes a device that shows a snapshot and can't be written to; returns its name. */
  String activate(ThinSnapshot snapshot) throws IOException {
    // One for each reader: none has to know of the others.
    String name = snapshotPrefix(snapshot.uuid()) + opened.incrementAndGet();
    read.add(name);
    try {
      pool.activate(
          name,
          snapshotDeviceUuid(name),
          snapshot.thinId(),
          snapshot.sizeBytes(),
          Access.READ_ONLY);
      return name;
    } catch (IOException | RuntimeException e) {
      read.remove(name);
      throw e;
    }
  }

  void deactivateSnapshot(String deviceName) throws IOException {
    try {
      removal.remove(deviceName);
    } finally {
      // One that can't be removed is nobody's from now on.
      read.remove(deviceName);
    }
  }

  /**
   * Returns the devices of this pool's snapshots that nobody here reads.
   *
   * @param recorded the volumes that this pool is known to have
   */
  List<String> staleSnapshotDevices(Collection<ThinVolume> recorded) throws IOException {
    List<String> stale = new ArrayList<>();
    for (String name : host.deviceMapper().names()) {
      // Asked before the device is: that of a reader may go at any time.
      if (!read.contains(name) && isSnapshotDevice(name, recorded)) {
        stale.add(name);
      }
    }
    return stale;
  }

  private boolean isSnapshotDevice(String name, Collection<ThinVolume> recorded)
      throws IOException {
    if (!SNAPSHOT_DEVICE.matcher(name).matches()) {
      return false;
    }
    Optional<DeviceState> state = host.deviceMapper().state(name);
    if (state.isEmpty()) {
      return false;
    }
    if (state.get().isHalfMade(snapshotDeviceUuid(name))) {
      // It shows nothing yet by which to know its pool. Another daemon may be at work on its own.
      return recorded.stream()
          .flatMap(volume -> volume.snapshots().stream())
          .anyMatch(snapshot -> name.startsWith(snapshotPrefix(snapshot.uuid())));
    }
    try {
      return pool.thinIdOf(name).isPresent();
    } catch (DeviceMapperException e) {
      if (e.isNotFound()) {
        return false;
      }
      throw e;
    }
  }
}
