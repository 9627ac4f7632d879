package io.convoy.devmapper;

import io.convoy.core.DeleteMode;
import io.convoy.core.Examination;
import io.convoy.core.Growth;
import io.convoy.core.Snapshots;
import io.convoy.core.Trash;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Volumes that are thin devices of one pool, each with a file system. */
final class DevmapperDriver implements VolumeDriver {
  private final Path root;
  private final Surroundings host;
  private final ThinPool pool;
  private final PoolWatch watch;
  private final VolumeDevices devices;
  private final ThinVolumes volumes;
  private final Set<Integer> unknownThinIds;
  private final ThinVolumeCreation creation;
  private final ThinGrowth growth;
  private final ThinVolumeDeletion deletion;
  private final VolumeMounts mounts;
  private final ThinTrash trash;
  private final Snapshots snapshots;

  private DevmapperDriver(
      Path root,
      Surroundings host,
      ThinPool pool,
      PoolWatch watch,
      ThinVolumes volumes,
      Map<VolumeName, ThinVolume> recorded)
      throws IOException {
    this.root = root;
    this.host = host;
    this.pool = pool;
    this.watch = watch;
    this.volumes = volumes;
    Clock clock = Clock.systemUTC();
    devices = new VolumeDevices(host, pool);
    Path mountParent = root.resolve("mounts");
    FilesystemGrowth filesystems =
        new FilesystemGrowth(host.commands(), pool.config(), mountParent);
    growth = new ThinGrowth(pool, devices, volumes, filesystems);
    deletion = new ThinVolumeDeletion(pool, devices, volumes, clock);
    mounts = new VolumeMounts(host, devices, volumes, mountParent);
    DriverRecovery recovery = new DriverRecovery(pool, devices, volumes, deletion, growth);
    trash = new ThinTrash(pool, devices, volumes, deletion, recovery, clock);
    creation = new ThinVolumeCreation(host, pool, devices, volumes, filesystems, trash, clock);
    snapshots = new ThinSnapshots(host, pool, devices, volumes, trash, clock);
    unknownThinIds = recovery.recover(recorded);
    trash.open();
  }

  /** Opens the pool and what is recorded of it under a root. */
  static DevmapperDriver open(Path root, Surroundings host, Map<String, String> options)
      throws IOException {
    PoolState state = PoolState.read(root);
    ThinVolumes volumes = new ThinVolumes(new ThinVolumeFiles(root));
    Map<VolumeName, ThinVolume> recorded = volumes.files().all(volumes::report);
    boolean hasVolumes =
        !recorded.isEmpty() || !volumes.problems().isEmpty() || volumes.files().hasTrash();
    boolean adopt = ThinPoolConfig.isTrue(options, ThinPoolConfig.ADOPT);
    Optional<ThinPoolConfig> before = state.config();
    ThinPoolConfig config = ThinPoolConfig.of(options, before);
    if (hasVolumes && before.isPresent() && !adopt) {
      checkSame(ThinPoolConfig.DATA_DEVICE, before.get().dataDevice(), config.dataDevice());
      checkSame(
          ThinPoolConfig.METADATA_DEVICE, before.get().metadataDevice(), config.metadataDevice());
    }
    boolean wipe = ThinPoolConfig.isTrue(options, ThinPoolConfig.WIPE);
    PoolTable table = new PoolTable(host, config);
    new PoolActivation(host, config, table, wipe, adopt).activate(root, state, hasVolumes);
    ThinPool pool = ThinPool.open(host, state, config, adopt);
    return new DevmapperDriver(root, host, pool, new PoolWatch(pool, table), volumes, recorded);
  }

  private static void checkSame(String option, Path recorded, Path given) {
    if (!recorded.equals(given)) {
      throw new IllegalArgumentException(
          "%s is '%s', and volumes are recorded that were made with '%s'. If it is the same pool: --driver-opts %s=true"
              .formatted(option, given, recorded, ThinPoolConfig.ADOPT));
    }
  }

  @Override
  public Map<String, String> info() throws IOException {
    ThinPoolConfig config = pool.config();
    Map<String, String> info = new TreeMap<>();
    info.put("Driver", DevmapperDriverFactory.NAME);
    info.put("Root", root.toString());
    info.put("DataDevice", config.dataDevice().toString());
    info.put("MetadataDevice", config.metadataDevice().toString());
    info.put("ThinpoolDevice", host.node(config.poolName()).toString());
    info.put("ThinpoolBlockSize", Long.toString(config.blockBytes()));
    info.put("DefaultVolumeSize", Long.toString(config.defaultVolumeSizeBytes()));
    info.put("Filesystem", config.filesystem().toString());
    info.put("SkipBlockZeroing", Boolean.toString(!config.zeroNewBlocks()));
    info.put("DeviceMapper", host.deviceMapper().version());
    ThinPoolStatus status = pool.status();
    info.put("ThinpoolSize", Long.toString(status.totalDataBlocks() * config.blockBytes()));
    info.put("ThinpoolUsed", Long.toString(status.usedDataBlocks() * config.blockBytes()));
    long metadataBlock = ThinPoolStatus.METADATA_BLOCK_BYTES;
    info.put("MetadataSize", Long.toString(status.totalMetadataBlocks() * metadataBlock));
    info.put("MetadataUsed", Long.toString(status.usedMetadataBlocks() * metadataBlock));
    info.put("TransactionID", Long.toString(status.transactionId()));
    info.put("ThinpoolMode", status.mode().toString());
    info.put("NeedsCheck", Boolean.toString(status.needsCheck()));
    PoolHealth health = PoolHealth.of(status, config);
    info.put("ThinpoolFree", Long.toString(status.freeDataBlocks() * config.blockBytes()));
    info.put("MetadataFree", Long.toString(status.freeMetadataBlocks() * metadataBlock));
    health.refusal().ifPresent(trouble -> info.put("Problem", trouble.toString()));
    health.troubles().stream()
        .filter(trouble -> !trouble.refuses())
        .findFirst()
        .ifPresent(trouble -> info.put("Warning", trouble.toString()));
    trash.addTo(info);
    if (!unknownThinIds.isEmpty()) {
      info.put("UnknownThinDevices", new TreeSet<>(unknownThinIds).toString());
    }
    return info;
  }

  @Override
  public Volume create(VolumeSpec spec, UUID uuid, Optional<VolumeFiller> filler)
      throws IOException {
    return toVolume(creation.create(spec, uuid, filler));
  }

  @Override
  public void delete(VolumeName volume, DeleteMode mode) throws IOException {
    Optional<ThinVolume> lost = volumes.lost(volume);
    if (lost.isPresent() && mode == DeleteMode.DATA) {
      deletion.deleteLost(lost.get());
    } else {
      deletion.delete(volumes.get(volume), mode);
    }
  }

  @Override
  public Path mount(VolumeName volume, Optional<Path> mountPoint) throws IOException {
    return mounts.mount(volumes.get(volume), mountPoint);
  }

  @Override
  public void unmount(VolumeName volume) throws IOException {
    // What is lost is mounted nowhere.
    if (volumes.lost(volume).isEmpty()) {
      mounts.unmount(volumes.get(volume));
    }
  }

  @Override
  public Optional<Volume> get(VolumeName volume) throws IOException {
    Optional<ThinVolume> lost = volumes.lost(volume);
    if (lost.isPresent()) {
      return lost.map(this::toVolume);
    }
    if (volumes.problem(volume).isPresent()) {
      volumes.get(volume);
    }
    return volumes.find(volume).map(this::toVolume);
  }

  @Override
  public List<Volume> list(ProblemListener problems) {
    volumes.problems().forEach(problems::report);
    return volumes.all().stream()
        .filter(volume -> volumes.problem(volume.name()).isEmpty())
        .map(this::toVolume)
        .toList();
  }

  private Volume toVolume(ThinVolume volume) {
    return volume.toVolume(devices.node(volume.name()));
  }

  @Override
  public Optional<Snapshots> snapshots() {
    return Optional.of(snapshots);
  }

  @Override
  public Optional<Examination> examination() {
    return Optional.of(new ThinExamination(host, pool, devices, volumes));
  }

  /** Has the pool looked at from time to time until the driver is closed. */
  DevmapperDriver watched() {
    watch.start();
    return this;
  }

  @Override
  public Optional<Growth> growth() {
    return Optional.of(growth);
  }

  @Override
  public Optional<Trash> trash() {
    return Optional.of(trash);
  }

  @Override
  public void close() {
    watch.close();
    // The pool and the devices stay: volumes may be mounted.
  }
}
