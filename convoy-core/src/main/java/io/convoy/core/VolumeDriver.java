package io.convoy.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Volumes of one kind of storage.
 *
 * <p>Calls for one volume come one at a time, from {@link Convoy}; calls for different volumes may
 * come together, and {@link #get}, {@link #list} and {@link #info} at any time. After a failed call
 * the volume is as before it, or gone if it was being created; after a crash in a call the driver
 * sees to the same when it is opened the next time.
 */
// Add a method only when every driver needs it: each one is written and tested per driver.
public interface VolumeDriver extends AutoCloseable {
  /**
   * Returns what the operator wants to know of the storage: settings, space, trouble. The keys are
   * those of Convoy v0.5.2, and more.
   */
  Map<String, String> info() throws IOException;

  /**
   * Creates a volume and has {@code filler}, if there is one, put its first content on it. The
   * volume appears in {@link #list} whole or not at all.
   *
   * @param uuid the identity that the volume gets, unless the storage knows it already by another
   * @throws AlreadyExistsException if the driver has a volume of that name
   * @throws IllegalArgumentException if the wish makes no sense for this driver
   */
  Volume create(VolumeSpec spec, UUID uuid, Optional<VolumeFiller> filler) throws IOException;

  /**
   * Deletes a volume that is not mounted.
   *
   * @throws NotFoundException if there is no such volume
   * @throws InUseException if something still uses it
   */
  void delete(VolumeName volume, DeleteMode mode) throws IOException;

  /**
   * Mounts the volume, unless it is mounted there already, and returns where.
   *
   * @param mountPoint where to, or empty for the driver's own choice
   * @throws IllegalArgumentException if this driver can't mount where it is told to
   */
  Path mount(VolumeName volume, Optional<Path> mountPoint) throws IOException;

  /** Unmounts the volume; does nothing if it is not mounted. */
  void unmount(VolumeName volume) throws IOException;

  /** Returns the volume, or empty if there is none of that name. */
  Optional<Volume> get(VolumeName volume) throws IOException;

  /**
   * Returns all volumes, in order of name. One that can't be read is left out and told to {@code
   * problems}, so that it does not hide the others.
   */
  List<Volume> list(ProblemListener problems) throws IOException;

  /** Returns snapshot operations, or empty if this storage has none. */
  Optional<Snapshots> snapshots();

  /** Returns how volumes are grown, or empty if those of this storage have no size to grow. */
  default Optional<Growth> growth() {
    return Optional.empty();
  }

  /** Returns how volumes are taken from hosts that are gone, or empty if no host holds them. */
  default Optional<Takeover> takeover() {
    return Optional.empty();
  }

  /**
   * Returns who else has volumes mounted, or empty if hosts do not share this storage's volumes.
   */
  default Optional<OtherHosts> otherHosts() {
    return Optional.empty();
  }

  /**
   * Returns whether this is one storage for several hosts, by the operator's word, so that a volume
   * made on one of them is there on all. Answers at once.
   */
  default boolean isShared() {
    return false;
  }

  /**
   * Has something done each time that a storage can be used again that could not be for a while; at
   * once if it could not be when the driver was opened, and that has passed.
   */
  default void whenBack(Runnable action) {}

  /** Returns how records and storage are compared, or empty if this driver can't do that. */
  default Optional<Examination> examination() {
    return Optional.empty();
  }

  /** Returns what is kept of deleted volumes, or empty if this storage keeps none apart. */
  default Optional<Trash> trash() {
    return Optional.empty();
  }

  /** Lets go of what the driver holds; volumes stay as they are, mounted ones mounted. */
  @Override
  void close() throws IOException;

  /** Hears of volumes that can't be read. */
  interface ProblemListener {
    /**
     * The volume called {@code name} can't be used because of {@code problem} (one line).
     *
     * @param name empty if it concerns the storage, and nobody knows which volumes the list lacks
     */
    void report(String name, String problem);

    /**
     * The storage is not there or does not answer, because of {@code problem} (one line): the list
     * may lack volumes, or be what was known before.
     *
     * @see StorageUnavailableException
     */
    default void unavailable(String problem) {
      report("", problem);
    }

    /**
     * Returns whether the list is waited for as long as it takes; else one that is slow is answered
     * from memory, and that is reported.
     */
    default boolean waits() {
      return false;
    }
  }
}
