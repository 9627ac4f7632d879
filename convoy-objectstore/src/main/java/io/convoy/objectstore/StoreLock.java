package io.convoy.objectstore;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.CorruptDataException;
import io.convoy.core.InUseException;
import io.convoy.objectstore.ObjectStore.Guard;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One writer's lock on a volume's part of a store: a lease that its holder renews by beats.
 *
 * <p>Locks are objects {@code locks/<generation>.lock}; the highest generation counts, and creating
 * an object only if it is absent lets one contender win each. It is free again when there is {@code
 * locks/<its token>.released}. The highest generation is never deleted or replaced, so that
 * generations only rise: a contender that was paused since it looked can't win a number that was
 * used before, and nobody can delete a lock that he takes for another.
 *
 * <p>The holder changes {@code locks/<token>.beat} all the time. A contender that sees neither lock
 * nor beat change for a whole lease, by its own clock, takes the holder for dead and makes the next
 * generation. No two clocks are ever compared. An earlier process of the contender's own host is
 * not waited for once the kernel says that it has ended ({@link LockOwner}).
 *
 * <p>A holder that was paused may have lost the lock without noticing. So it asks {@link
 * #assertFresh} right before each step that can hurt others, which its own clock answers: it trusts
 * its lock for half a lease from the start of a beat, and a beat starts with a look whether the
 * lock is still its own. Making the lock counts as one. Who took a lock over therefore waits for
 * half a lease before he uses it. {@link #confirm}, before publishing, asks the store.
 */
final class StoreLock implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(StoreLock.class.getName());
  private static final String LOCK_SUFFIX = ".lock";
  private static final String BEAT_SUFFIX = ".beat";
  private static final String RELEASED_SUFFIX = ".released";
  private static final Pattern LOCK = Pattern.compile("([1-9][0-9]{0,17})\\.lock");
  private static final Pattern MARK = Pattern.compile("([0-9a-f-]{36})\\.(beat|released)");
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
  private volatile long lastBeatMillis;
  private volatile Optional<Listing> lastListing = Optional.empty();
  private volatile boolean lost;
  private volatile boolean taken;
  private volatile boolean closing;
  private volatile boolean leftToExpire;
  private long beats;

  private StoreLock(
      ObjectStore store, BackupLayout layout, Timing timing, long generation, String token) {
    this.store = store;
    this.layout = layout;
    this.timing = timing;
    this.generation = generation;
    this.token = token;
    this.beating = new Thread(this::keepBeating, "convoy-store-lock-" + layout.directory());
    this.beating.setDaemon(true);
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
      Sighting now = look(store, layout, timing, hostId);
      boolean dead =
          now.ended
              || (!now.free && before.isPresent() && now.isSameAfter(before.get(), timing.lease()));
      if (now.free || dead) {
        Optional<StoreLock> lock = take(store, layout, timing, hostId, now);
        if (lock.isPresent()) {
          return lock.get();
        }
        before = Optional.empty();
      } else if (before.isEmpty() || !now.isSameAfter(before.get(), Duration.ZERO)) {
        before = Optional.of(now);
      }
      if (System.nanoTime() > deadline) {
        throw new InUseException(
            "Backups of volume '%s' are being written by %s: try again when that is done"
                .formatted(layout.directory(), now.holder));
      }
      sleep(timing.beat().dividedBy(4));
    }
  }

  /** Takes the lock if nobody has it, or a process of this host that has ended. */
  static Optional<StoreLock> tryAcquire(
      ObjectStore store, BackupLayout layout, Timing timing, String hostId) throws IOException {
    Sighting now = look(store, layout, timing, hostId);
    return now.free || now.ended ? take(store, layout, timing, hostId, now) : Optional.empty();
  }

  /**
   * What a contender saw: who has the lock, and what its beat was.
   *
   * @param generation the highest there is, 0 if there is none
   * @param ended whether the holder was a process of this host, and is none any more
   * @param startNanos when the contender began to look, and when it had seen everything
   */
  private record Sighting(
      long generation,
      boolean free,
      boolean ended,
      String content,
      String beat,
      String holder,
      long startNanos,
      long endNanos) {
    /** A contender may have been paused at any moment: what counts is when it was looking. */
    boolean isSameAfter(Sighting earlier, Duration least) {
      return generation == earlier.generation
          && content.equals(earlier.content)
          && beat.equals(earlier.beat)
          && startNanos - earlier.endNanos >= least.toNanos();
    }
  }

  private static Sighting look(ObjectStore store, BackupLayout layout, Timing timing, String hostId)
      throws IOException {
    long start = System.nanoTime();
    Listing listing = Listing.of(store, layout);
    if (listing.newest == 0) {
      return new Sighting(0, true, false, "", "", "nobody", start, System.nanoTime());
    }
    String content = "";
    String token = "";
    boolean ended = false;
    String holder = "somebody, who has left an unreadable lock";
    try {
      content =
          store.get(lockKey(layout, listing.newest), MAX_BYTES).map(StoreLock::text).orElse("");
      ObjectNode lock = Json.parse(lockKey(layout, listing.newest), content.getBytes(US_ASCII));
      token = lock.path("Token").asText();
      ended = LockOwner.isDead(lock, hostId, timing.fresh());
      holder =
          "process %s of host %s since %s"
              .formatted(
                  lock.path("Pid").asText(),
                  lock.path("Host").asText(),
                  lock.path("Since").asText());
    } catch (CorruptDataException e) {
      LOGGER.log(DEBUG, "Lock on volume ''{0}'': {1}", layout.directory(), e.getMessage());
      // Nobody can beat for it, so it expires.
    }
    boolean free = listing.released.contains(token);
    String beat = "";
    if (!free && MARK.matcher(token + BEAT_SUFFIX).matches()) {
      beat =
          store.get(markKey(layout, token, BEAT_SUFFIX), MAX_BYTES).map(StoreLock::text).orElse("");
    }
    return new Sighting(
        listing.newest, free, ended && !free, content, beat, holder, start, System.nanoTime());
  }

  private static String text(byte[] content) {
    return new String(content, US_ASCII);
  }

  /**
   * What there is in {@code locks/}.
   *
   * @param newest the highest generation, 0 if there is none
   * @param older the generations below it
   * @param released the tokens of locks that were given up
   * @param beating the tokens that have a beat
   */
  private record Listing(long newest, List<Long> older, Set<String> released, Set<String> beating) {
    static Listing of(ObjectStore store, BackupLayout layout) throws IOException {
      List<Long> generations = new ArrayList<>();
      Set<String> released = new HashSet<>();
      Set<String> beating = new HashSet<>();
      String prefix = layout.locksPrefix();
      store.list(
          prefix,
          (key, size) -> {
            String name = key.value().substring(prefix.length());
            Matcher lock = LOCK.matcher(name);
            Matcher mark = MARK.matcher(name);
            if (lock.matches()) {
              generations.add(Long.parseLong(lock.group(1)));
            } else if (mark.matches()) {
              (name.endsWith(BEAT_SUFFIX) ? beating : released).add(mark.group(1));
            }
          });
      generations.sort(null);
      int last = generations.size() - 1;
      return last < 0
          ? new Listing(0, List.of(), released, beating)
          : new Listing(
              generations.get(last), List.copyOf(generations.subList(0, last)), released, beating);
    }
  }

  /** Makes the next generation; empty if another contender did. */
  private static Optional<StoreLock> take(
      ObjectStore store, BackupLayout layout, Timing timing, String hostId, Sighting before)
      throws IOException {
    String token = UUID.randomUUID().toString();
    ObjectNode content = Json.newObject();
    LockOwner.write(content, token, hostId);
    content.put("Since", Instant.now().toString());
    StoreLock lock = new StoreLock(store, layout, timing, before.generation + 1, token);
    // Others wait for a whole lease from when they first see the lock: no sooner than this.
    lock.lastBeatNanos = System.nanoTime();
    lock.lastBeatMillis = System.currentTimeMillis();
    try {
      if (!store.create(lockKey(layout, lock.generation), Json.bytes(content))) {
        LockOwner.forget(token);
        return Optional.empty();
      }
      lock.confirm();
      if (lock.ageNanos() > timing.beat().toNanos()) {
        // The store took its time; what was trusted since before may soon be too old.
        lock.beat();
      }
      lock.beating.start();
      if (!before.free) {
        LOGGER.log(
            WARNING,
            "Backups of volume ''{0}'': took over from {1}, which {2}",
            layout.directory(),
            before.holder,
            before.ended ? "has ended" : "gave no sign of life");
        if (!before.ended) {
          sleep(timing.fresh());
        }
      }
      lock.taken = true;
      return Optional.of(lock);
    } catch (InUseException e) {
      // Others went on to higher generations since this one looked; it has won nothing.
      LockOwner.forget(token);
      store.delete(List.of(lockKey(layout, lock.generation)));
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void keepBeating() {
    try {
      tryTo(this::write); // who began this has just confirmed the lock
      while (!closing) {
        TimeUnit.NANOSECONDS.sleep(timing.beat().toNanos());
        tryTo(this::beat);
      }
    } catch (InterruptedException | InUseException e) {
      return; // given up; or lost, of which the holder hears at its next step
    }
  }

  private void tryTo(Step beat) throws InUseException {
    try {
      beat.run();
    } catch (InUseException e) {
      throw e;
    } catch (IOException e) {
      LOGGER.log(
          DEBUG, "Lock on volume ''{0}'': beat failed: {1}", layout.directory(), e.getMessage());
    }
  }

  private synchronized void beat() throws IOException {
    long start = System.nanoTime();
    long startMillis = System.currentTimeMillis();
    confirm();
    write();
    lastBeatNanos = start;
    lastBeatMillis = startMillis;
  }

  private synchronized void write() throws IOException {
    store.put(markKey(layout, token, BEAT_SUFFIX), Long.toString(++beats).getBytes(US_ASCII));
  }

  /**
   * Returns normally if this process has beaten so lately that nobody can be using the lock.
   *
   * @throws InUseException if it was paused, or the store was out of reach, for too long
   */
  void assertFresh() throws IOException {
    if (lost) {
      throw lost();
    }
    long age = ageNanos();
    if (age > timing.fresh().toNanos()) {
      throw new InUseException(
          "The lock on the backups of volume '%s' could not be renewed for %s s: stopped, try again"
              .formatted(layout.directory(), Duration.ofNanos(age).toSeconds()));
    }
    if (System.currentTimeMillis() - lastBeatMillis > timing.fresh().toMillis()) {
      // The host was suspended, which that clock does not count; or this one was set.
      beat();
    }
  }

  private long ageNanos() {
    return System.nanoTime() - lastBeatNanos;
  }

  /**
   * Returns what lets a step be taken as long as {@link #assertFresh} does. A holder that is paused
   * between the two has at most one step under way that its clock no longer allows when it wakes
   * up, and a step that takes long ends half a lease before whoever takes the lock over then
   * begins: he may have found present what it deletes.
   */
  Guard guard() {
    return new Guard() {
      @Override
      public void check() throws IOException {
        assertFresh();
      }

      @Override
      public Optional<Duration> limit() {
        return Optional.of(
            timing.lease().minusNanos(Math.min(ageNanos(), timing.fresh().toNanos())));
      }
    };
  }

  /**
   * Returns normally if the store says that the lock is this process's.
   *
   * @throws InUseException if somebody took it over
   */
  void confirm() throws IOException {
    if (!lost) {
      lost = !isMine();
    }
    if (lost) {
      throw lost();
    }
  }

  private boolean isMine() throws IOException {
    Future<Listing> listing = Tasks.begin(() -> Listing.of(store, layout));
    ObjectKey key = lockKey(layout, generation);
    Optional<byte[]> content = store.get(key, MAX_BYTES);
    boolean mine =
        Tasks.get(listing).newest == generation
            && content.isPresent()
            && Json.parse(key, content.get()).path("Token").asText().equals(token);
    if (mine) {
      lastListing = Optional.of(Tasks.get(listing));
    }
    return mine;
  }

  private InUseException lost() {
    return new InUseException(
        "The lock on the backups of volume '%s' was taken over by another writer while this one was paused: try again"
            .formatted(layout.directory()));
  }

  private static ObjectKey lockKey(BackupLayout layout, long generation) {
    return new ObjectKey(layout.locksPrefix() + generation + LOCK_SUFFIX);
  }

  private static ObjectKey markKey(BackupLayout layout, String token, String suffix) {
    return new ObjectKey(layout.locksPrefix() + token + suffix);
  }

  private static void sleep(Duration duration) throws InterruptedIOException {
    try {
      TimeUnit.NANOSECONDS.sleep(Math.max(1, duration.toNanos()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a lock");
    }
  }

  /**
   * Keeps the lock from being given up, since something is under way that may still be done: who
   * wants it has to wait as if its holder had died.
   */
  void leaveToExpire() {
    leftToExpire = true;
  }

  /** Gives the lock up. What can't be given up now dies with its lease. */
  @Override
  public void close() {
    closing = true;
    beating.interrupt();
    // The store's calls would end at once, and leave the lock to expire.
    boolean interrupted = Thread.interrupted();
    try {
      beating.join(timing.lease().toMillis());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    // Else its token stays known as that of a living process, for whom others wait.
    if (!leftToExpire) {
      giveUp();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void giveUp() {
    List<ObjectKey> litter = litter();
    Future<Void> cleaning =
        Tasks.begin(
            () -> {
              store.delete(litter);
              return null;
            });
    if (!lost) {
      attempt(
          "can''t be given up cleanly, and will expire",
          () ->
              store.create(markKey(layout, token, RELEASED_SUFFIX), Json.bytes(Json.newObject())));
    }
    attempt("has left objects, for the next holder to delete", () -> Tasks.get(cleaning));
    LockOwner.forget(token);
  }

  /**
   * Returns this lock's beat, and what holders before had left when the lock was last seen to be
   * this one's: nobody needs it beside a higher generation.
   */
  private List<ObjectKey> litter() {
    List<ObjectKey> litter = new ArrayList<>();
    litter.add(markKey(layout, token, BEAT_SUFFIX));
    Optional<Listing> before = lastListing;
    if (!lost && before.isPresent()) {
      Listing listing = before.get();
      listing.older.forEach(older -> litter.add(lockKey(layout, older)));
      listing.beating.stream()
          .filter(beat -> !beat.equals(token))
          .forEach(beat -> litter.add(markKey(layout, beat, BEAT_SUFFIX)));
      listing.released.forEach(mark -> litter.add(markKey(layout, mark, RELEASED_SUFFIX)));
    }
    return litter;
  }

  private void attempt(String otherwise, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      LOGGER.log(
          taken ? WARNING : DEBUG, // why it could not be taken is told already
          "Lock on volume ''{0}'' " + otherwise + ": {1}",
          layout.directory(),
          e.getMessage());
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }
}
