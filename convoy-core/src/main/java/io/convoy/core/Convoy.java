package io.convoy.core;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Volumes, snapshots and backups: the entry point for everyone, the daemon and programs that embed
 * Convoy alike. Safe for many threads.
 *
 * <p>Calls throw {@link IllegalArgumentException} for what the caller got wrong, {@link
 * NotFoundException}, {@link AlreadyExistsException} and {@link InUseException} for what is not as
 * the caller thought, and other {@link IOException}s for trouble with the world, among them "could
 * not find out".
 *
 * <p>No call waits for another volume's, and none waits for a backup, a restore or a snapshot of
 * its own volume: it goes on beside them, or is refused at once.
 */
public final class Convoy implements AutoCloseable {
  private final Engine engine;
  private final Announcements announcements;

  private Convoy(Engine engine, EventListener listener) {
    this.engine = engine;
    this.announcements = new Announcements(listener, Clock.systemUTC());
  }

  /**
   * Opens the state under a root directory, its drivers and its stores of backups, and finishes or
   * undoes what a crash left half done.
   *
   * @throws InUseException if another process has it open
   * @throws IllegalArgumentException if a driver or an option is unknown
   */
  public static Convoy open(ConvoyConfig config) throws IOException {
    return open(config, EventListener.NONE);
  }

  /** The same, with somebody who hears what happens from then on. */
  public static Convoy open(ConvoyConfig config, EventListener listener) throws IOException {
    return new Convoy(Engine.open(config), listener);
  }

  /**
   * Creates a volume, empty or from a backup.
   *
   * @param driver which storage; empty means the one the backup came from where there is one, else
   *     the default
   */
  public VolumeStatus create(VolumeSpec spec, Optional<String> driver, Progress progress)
      throws IOException {
    return announcements.create(spec, () -> engine.creation().create(spec, driver, progress));
  }

  /**
   * Creates a volume, or returns the one of that name if it is as wished; what the wish leaves open
   * is not compared.
   *
   * @throws AlreadyExistsException if there is one that differs; the message names the difference
   */
  public VolumeStatus ensure(VolumeSpec spec, Optional<String> driver, Progress progress)
      throws IOException {
    return engine.creation().ensure(spec, driver, () -> create(spec, driver, progress));
  }

  /** Deletes a volume that nobody has mounted. Backups stay. */
  public void delete(VolumeName volume, DeleteMode mode) throws IOException {
    engine.deletion().delete(volume, mode, false);
    announcements.deleted(volume, mode);
  }

  /**
   * Deletes a volume that nobody on this host has mounted, whatever other hosts do with it: theirs
   * is gone, too. Backups stay.
   */
  public void deleteForAllHosts(VolumeName volume, DeleteMode mode) throws IOException {
    engine.deletion().delete(volume, mode, true);
    announcements.deleted(volume, mode);
  }

  /**
   * Returns whether a volume that is made here is there on other hosts, too: whether all drivers'
   * storage is shared, by the operator's word. Answers at once.
   */
  public boolean isShared() {
    return engine.isShared();
  }

  /**
   * Grows a volume with the file system on it, mounted or not; containers go on beside it.
   *
   * @param sizeBytes the size that it shall have at least; the driver may round up
   * @throws IllegalArgumentException if it is larger already, or its driver can't grow volumes
   */
  public VolumeStatus resize(VolumeName volume, long sizeBytes) throws IOException {
    VolumeStatus status = engine.resizing().resize(volume, sizeBytes);
    announcements.resized(status);
    return status;
  }

  /** Mounts a volume for somebody, and returns where. Asking twice changes nothing. */
  public Path mount(VolumeName volume, MountRequest request) throws IOException {
    Path mountPoint = engine.mounting().mount(volume, request);
    announcements.mounted(volume, request.mountId(), mountPoint);
    return mountPoint;
  }

  /**
   * Lets go of a volume for somebody; the last one unmounts it. An unknown mount ID changes
   * nothing.
   *
   * @throws InUseException if {@link MountRequest#COMMAND} lets go while containers use the volume
   */
  public void unmount(VolumeName volume, String mountId) throws IOException {
    engine.mounting().unmount(volume, mountId);
    announcements.unmounted(volume, mountId);
  }

  /** Unmounts a volume, whoever asked for it to be mounted. */
  public void unmountForAll(VolumeName volume) throws IOException {
    engine.mounting().unmountForAll(volume);
    announcements.unmountedForAll(volume);
  }

  /** Returns a volume, or empty if there is none of that name. */
  public Optional<VolumeStatus> find(VolumeName volume) throws IOException {
    return engine.directory().find(volume);
  }

  /** Returns a volume. */
  public VolumeStatus get(VolumeName volume) throws IOException {
    return engine.directory().get(volume);
  }

  /** Returns all volumes in order of name; those in trouble, too. */
  public List<VolumeStatus> list() throws IOException {
    return engine.directory().list();
  }

  /** Takes a snapshot; without a name, one is made. */
  public Snapshot createSnapshot(VolumeName volume, Optional<SnapshotName> name)
      throws IOException {
    Snapshot snapshot = engine.snapshotting().create(volume, name);
    announcements.snapshot(snapshot);
    return snapshot;
  }

  /** Returns a snapshot; its name alone tells which. */
  public Snapshot getSnapshot(SnapshotName snapshot) throws IOException {
    return engine.directory().getSnapshot(snapshot).snapshot();
  }

  /** Deletes a snapshot that is not being backed up. */
  public void deleteSnapshot(SnapshotName snapshot) throws IOException {
    engine.snapshotting().delete(snapshot);
    announcements.snapshotDeleted(snapshot);
  }

  /** Backs up a snapshot. */
  public BackupResult createBackup(
      SnapshotName snapshot, BackupDestination destination, Progress progress) throws IOException {
    return createBackup(snapshot, destination, BackupOptions.DEFAULT, progress);
  }

  /**
   * Backs up a snapshot.
   *
   * @param options what they leave open is as this was opened with
   */
  public BackupResult createBackup(
      SnapshotName snapshot,
      BackupDestination destination,
      BackupOptions options,
      Progress progress)
      throws IOException {
    return backUp(snapshot, Optional.of(destination), options, progress);
  }

  /**
   * Backs up a snapshot to where its storage keeps backups itself.
   *
   * @throws IllegalArgumentException if its storage keeps none
   */
  public BackupResult createBackup(SnapshotName snapshot, Progress progress) throws IOException {
    return backUp(snapshot, Optional.empty(), BackupOptions.DEFAULT, progress);
  }

  private BackupResult backUp(
      SnapshotName snapshot,
      Optional<BackupDestination> destination,
      BackupOptions options,
      Progress progress)
      throws IOException {
    destination.ifPresent(engine.stores()::forScheme);
    VolumeName volume = engine.directory().getSnapshot(snapshot).volume().volume().name();
    return announcements.backup(
        volume,
        snapshot,
        () -> engine.backingUp().create(snapshot, destination, options, progress));
  }

  /** Deletes a backup; all others stay whole. */
  public void deleteBackup(BackupUrl url) throws IOException {
    engine.stores().forScheme(url.destination()).delete(url);
    announcements.backupDeleted(url);
  }

  /** Returns what is known of a backup. */
  public Backup inspectBackup(BackupUrl url) throws IOException {
    return engine.stores().forScheme(url.destination()).inspect(url);
  }

  /** Returns the backups at a destination, or those of volumes of one name. */
  public BackupList listBackups(BackupDestination destination, Optional<VolumeName> volume)
      throws IOException {
    return engine.stores().list(destination, volume);
  }

  /** Checks a backup without restoring it; returns what is wrong, nothing if it is whole. */
  public List<String> verifyBackup(BackupUrl url, Progress progress) throws IOException {
    return engine.stores().careOf(url.destination()).verify(url, progress);
  }

  /** Checks a backup without restoring it, as closely as is asked for. */
  public VerifyReport verifyBackup(BackupUrl url, VerifyOptions options, Progress progress)
      throws IOException {
    return engine.stores().careOf(url.destination()).verify(url, options, progress);
  }

  /** Deletes what no backup at a destination needs. */
  public BackupCare.GarbageReport collectGarbage(
      BackupDestination destination, boolean dryRun, Progress progress) throws IOException {
    return engine.stores().careOf(destination).collectGarbage(destination, dryRun, progress);
  }

  /** Returns the deleted volumes that are kept. */
  public TrashList listTrash() throws IOException {
    return engine.trash().list();
  }

  /**
   * Makes a volume again of one that was deleted and is kept, with its snapshots.
   *
   * @param idOrName which one, as {@link #listTrash} shows it
   * @param name the name that it gets; empty means the one that it had
   * @throws AlreadyExistsException if that name, or one of its snapshots', is taken
   * @throws IllegalArgumentException if several were called so
   */
  public VolumeStatus restoreFromTrash(String idOrName, Optional<VolumeName> name)
      throws IOException {
    VolumeStatus status = engine.trash().restore(idOrName, name);
    announcements.undeleted(status.volume().name());
    return status;
  }

  /**
   * Destroys deleted volumes that are kept, and returns them.
   *
   * @param idsOrNames which ones; none means all
   * @param olderThan how long ago they were deleted at least
   */
  public List<TrashedVolume> emptyTrash(List<String> idsOrNames, Optional<Age> olderThan)
      throws IOException {
    return engine.trash().empty(idsOrNames, olderThan);
  }

  /**
   * Destroys what has been kept for as long as was wanted, and what the storage needs the room of.
   * To be called now and then; what does not work is logged.
   */
  public void tidyTrash() {
    engine.trash().tidy();
  }

  /** Returns settings, drivers and trouble. */
  public ConvoyInfo info() throws IOException {
    return engine.info();
  }

  /** Compares what is recorded with what is there, and returns what is not as it should be. */
  public List<Finding> examine() {
    return engine.examine();
  }

  /**
   * Clears away what certainly nobody needs, never data, and returns what was done, one line each.
   */
  public List<String> repair() throws IOException {
    return engine.repair();
  }

  /** Lets go of everything; volumes stay as they are, mounted ones mounted. */
  @Override
  public void close() throws IOException {
    engine.close();
  }
}
