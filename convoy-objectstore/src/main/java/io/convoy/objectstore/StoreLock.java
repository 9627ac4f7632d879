package io.convoy.objectstore;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.InUseException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * One writer's lock on a volume's part of a store: a lease that its holder renews by beats.
 *
 * <p>The lock is an object {@code locks/<generation>.lock}; the highest generation holds it, and
 * creating an object only if it is absent lets one contender win each. The holder changes {@code
 * locks/<token>.beat} all the time. A contender that sees neither lock nor beat change for a whole
 * lease, by its own clock, takes the holder for dead and makes the next generation. No two clocks
 * are ever compared.
 *
 * <p>A holder that was paused for longer than a lease may have lost the lock without noticing. So
 * it asks {@link #assertFresh} right before each step that can hurt others, which its own clock
 * answers, and {@link #confirm} before and after publishing, which the store answers.
 */
final class StoreLock implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(StoreLock.class.getName());
  private static final String LOCK_SUFFIX = ".lock";
  private static final String BEAT_SUFFIX = ".beat";
  private static final int MAX_BYTES = 64 * 1024;

  /**
   * How long things last.
   *
   * @param lease without a beat for so long, a holder is taken for dead
   * @param patience how long to wait for a living holder
   */
  record Timing(Duration lease, Duration patience) {
    static final Timing DEFAULT = new Timing(Duration.ofSeconds(60), Duration.ofMinutes(10));

    private Duration beat() {
      return lease.dividedBy(6);
    }

    /** After so long without a beat the holder no longer trusts its lock. */
    private Duration fresh() {
      return lease.dividedBy(2);
    }
  }

  private final ObjectStore store;
  private final BackupLayout layout;
  private final Timing timing;
  private final long generation;
  private final String token;
  private final Thread beating;
  private volatile long lastBeatNanos;
  private volatile Optional<IOException> lost = Optional.empty();
  private volatile boolean closing;

  private StoreLock(
      ObjectStore store, BackupLayout layout, Timing timing, long generation, String token) {
    this.store = store;
    this.layout = layout;
    this.timing = timing;
    this.generation = generation;
    this.token = token;
    this.lastBeatNanos = System.nanoTime();
    this.beating = new Thread(this::beat, "convoy-store-lock-" + layout.directory());
    this.beating.setDaemon(true);
    this.beating.start();
  }

  /**
   * Takes the lock, waiting for its holder.
   *
   * @throws InUseException if a living holder keeps it for longer than the wait, naming it
   */
  static StoreLock acquire(ObjectStore store, BackupLayout layout, Timing timing, String hostId)
      throws IOException {
    long deadline = System.nanoTime() + timing.patience().toNanos();
    Optional<Sighting> before = Optional.empty();
    while (true) {
      Optional<Sighting> now = look(store, layout);
      boolean dead =
          now.isPresent()
              && before.isPresent()
              && now.get().sameAs(before.get())
              && System.nanoTime() - before.get().sinceNanos > timing.lease().toNanos();
      if (now.isEmpty() || dead) {
        Optional<StoreLock> lock = take(store, layout, timing, hostId, now);
        if (lock.isPresent()) {
          return lock.get();
        }
        before = Optional.empty();
        continue;
      }
      if (before.isEmpty() || !now.get().sameAs(before.get())) {
        before = now;
      }
      if (System.nanoTime() > deadline) {
        throw new InUseException(
            "Backups of volume '%s' are being written by %s: try again when that is done"
                .formatted(layout.directory(), now.get().holder));
      }
      sleep(timing.beat().dividedBy(4));
    }
  }

  /** Takes the lock if nobody has it. */
  static Optional<StoreLock> tryAcquire(
      ObjectStore store, BackupLayout layout, Timing timing, String hostId) throws IOException {
    Optional<Sighting> holder = look(store, layout);
    return holder.isPresent()
        ? Optional.empty()
        : take(store, layout, timing, hostId, Optional.empty());
  }

  /** What a contender saw: who has the lock, and what its beat was. */
  private record Sighting(
      long generation, String content, String beat, String holder, long sinceNanos) {
    boolean sameAs(Sighting other) {
      return generation == other.generation
          && content.equals(other.content)
          && beat.equals(other.beat);
    }
  }

  private static Optional<Sighting> look(ObjectStore store, BackupLayout layout)
      throws IOException {
    List<Long> generations = generations(store, layout);
    if (generations.isEmpty()) {
      return Optional.empty();
    }
    long newest = generations.get(generations.size() - 1);
    Optional<byte[]> content = store.get(lockKey(layout, newest), MAX_BYTES);
    if (content.isEmpty()) {
      return look(store, layout); // given up between the two calls
    }
    ObjectNode lock = Json.parse(lockKey(layout, newest), content.get());
    String token = lock.path("Token").asText();
    String beat = "";
    if (token.matches("[0-9a-f-]{36}")) {
      beat = store.get(beatKey(layout, token), MAX_BYTES).map(StoreLock::text).orElse("");
    }
    String holder =
        "process %s of host %s since %s"
            .formatted(
                lock.path("Pid").asText(), lock.path("Host").asText(), lock.path("Since").asText());
    return Optional.of(new Sighting(newest, text(content.get()), beat, holder, System.nanoTime()));
  }

  private static String text(byte[] content) {
    return new String(content, US_ASCII);
  }

  private static List<Long> generations(ObjectStore store, BackupLayout layout) throws IOException {
    List<Long> generations = new ArrayList<>();
    String prefix = layout.locksPrefix();
    store.list(
        prefix,
        (key, size) -> {
          String name = key.value().substring(prefix.length());
          if (name.matches("[0-9]{1,18}\\" + LOCK_SUFFIX)) {
            generations.add(
                Long.parseLong(name.substring(0, name.length() - LOCK_SUFFIX.length())));
          }
        });
    generations.sort(null);
    return generations;
  }

  private static Optional<StoreLock> take(
      ObjectStore store, BackupLayout layout, Timing timing, String hostId, Optional<Sighting> dead)
      throws IOException {
    long generation = dead.map(sighting -> sighting.generation).orElse(0L) + 1;
    String token = UUID.randomUUID().toString();
    ObjectNode content = Json.newObject();
    content.put("Token", token);
    content.put("Host", hostId);
    content.put("Pid", ProcessHandle.current().pid());
    content.put("Since", Instant.now().toString());
    if (!store.create(lockKey(layout, generation), Json.bytes(content))) {
      return Optional.empty();
    }
    if (dead.isPresent()) {
      LOGGER.log(
          WARNING,
          "Backups of volume ''{0}'': took over from {1}, which gave no sign of life",
          layout.directory(),
          dead.get().holder);
    }
    StoreLock lock = new StoreLock(store, layout, timing, generation, token);
    try {
      lock.confirm();
      return Optional.of(lock);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  private void beat() {
    long count = 0;
    while (!closing) {
      try {
        confirm();
        long start = System.nanoTime();
        store.put(beatKey(layout, token), Long.toString(++count).getBytes(US_ASCII));
        lastBeatNanos = start;
        TimeUnit.NANOSECONDS.sleep(timing.beat().toNanos());
      } catch (InterruptedException e) {
        return;
      } catch (InUseException e) {
        return; // lost; the holder hears of it at its next step
      } catch (IOException e) {
        if (closing) {
          return;
        }
        LOGGER.log(
            DEBUG, "Lock on volume ''{0}'': beat failed: {1}", layout.directory(), e.getMessage());
        try {
          TimeUnit.NANOSECONDS.sleep(timing.beat().toNanos());
        } catch (InterruptedException interrupt) {
          return;
        }
      }
    }
  }

  /**
   * Returns normally if this process has beaten so lately that nobody can have taken the lock.
   *
   * @throws InUseException if it was paused, or the store was out of reach, for too long
   */
  void assertFresh() throws IOException {
    if (lost.isPresent()) {
      throw lost();
    }
    long age = System.nanoTime() - lastBeatNanos;
    if (age > timing.fresh().toNanos()) {
      throw new InUseException(
          "The lock on the backups of volume '%s' could not be renewed for %s s: stopped, try again"
              .formatted(layout.directory(), Duration.ofNanos(age).toSeconds()));
    }
  }

  /**
   * Returns normally if the store says that the lock is this process's.
   *
   * @throws InUseException if somebody took it over
   */
  void confirm() throws IOException {
    if (lost.isPresent()) {
      throw lost();
    }
    List<Long> generations = generations(store, layout);
    boolean newest =
        !generations.isEmpty() && generations.get(generations.size() - 1) == generation;
    Optional<byte[]> content =
        newest ? store.get(lockKey(layout, generation), MAX_BYTES) : Optional.empty();
    boolean mine =
        content.isPresent()
            && Json.parse(lockKey(layout, generation), content.get())
                .path("Token")
                .asText()
                .equals(token);
    if (!mine) {
      lost = Optional.of(lost());
      throw lost();
    }
  }

  private InUseException lost() {
    return new InUseException(
        "The lock on the backups of volume '%s' was taken over by another writer while this one was paused: try again"
            .formatted(layout.directory()));
  }

  private static ObjectKey lockKey(BackupLayout layout, long generation) {
    return new ObjectKey(layout.locksPrefix() + generation + LOCK_SUFFIX);
  }

  private static ObjectKey beatKey(BackupLayout layout, String token) {
    return new ObjectKey(layout.locksPrefix() + token + BEAT_SUFFIX);
  }

  private static void sleep(Duration duration) throws InterruptedIOException {
    try {
      TimeUnit.NANOSECONDS.sleep(Math.max(1, duration.toNanos()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a lock");
    }
  }

  /** Gives the lock up. What can't be removed now dies with its lease. */
  @Override
  public void close() {
    closing = true;
    beating.interrupt();
    boolean interrupted = Thread.interrupted();
    try {
      beating.join(timing.lease().toMillis());
      List<ObjectKey> own = new ArrayList<>(List.of(beatKey(layout, token)));
      if (isStillMine()) {
        // Those of dead holders before, too: nobody else removes them.
        for (long old : generations(store, layout)) {
          if (old < generation) {
            own.add(lockKey(layout, old));
          }
        }
        own.add(lockKey(layout, generation));
      }
      store.delete(own);
    } catch (IOException e) {
      LOGGER.log(
          WARNING,
          "Lock on volume ''{0}'' can''t be given up, and will expire: {1}",
          layout.directory(),
          e.getMessage());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStillMine() throws IOException {
    try {
      confirm();
      return true;
    } catch (InUseException e) {
      return false;
    }
  }
}
