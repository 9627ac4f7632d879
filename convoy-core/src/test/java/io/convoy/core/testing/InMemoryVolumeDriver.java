package io.convoy.core.testing;

import io.convoy.core.Age;
import io.convoy.core.AlreadyExistsException;
import io.convoy.core.BlockContent;
import io.convoy.core.BlockTarget;
import io.convoy.core.DeleteMode;
import io.convoy.core.Extent;
import io.convoy.core.Growth;
import io.convoy.core.NotFoundException;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Snapshots;
import io.convoy.core.Trash;
import io.convoy.core.TrashedVolume;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Small block devices in memory. What is on them outlives the driver (not the JVM), so that a test
 * can open it again as after a restart.
 */
public final class InMemoryVolumeDriver implements VolumeDriver, Snapshots, Growth {
  /** The size of a volume for which none was asked. */
  public static final int DEFAULT_SIZE_BYTES = 64 * 1024;

  /** Whom the hook hears of where a step is for no volume in particular. */
  private static final VolumeName ALL = new VolumeName("all");

  private static final Map<Path, Map<VolumeName, Device>> STORAGES = new ConcurrentHashMap<>();

  private static final Map<Path, Map<UUID, Discarded>> TRASHES = new ConcurrentHashMap<>();

  private final Path root;
  private final Age trashKeep;
  private final Map<VolumeName, Device> devices;
  private final Map<UUID, Discarded> discarded;
  private final Map<VolumeName, String> unreadable = new ConcurrentHashMap<>();
  private volatile Hook hook = (step, volume) -> {};

  InMemoryVolumeDriver(Path root, Age trashKeep) {
    this.root = root;
    this.trashKeep = trashKeep;
    this.discarded = TRASHES.computeIfAbsent(root, path -> new ConcurrentHashMap<>());
    this.devices =
        STORAGES.computeIfAbsent(root, path -> Collections.synchronizedMap(new TreeMap<>()));
  }

  /** Called at each step, so that a test can fail, wait or look there. */
  public interface Hook {
    /** The driver is at a step, such as {@code create}, for a volume. */
    void reached(String step, VolumeName volume) throws IOException;
  }

  /** Has the hook called from now on. */
  public void setHook(Hook hook) {
    this.hook = hook;
  }

  /** Has a volume that can't be read from now on. */
  public void setUnreadable(VolumeName volume, String problem) {
    unreadable.put(volume, problem);
  }

  /** Undoes {@link #setUnreadable}. */
  public void setReadable(VolumeName volume) {
    unreadable.remove(volume);
  }

  /** Loses a volume, as when somebody else deletes it. */
  public void lose(VolumeName volume) {
    devices.remove(volume);
  }

  private record Picture(Snapshot snapshot, ByteBuffer bytes) {
    Picture ofVolume(VolumeName name) {
      return new Picture(
          new Snapshot(
              snapshot.name(),
              snapshot.uuid(),
              name,
              snapshot.createdTime(),
              snapshot.sizeBytes(),
              snapshot.details()),
          bytes);
    }
  }

  private static final class Device {
    private final UUID uuid;
    private final Instant createdTime = Instant.ofEpochSecond(Instant.now().getEpochSecond());
    private byte[] bytes;
    private final Map<SnapshotName, Picture> pictures = new TreeMap<>();
    private boolean mounted;

    Device(UUID uuid, int sizeBytes) {
      this.uuid = uuid;
      this.bytes = new byte[sizeBytes];
    }

    synchronized void rename(VolumeName name) {
      pictures.replaceAll((key, picture) -> picture.ofVolume(name));
    }

    synchronized Volume volume(VolumeName name) {
      return new Volume(
          name,
          uuid,
          createdTime,
          OptionalLong.of(bytes.length),
          Map.of("Size", Integer.toString(bytes.length)),
          pictures.values().stream().map(Picture::snapshot).toList());
    }
  }

  @Override
  public Map<String, String> info() {
    return Map.of("Driver", InMemoryVolumeDriverFactory.NAME, "Root", root.toString());
  }

  @Override
  public Volume create(VolumeSpec spec, UUID uuid, Optional<VolumeFiller> filler)
      throws IOException {
    hook.reached("create", spec.name());
    if (devices.containsKey(spec.name())) {
      throw new AlreadyExistsException("Volume '%s' already exists".formatted(spec.name()));
    }
    if (spec.driverVolumeId().isPresent()) {
      throw new IllegalArgumentException("The memory driver has no volumes to adopt by id");
    }
    Device device = new Device(uuid, Math.toIntExact(spec.sizeBytes().orElse(DEFAULT_SIZE_BYTES)));
    if (filler.isPresent()) {
      filler.get().fill(new Target(device));
    }
    devices.put(spec.name(), device);
    hook.reached("created", spec.name());
    return device.volume(spec.name());
  }

  @Override
  public void delete(VolumeName volume, DeleteMode mode) throws IOException {
    hook.reached("delete", volume);
    Device device = devices.remove(volume);
    if (device == null) {
      throw NotFoundException.volume(volume);
    }
    if (mode == DeleteMode.REFERENCE) {
      discarded.put(device.uuid, new Discarded(volume, device, Instant.now()));
    }
    hook.reached("deleted", volume);
  }

  private record Discarded(VolumeName name, Device device, Instant deletedTime) {}

  @Override
  public Optional<Trash> trash() {
    return Optional.of(new InMemoryTrash());
  }

  private final class InMemoryTrash implements Trash {
    @Override
    public List<TrashedVolume> list(ProblemListener problems) {
      return discarded.values().stream()
          .sorted(Comparator.comparing(Discarded::deletedTime))
          .map(this::describe)
          .toList();
    }

    private TrashedVolume describe(Discarded kept) {
      Volume volume = kept.device.volume(kept.name);
      return new TrashedVolume(
          volume.uuid(),
          kept.name,
          InMemoryVolumeDriverFactory.NAME,
          volume.sizeBytes(),
          volume.sizeBytes(),
          kept.deletedTime,
          expiry(kept),
          volume.snapshots().stream().map(Snapshot::name).toList());
    }

    private Instant expiry(Discarded kept) {
      return kept.deletedTime.plus(trashKeep.duration());
    }

    @Override
    public Volume restore(UUID id, VolumeName name) throws IOException {
      hook.reached("restore", name);
      Discarded kept = discarded.get(id);
      if (kept == null) {
        throw NotFoundException.inTrash(id.toString());
      }
      if (devices.putIfAbsent(name, kept.device) != null) {
        throw new AlreadyExistsException("Volume '%s' already exists".formatted(name));
      }
      discarded.remove(id);
      kept.device.rename(name);
      hook.reached("restored", name);
      return kept.device.volume(name);
    }

    @Override
    public void destroy(UUID id) throws IOException {
      if (discarded.remove(id) == null) {
        throw NotFoundException.inTrash(id.toString());
      }
    }

    @Override
    public void tidy() {
      discarded.values().removeIf(kept -> !expiry(kept).isAfter(Instant.now()));
    }
  }

  @Override
  public Optional<Growth> growth() {
    return Optional.of(this);
  }

  @Override
  public Volume grow(VolumeName volume, long sizeBytes) throws IOException {
    Device device = device(volume);
    hook.reached("grow", volume);
    synchronized (device) {
      if (sizeBytes < device.bytes.length) {
        throw new IllegalArgumentException(
            "Volume '%s' can't be made smaller: it has %s bytes"
                .formatted(volume, device.bytes.length));
      }
      device.bytes = Arrays.copyOf(device.bytes, Math.toIntExact(sizeBytes));
    }
    return device.volume(volume);
  }

  @Override
  public Path mount(VolumeName volume, Optional<Path> mountPoint) throws IOException {
    Device device = device(volume);
    hook.reached("mount", volume);
    device.mounted = true;
    return mountPoint.orElse(root.resolve("mounts").resolve(volume.value()));
  }

  @Override
  public void unmount(VolumeName volume) throws IOException {
    Device device = device(volume);
    hook.reached("unmount", volume);
    device.mounted = false;
  }

  /** Returns whether the driver has the volume mounted. */
  public boolean isMounted(VolumeName volume) throws IOException {
    return device(volume).mounted;
  }

  @Override
  public Optional<Volume> get(VolumeName volume) throws IOException {
    hook.reached("get", volume);
    return Optional.ofNullable(devices.get(volume)).map(device -> device.volume(volume));
  }

  @Override
  public List<Volume> list(ProblemListener problems) throws IOException {
    hook.reached("list", ALL);
    unreadable.forEach((name, problem) -> problems.report(name.value(), problem));
    synchronized (devices) {
      return devices.entrySet().stream()
          .filter(entry -> !unreadable.containsKey(entry.getKey()))
          .map(entry -> entry.getValue().volume(entry.getKey()))
          .toList();
    }
  }

  @Override
  public Optional<Snapshots> snapshots() {
    return Optional.of(this);
  }

  @Override
  public Snapshot create(VolumeName volume, SnapshotName name, UUID uuid) throws IOException {
    Device device = device(volume);
    hook.reached("snapshot", volume);
    synchronized (device) {
      if (device.pictures.containsKey(name)) {
        throw new AlreadyExistsException(
            "Snapshot '%s' of volume '%s' already exists".formatted(name, volume));
      }
      Snapshot snapshot =
          new Snapshot(
              name,
              uuid,
              volume,
              Instant.ofEpochSecond(Instant.now().getEpochSecond()),
              OptionalLong.of(device.bytes.length),
              Map.of("Size", Integer.toString(device.bytes.length)));
      device.pictures.put(name, new Picture(snapshot, ByteBuffer.wrap(device.bytes.clone())));
      return snapshot;
    }
  }

  @Override
  public void delete(VolumeName volume, SnapshotName name) throws IOException {
    Device device = device(volume);
    synchronized (device) {
      if (device.pictures.remove(name) == null) {
        throw NotFoundException.snapshot(name);
      }
    }
  }

  @Override
  public SnapshotContent open(VolumeName volume, SnapshotName name) throws IOException {
    Device device = device(volume);
    synchronized (device) {
      Picture picture = device.pictures.get(name);
      if (picture == null) {
        throw NotFoundException.snapshot(name);
      }
      return new Content(picture.bytes);
    }
  }

  private Device device(VolumeName volume) throws IOException {
    Device device = devices.get(volume);
    if (device == null) {
      throw NotFoundException.volume(volume);
    }
    return device;
  }

  /** Writes bytes at the start of a volume, as a container would. */
  public void write(VolumeName volume, byte[] bytes) throws IOException {
    Device device = device(volume);
    synchronized (device) {
      System.arraycopy(bytes, 0, device.bytes, 0, bytes.length);
    }
  }

  /** Returns all the bytes of a volume. */
  public byte[] read(VolumeName volume) throws IOException {
    Device device = device(volume);
    synchronized (device) {
      return device.bytes.clone();
    }
  }

  @Override
  public void close() {}

  private record Content(ByteBuffer bytes) implements BlockContent {
    @Override
    public long sizeBytes() {
      return bytes.capacity();
    }

    @Override
    public List<Extent> allocated() {
      return List.of(new Extent(0, bytes.capacity()));
    }

    @Override
    public Optional<List<Extent>> changedSince(UUID snapshot) {
      return Optional.empty();
    }

    @Override
    public void read(long offsetBytes, ByteBuffer buffer) throws EOFException {
      if (offsetBytes + buffer.remaining() > bytes.capacity()) {
        throw new EOFException("read beyond the end");
      }
      buffer.put(bytes.slice(Math.toIntExact(offsetBytes), buffer.remaining()));
    }

    @Override
    public void close() {}
  }

  private record Target(Device device) implements BlockTarget {
    @Override
    public long sizeBytes() {
      return device.bytes.length;
    }

    @Override
    public void write(long offsetBytes, ByteBuffer data) {
      synchronized (device) {
        data.get(device.bytes, Math.toIntExact(offsetBytes), data.remaining());
      }
    }

    @Override
    public void flush() {}
  }
}
