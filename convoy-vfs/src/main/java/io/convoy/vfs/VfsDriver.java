package io.convoy.vfs;

import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.DeleteMode;
import io.convoy.core.DriverContext;
import io.convoy.core.Examination;
import io.convoy.core.MountTable;
import io.convoy.core.NotFoundException;
import io.convoy.core.OtherHosts;
import io.convoy.core.Snapshots;
import io.convoy.core.ThisHost;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.vfs.VfsSettings.Location;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/** Volumes that are directories. */
final class VfsDriver implements VolumeDriver {
  private static final Logger LOGGER = System.getLogger(VfsDriver.class.getName());

  private final Path driverRoot;
  private final VfsSettings settings;
  private final VolumeRoot root;
  private final VfsRecords records;
  private final VolumeCreation creation;
  private final VolumeDeletion deletion;
  private final VfsSnapshots snapshots;
  private final DiskImage image;
  private final MountNotes notes;
  private final VfsExamination examination;
  private final Heartbeat heartbeat;

  private VfsDriver(
      Path driverRoot,
      VfsSettings settings,
      VfsRecords records,
      VolumeCreation creation,
      VolumeDeletion deletion,
      VfsSnapshots snapshots,
      DiskImage image,
      MountNotes notes,
      VfsExamination examination,
      Heartbeat heartbeat) {
    this.driverRoot = driverRoot;
    this.settings = settings;
    this.root = settings.root();
    this.records = records;
    this.creation = creation;
    this.deletion = deletion;
    this.snapshots = snapshots;
    this.image = image;
    this.notes = notes;
    this.examination = examination;
    this.heartbeat = heartbeat;
  }

  /**
   * Opens the storage.
   *
   * @param contact tells for how long the storage has answered this host without a break
   * @throws StorageMissingException if the storage is not there, or can't be shared as it is
   *     mounted
   */
  static VfsDriver open(DriverContext context, VfsConfig config, Supplier<Duration> contact)
      throws IOException {
    return open(context, config, contact, MountTable.ofThisProcess());
  }

  static VfsDriver open(
      DriverContext context, VfsConfig config, Supplier<Duration> contact, MountTable mounts)
      throws IOException {
    checkLocks(VfsSettings.locate(context.root(), config), mounts);
    VfsSettings settings =
        VfsSettings.open(context.root(), config, FileSystemTable.ofThisMachine(mounts));
    VolumeRoot root = settings.root();
    String hostName = ThisHost.name();
    VfsRecords records = new VfsRecords(root, hostName);
    WorkArea work = new WorkArea(root, context.hostId());
    TreePrograms programs = new TreePrograms(context.commands());
    TreeCopy copy = new TreeCopy(context.commands());
    SnapshotFiles files = new SnapshotFiles(root, work, programs);
    SnapshotOpening opening =
        new SnapshotOpening(context.root(), files, context.commands(), programs);
    Duration lease = settings.lease().duration();
    MountNotes notes =
        new MountNotes(
            root,
            work.host(),
            ThisHost.bootId(),
            new SignOfLife(root, work.host(), hostName, lease),
            contact);
    VolumeDeletion deletion =
        new VolumeDeletion(root, records, work, programs, files, mounts, notes);
    opening.removeLeftovers();
    notes.load();
    VfsRecovery recovery = new VfsRecovery(root, records, work, programs, files, deletion);
    recovery.recover();
    return new VfsDriver(
        context.root(),
        settings,
        records,
        new VolumeCreation(settings, records, work, programs),
        deletion,
        new VfsSnapshots(
            root,
            records,
            work,
            copy,
            programs,
            new SocketRemoval(context.commands()),
            files,
            opening),
        new DiskImage(work),
        notes,
        new VfsExamination(
            root,
            mounts,
            new RecordedFiles(root, records, work, files),
            new Leftovers(work, records, recovery, notes),
            LoopDevices.ofThisMachine()),
        Heartbeat.start(notes, lease));
  }

  /** A share that was mounted the wrong way is waited for, as one that is not mounted. */
  private static void checkLocks(Location location, MountTable mounts) throws IOException {
    Optional<LocalLocks> local = LocalLocks.of(location.path(), mounts);
    if (local.isPresent() && location.shared()) {
      throw new StorageMissingException(
          "%s; %s, or set vfs.shared=false if no other host uses it"
              .formatted(local.get().describe(), local.get().remedy()));
    }
    local.ifPresent(
        found ->
            LOGGER.log(
                WARNING,
                "{0}; if any other host uses it, too, {1}",
                found.describe(),
                found.remedy()));
  }

  @Override
  public Map<String, String> info() throws IOException {
    root.check();
    FileStore store = Files.getFileStore(root.path());
    Map<String, String> info = new TreeMap<>();
    info.put("Root", driverRoot.toString());
    info.put("Path", root.path().toString());
    info.put("DefaultVolumeSize", Long.toString(settings.defaultVolumeSizeBytes()));
    info.put("Shared", Boolean.toString(settings.shared()));
    info.put("FileSystem", store.type());
    info.put("FreeBytes", Long.toString(store.getUsableSpace()));
    info.put("TotalBytes", Long.toString(store.getTotalSpace()));
    return info;
  }

  @Override
  public Volume create(VolumeSpec spec, UUID uuid, Optional<VolumeFiller> filler)
      throws IOException {
    return volume(creation.create(spec, uuid, filler));
  }

  @Override
  public void delete(VolumeName volume, DeleteMode mode) throws IOException {
    deletion.delete(volume, mode);
  }

  @Override
  public Path mount(VolumeName volume, Optional<Path> mountPoint) throws IOException {
    if (mountPoint.isPresent()) {
      throw new IllegalArgumentException(
          "VFS doesn't support specified mount point: volume '%s' is at %s"
              .formatted(volume, root.volume(volume)));
    }
    VfsRecord record = records.get(volume).orElseThrow(() -> NotFoundException.volume(volume));
    Path directory = root.volume(volume);
    checkThere(volume, directory);
    boolean noted = notes.has(record.uuid());
    if (!noted) {
      // Another host may be about to delete it: whoever comes first is the one.
      try (RecordLock.Held held = records.lock()) {
        record = records.get(volume).orElseThrow(() -> NotFoundException.volume(volume));
        checkThere(volume, directory);
        notes.add(record);
      }
    }
    if (record.prepareForVm()) {
      try {
        image.createIfMissing(
            directory,
            record.sizeBytes() > 0 ? record.sizeBytes() : settings.defaultVolumeSizeBytes());
      } catch (IOException | RuntimeException e) {
        if (!noted) {
          notes.removeLater(volume);
        }
        throw e;
      }
    }
    return directory;
  }

  private static void checkThere(VolumeName volume, Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          "Volume '%s' can't be mounted: its directory %s is missing, and is not made anew, as its files are then elsewhere"
              .formatted(volume, directory));
    }
  }

  @Override
  public void unmount(VolumeName volume) throws IOException {
    if (records.get(volume).filter(record -> !record.mountPoint().isEmpty()).isPresent()) {
      // Convoy v0.5.2 has noted the mount here; it would be taken up again.
      try (RecordLock.Held held = records.lock()) {
        Optional<VfsRecord> record = records.get(volume);
        if (record.isPresent()) {
          records.replace(record.get().withoutMountPoint());
        }
      }
    }
    notes.remove(volume);
  }

  boolean hasMounted(VolumeName volume) {
    return notes.has(volume);
  }

  /** Lets go of a volume as far as this host knows of it; the storage is told when it answers. */
  void unmountLater(VolumeName volume) {
    notes.removeLater(volume);
  }

  @Override
  public Optional<OtherHosts> otherHosts() {
    return Optional.of(
        volume -> {
          try (RecordLock.Held held = records.lock()) {
            notes.forgetOthers(
                records.get(volume).orElseThrow(() -> NotFoundException.volume(volume)).uuid());
          }
        });
  }

  @Override
  public Optional<Examination> examination() {
    return Optional.of(examination);
  }

  @Override
  public boolean isShared() {
    return settings.shared();
  }

  @Override
  public Optional<Volume> get(VolumeName volume) throws IOException {
    return records.get(volume).map(this::volume);
  }

  @Override
  public List<Volume> list(ProblemListener problems) throws IOException {
    return records.list(problems).stream().map(this::volume).toList();
  }

  @Override
  public Optional<Snapshots> snapshots() {
    return Optional.of(snapshots);
  }

  @Override
  public void close() throws IOException {
    heartbeat.close();
    notes.stop();
  }

  private Volume volume(VfsRecord record) {
    return record.toVolume(root.volume(record.name()));
  }
}
