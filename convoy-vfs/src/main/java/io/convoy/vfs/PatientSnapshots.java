package io.convoy.vfs;

import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Snapshots;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.util.UUID;

/** Snapshots on a storage that may stop to answer: see {@link PatientDriver}. */
final class PatientSnapshots implements Snapshots {
  private final PatientCalls calls;
  private final Storage storage;
  private final PatientCalls.Memory<VolumeName> memory;

  /**
   * Makes one.
   *
   * @param memory keeps a volume as it is now
   */
  PatientSnapshots(PatientCalls calls, Storage storage, PatientCalls.Memory<VolumeName> memory) {
    this.calls = calls;
    this.storage = storage;
    this.memory = memory;
  }

  /** Finds the driver of the storage. */
  interface Storage {
    VfsDriver driver() throws IOException;
  }

  private Snapshots snapshots() throws IOException {
    return storage.driver().snapshots().orElseThrow();
  }

  @Override
  public Snapshot create(VolumeName volume, SnapshotName name, UUID uuid) throws IOException {
    Snapshots snapshots = snapshots();
    return calls.call(
        call -> snapshots.create(volume, name, uuid), snapshot -> memory.keep(volume));
  }

  @Override
  public void delete(VolumeName volume, SnapshotName name) throws IOException {
    Snapshots snapshots = snapshots();
    calls.call(
        call -> {
          snapshots.delete(volume, name);
          return volume;
        },
        memory);
  }

  @Override
  public SnapshotContent open(VolumeName volume, SnapshotName name) throws IOException {
    Snapshots snapshots = snapshots();
    return calls.call(call -> snapshots.open(volume, name));
  }
}
