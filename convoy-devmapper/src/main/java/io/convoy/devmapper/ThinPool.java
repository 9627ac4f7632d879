package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.devmapper.DeviceMapper.Access;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A thin pool and its thin devices. Whatever changes the pool counts its transaction id up, and the
 * record of that is written first: so records and pool that do not belong together are told apart.
 */
final class ThinPool {
  private static final Logger LOGGER = System.getLogger(ThinPool.class.getName());

  private final Surroundings host;
  private final PoolState state;
  private final ThinPoolConfig config;
  private final DeviceNumber number;
  private final ThinMetadata metadata;
  private final Set<Integer> thinIds = new TreeSet<>();
  private final Set<Integer> strangers = new HashSet<>();
  private final Set<Integer> recorded = new HashSet<>();
  private final ReentrantLock heldMetadata = new ReentrantLock();
  private boolean thinIdsKnown;
  private long transactionId;

  private ThinPool(Surroundings host, PoolState state, ThinPoolConfig config, DeviceNumber number) {
    this.host = host;
    this.state = state;
    this.config = config;
    this.number = number;
    this.metadata = new ThinMetadata(host.commands(), config.metadataDevice(), config.blockBytes());
  }

  /**
   * Takes over a pool whose device is there: looks whether it is the recorded one, and lets go of
   * what a crash left held.
   *
   * @param adopt whether to take it whatever the records say
   */
  static ThinPool open(Surroundings host, PoolState state, ThinPoolConfig config, boolean adopt)
      throws IOException {
    DeviceNumber number =
        host.deviceMapper().state(config.poolName()).orElseThrow(() -> gone(config)).number();
    ThinPool pool = new ThinPool(host, state, config, number);
    ThinPoolStatus status = pool.status();
    pool.checkTransactionId(status, adopt);
    for (PoolHealth.Trouble trouble : PoolHealth.of(status, config).troubles()) {
      LOGGER.log(WARNING, "Thin pool ''{0}'' {1}", config.poolName(), trouble);
    }
    if (status.isReadOnly()) {
      // What volumes hold can be read all the same, and their records say what there should be.
      return pool;
    }
    pool.learnThinIds();
    LOGGER.log(
        INFO,
        "Thin pool ''{0}'': transaction {1}, {2} thin devices",
        config.poolName(),
        Long.toString(pool.transactionId),
        pool.thinIds.size());
    return pool;
  }

  private static IOException gone(ThinPoolConfig config) {
    return new IOException("Thin pool '%s' has no device".formatted(config.poolName()));
  }

  private void checkTransactionId(ThinPoolStatus status, boolean adopt) throws IOException {
    long actual = status.transactionId();
    if (state.transactionId().isPresent() && !adopt) {
      long recorded = state.transactionId().getAsLong();
      // The record is written first; a crash may have come before the pool was asked.
      if (actual != recorded && actual != recorded - 1) {
        throw new IOException(
            "Thin pool '%s' on %s is at transaction %s, the records say %s: it is another pool, or the records are not its latest. To take it as it is: --driver-opts %s=true"
                .formatted(
                    config.poolName(),
                    config.metadataDevice(),
                    actual,
                    recorded,
                    ThinPoolConfig.ADOPT));
      }
    }
    transactionId = actual;
    state.saveTransactionId(actual);
  }

  ThinPoolConfig config() {
    return config;
  }

  /** Returns how the pool is now. */
  ThinPoolStatus status() throws IOException {
    List<Target> targets = host.deviceMapper().status(config.poolName());
    if (targets.size() != 1) {
      throw new IOException(
          "Device '%s' has %s targets, expected one thin pool"
              .formatted(config.poolName(), targets.size()));
    }
    return ThinPoolStatus.parse(config.poolName(), targets.get(0).parameters());
  }

  /** Returns whether the pool has less than its reserve free, and would have more of a deletion. */
  boolean lacksRoom() throws IOException {
    ThinPoolStatus status = status();
    return !status.needsCheck()
        && status.mode() != ThinPoolStatus.Mode.READ_ONLY
        && (status.mode() == ThinPoolStatus.Mode.OUT_OF_DATA_SPACE
            || status.freeDataPercent() < config.minFreeDataPercent()
            || status.freeMetadataPercent() < config.minFreeMetadataPercent());
  }

  /**
   * Returns normally if the pool is well and has its reserve free. What is there already needs the
   * rest.
   *
   * @param what what shall be made: {@code Volume 'vol1'}
   */
  void checkReserve(String what) throws IOException {
    Optional<PoolHealth.Trouble> refusal = health().refusal();
    if (refusal.isPresent()) {
      throw new IOException(
          "%s can't be created: thin pool '%s' %s"
              .formatted(what, config.poolName(), refusal.get()));
    }
  }

  /**
   * Returns normally if the kernel lets the pool be changed; to find out halfway leaves things half
   * done.
   *
   * @param refused what can't be done else: {@code Volume 'vol1' can't be deleted}
   */
  void checkChangeable(String refused) throws IOException {
    check(refused, ThinPoolStatus::isReadOnly);
  }

  /** Returns normally if volumes can be written to where they have no blocks yet. */
  void checkWritable(String refused) throws IOException {
    check(refused, status -> status.mode() != ThinPoolStatus.Mode.READ_WRITE);
  }

  private void check(String refused, Predicate<ThinPoolStatus> isBad) throws IOException {
    ThinPoolStatus status = status();
    if (isBad.test(status)) {
      throw new IOException(
          "%s: thin pool '%s' %s"
              .formatted(
                  refused,
                  config.poolName(),
                  PoolHealth.of(status, config).refusal().orElseThrow()));
    }
  }

  /** Returns what is wrong with the pool now. */
  PoolHealth health() throws IOException {
    return PoolHealth.of(status(), config);
  }

  /**
   * Asks the pool for its thin devices, unless that was done; lets go of metadata that a crash left
   * held.
   */
  private synchronized void learnThinIds() throws IOException {
    if (thinIdsKnown) {
      return;
    }
    checkChangeable("The thin devices can't be listed");
    if (status().heldMetadataBlock().isPresent()) {
      host.deviceMapper().message(config.poolName(), "release_metadata_snap");
      LOGGER.log(WARNING, "Thin pool ''{0}'': released metadata that was held", config.poolName());
    }
    try (HeldMetadata held = holdMetadata()) {
      thinIds.addAll(held.metadata().thinIds());
    }
    thinIdsKnown = true;
  }

  /**
   * Returns whether the pool has a thin device of that id, or can't tell because it was read-only
   * when it was opened.
   */
  synchronized boolean mayHave(int id) {
    return !thinIdsKnown || thinIds.contains(id);
  }

  /** Returns the ids of all thin devices in the pool. */
  synchronized Set<Integer> thinIds() {
    return Set.copyOf(thinIds);
  }

  /** Keeps ids that records name for what they name, though the pool may have lost it. */
  synchronized void neverGiveOut(Set<Integer> ids) {
    recorded.addAll(ids);
  }

  /** Returns an id that no thin device has, and never gives it out again. */
  synchronized int newThinId() throws IOException {
    learnThinIds();
    int id = state.lastThinId();
    for (int tries = 0; tries < PoolState.MAX_THIN_ID; tries++) {
      id = id >= PoolState.MAX_THIN_ID ? 1 : id + 1;
      if (!thinIds.contains(id) && !recorded.contains(id)) {
        state.saveLastThinId(id);
        return id;
      }
    }
    throw new IOException(
        "Thin pool '%s' has no id left for a thin device".formatted(config.poolName()));
  }

  /** Makes an empty thin device; after a failure there may be one all the same. */
  synchronized void createThin(int id) throws IOException {
    create(id, "create_thin " + id);
  }

  /**
   * Makes a thin device that is a picture of another, which must not be written to meanwhile; after
   * a failure there may be one all the same.
   */
  synchronized void createSnapshot(int id, int origin) throws IOException {
    create(id, "create_snap " + id + " " + origin);
  }

  private void create(int id, String message) throws IOException {
    thinIds.add(id);
    try {
      change(message);
    } catch (DeviceMapperException e) {
      if (e.isExisting()) {
        // It is somebody else's, so whoever undoes this must not delete it.
        strangers.add(id);
      }
      throw e;
    }
  }

  /** Deletes a thin device; does nothing if the pool has none of that id that Convoy made. */
  synchronized void delete(int id) throws IOException {
    learnThinIds();
    if (strangers.contains(id) || !thinIds.contains(id)) {
      return;
    }
    try {
      change("delete " + id);
    } catch (DeviceMapperException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
    thinIds.remove(id);
  }

  private void change(String message) throws IOException {
    long next = transactionId + 1;
    state.saveTransactionId(next);
    host.deviceMapper().message(config.poolName(), message);
    try {
      host.deviceMapper()
          .message(config.poolName(), "set_transaction_id " + transactionId + " " + next);
      transactionId = next;
    } catch (DeviceMapperException e) {
      // The change itself is made. Where the count is now, the pool knows.
      LOGGER.log(WARNING, "Thin pool ''{0}'': {1}", config.poolName(), e.getMessage());
      transactionId = status().transactionId();
    }
  }

  /** Returns the table of a device that shows a thin device. */
  Target target(int thinId, long sizeBytes) {
    return Target.whole(sizeBytes / ThinPoolConfig.SECTOR_BYTES, "thin", number + " " + thinId);
  }

  /** Returns the id of the thin device of this pool that a device shows, or empty if none. */
  Optional<Integer> thinIdOf(String deviceName) throws IOException {
    List<Target> table = host.deviceMapper().table(deviceName);
    if (table.size() == 1
        && table.get(0).type().equals("thin")
        && table.get(0).parameters().startsWith(number + " ")) {
      return Optional.of(Integer.parseInt(table.get(0).parameters().split(" ", -1)[1]));
    }
    return Optional.empty();
  }

  /** Makes the device of a thin device and returns its node. */
  Path activate(String deviceName, String uuid, int thinId, long sizeBytes, Access access)
      throws IOException {
    host.deviceMapper().create(deviceName, uuid, target(thinId, sizeBytes), access);
    Path node = host.node(deviceName);
    try {
      DeviceNumber made =
          host.deviceMapper().state(deviceName).orElseThrow(() -> gone(config)).number();
      DeviceNumber seen = host.devices().number(node);
      if (!seen.equals(made)) {
        throw new IOException(
            "'%s' is device %s, expected %s, which was just made".formatted(node, seen, made));
      }
      return node;
    } catch (IOException | RuntimeException e) {
      try {
        host.deviceMapper().remove(deviceName);
      } catch (IOException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  /**
   * Has the pool hold a picture of its metadata for the tools to read, and lets go of it when that
   * is closed. There is one at a time: others wait.
   */
  HeldMetadata holdMetadata() throws IOException {
    heldMetadata.lock();
    try {
      host.deviceMapper().message(config.poolName(), "reserve_metadata_snap");
    } catch (IOException | RuntimeException e) {
      heldMetadata.unlock();
      throw e;
    }
    return new HeldMetadata();
  }

  /** Returns whether the pool holds a picture of its metadata that nobody here asked for. */
  boolean hasLeakedMetadata() throws IOException {
    if (!heldMetadata.tryLock()) {
      return false;
    }
    try {
      return status().heldMetadataBlock().isPresent();
    } finally {
      heldMetadata.unlock();
    }
  }

  /** Lets go of such a picture; returns whether there was one. */
  boolean releaseLeakedMetadata() throws IOException {
    if (!heldMetadata.tryLock()) {
      return false;
    }
    try {
      boolean leaked = status().heldMetadataBlock().isPresent();
      if (leaked) {
        host.deviceMapper().message(config.poolName(), "release_metadata_snap");
      }
      return leaked;
    } finally {
      heldMetadata.unlock();
    }
  }

  /** Returns where the pool's transaction id and the one that is known here differ, if they do. */
  synchronized Optional<String> transactionDifference() throws IOException {
    long actual = status().transactionId();
    return actual == transactionId
        ? Optional.empty()
        : Optional.of("is at transaction %s, expected %s".formatted(actual, transactionId));
  }

  /** A picture of the pool's metadata; to be closed by the thread that asked for it. */
  final class HeldMetadata implements AutoCloseable {
    private HeldMetadata() {}

    ThinMetadata metadata() {
      return metadata;
    }

    @Override
    public void close() throws IOException {
      try {
        host.deviceMapper().message(config.poolName(), "release_metadata_snap");
      } finally {
        heldMetadata.unlock();
      }
    }
  }
}
