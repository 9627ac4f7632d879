package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.InUseException;
import io.convoy.objectstore.StoreLock.Timing;
import io.convoy.objectstore.testing.FailingObjectStore;
import io.convoy.objectstore.testing.FailingObjectStore.Mode;
import io.convoy.objectstore.testing.InMemoryObjectStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class StoreLockTest {
  private static final BackupLayout LAYOUT = new BackupLayout("vol1");
  private static final String LOCKS = LAYOUT.locksPrefix();

  /** A lease that a test can wait out, long enough for a busy machine. */
  private static final Timing QUICK = new Timing(Duration.ofSeconds(1), Duration.ofSeconds(20));

  private static final Timing IMPATIENT =
      new Timing(Duration.ofSeconds(60), Duration.ofMillis(100));

  private final InMemoryObjectStore store = new InMemoryObjectStore();

  private StoreLock acquire(ObjectStore through, Timing timing) throws IOException {
    return StoreLock.acquire(through, LAYOUT, timing, "host1");
  }

  private Optional<StoreLock> tryAcquire() throws IOException {
    return StoreLock.tryAcquire(store, LAYOUT, QUICK, "host2");
  }

  private List<String> locks() {
    return store.keys().stream()
        .map(ObjectKey::value)
        .filter(key -> key.startsWith(LOCKS))
        .map(key -> key.substring(LOCKS.length()))
        .toList();
  }

  private static ObjectKey key(String name) {
    return new ObjectKey(LOCKS + name);
  }

  private void leaveLock(long generation, String token, Instant since) {
    store.put(
        key(generation + ".lock"),
        """
        {"Token": "%s", "Host": "host9", "Pid": 77, "Since": "%s"}\
        """
            .formatted(token, since)
            .getBytes(UTF_8));
  }

  private void leaveLockOfThisHost(String host, long pid) throws IOException {
    store.put(
        key("1.lock"),
        """
        {"Token": "7b1f0c2e-0000-4000-8000-000000000001", "Host": "%s", "Boot": "%s", "Pid": %s}\
        """
            .formatted(
                host, Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(), pid)
            .getBytes(UTF_8));
  }

  private static long pidOfTheDead() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }

  @Test
  void acquire_earlierProcessOfThisHostThatEnded_isNotWaitedFor() throws Exception {
    // Its lease is far longer than this test may take.
    Timing slow = new Timing(Duration.ofSeconds(30), Duration.ofSeconds(40));
    leaveLockOfThisHost("host1", pidOfTheDead());
    long start = System.nanoTime();

    try (StoreLock lock = acquire(store, slow)) {
      lock.confirm();
      lock.assertFresh();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void acquire_earlierProcessWithThisOnesNumber_isNotWaitedFor() throws Exception {
    Timing slow = new Timing(Duration.ofSeconds(30), Duration.ofSeconds(40));
    leaveLockOfThisHost("host1", ProcessHandle.current().pid());
    long start = System.nanoTime();

    acquire(store, slow).close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void acquire_processOfThisHostThatLives_keepsTheLock() throws Exception {
    leaveLockOfThisHost("host1", 1);

    assertThatThrownBy(() -> acquire(store, IMPATIENT)).isInstanceOf(InUseException.class);
  }

  @Test
  void acquire_deadProcessOfAnotherHost_keepsTheLock() throws Exception {
    leaveLockOfThisHost("host2", pidOfTheDead());

    assertThatThrownBy(() -> acquire(store, IMPATIENT)).isInstanceOf(InUseException.class);
  }

  /** A store that stops answering one process, as a pause of that process does. */
  private static FailingObjectStore unreachableOnce(ObjectStore store, AtomicBoolean gone) {
    return new FailingObjectStore(store, Mode.BEFORE, operation -> gone.get());
  }

  @Test
  void acquire_free_isTakenAndConfirmed() throws IOException {
    try (StoreLock lock = acquire(store, QUICK)) {
      lock.confirm();
      lock.assertFresh();

      assertThat(tryAcquire()).isEmpty();
    }
    assertThat(BackupConsistency.leftovers(store)).isEmpty();
  }

  @Test
  void acquire_givenUp_isNotAskedWhetherItBeats() throws IOException {
    acquire(store, QUICK).close();
    FailingObjectStore asked =
        new FailingObjectStore(
            store,
            Mode.BEFORE,
            operation -> operation.name().equals("get") && operation.key().endsWith(".beat"));

    acquire(asked, QUICK).close();

    assertThat(asked.hasFailed()).isFalse();
  }

  @Test
  void close_givesItUpAtOnce() throws IOException {
    for (int i = 0; i < 5; i++) {
      Optional<StoreLock> lock = tryAcquire();
      assertThat(lock).isPresent();
      lock.get().confirm();
      lock.get().close();
    }
    assertThat(locks()).hasSize(2).contains("5.lock");
  }

  @Test
  void acquire_manyAtOnce_oneAtATimeHoldsIt() throws Exception {
    int contenders = 12;
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(contenders);
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < contenders; i++) {
      tasks.add(
          () -> {
            start.await();
            try (StoreLock lock =
                StoreLock.acquire(
                    store,
                    LAYOUT,
                    new Timing(Duration.ofSeconds(5), Duration.ofSeconds(50)),
                    "host")) {
              most.accumulateAndGet(holders.incrementAndGet(), Math::max);
              lock.confirm();
              Thread.sleep(5);
              lock.assertFresh();
              lock.confirm();
              holders.decrementAndGet();
            }
            return null;
          });
    }
    runAll(tasks);
    assertThat(most).hasValue(1);
    assertThat(locks()).hasSize(2);
  }

  private static void runAll(List<Callable<Void>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void acquire_livingHolder_isWaitedForAndNamed() throws Exception {
    try (StoreLock held = acquire(store, QUICK)) {
      assertThatThrownBy(() -> acquire(store, IMPATIENT))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("vol1")
          .hasMessageContaining("host1")
          .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));

      // Three leases long, it stays the holder's who beats.
      assertThatThrownBy(
              () -> acquire(store, new Timing(QUICK.lease(), QUICK.lease().multipliedBy(3))))
          .isInstanceOf(InUseException.class);
      held.confirm();
      held.assertFresh();
    }
  }

  @Test
  void acquire_holderThatCloses_isFollowedWithoutWaitingForTheLease() throws Exception {
    Timing slow = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(30));
    StoreLock held = acquire(store, slow);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<StoreLock> next = thread.submit(() -> acquire(store, slow));
      Thread.sleep(100);
      long start = System.nanoTime();
      held.close();
      next.get().close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void acquire_holderWhoseBeatsStop_isTakenOverAndNotices() throws Exception {
    AtomicBoolean paused = new AtomicBoolean();
    FailingObjectStore lostTouch = unreachableOnce(store, paused);
    StoreLock first = acquire(lostTouch, QUICK);
    paused.set(true);

    try (StoreLock second = acquire(store, QUICK)) {
      assertThatThrownBy(first::assertFresh)
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("could not be renewed");
      paused.set(false);
      assertThatThrownBy(first::confirm)
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("taken over");
      assertThatThrownBy(first::assertFresh).isInstanceOf(InUseException.class);

      first.close();

      second.confirm();
      second.assertFresh();
      assertThat(tryAcquire()).isEmpty();
    }
    assertThat(BackupConsistency.leftovers(store)).isEmpty();
    assertThat(locks()).hasSize(2);
  }

  @Test
  void acquire_someBeatsThatFail_keepTheLock() throws Exception {
    AtomicInteger beats = new AtomicInteger();
    FailingObjectStore flaky =
        new FailingObjectStore(
            store,
            Mode.BEFORE,
            operation ->
                operation.name().equals("put")
                    && operation.key().endsWith(".beat")
                    && beats.getAndIncrement() % 2 == 0); // from the first one on
    try (StoreLock lock = acquire(flaky, QUICK)) {
      Thread.sleep(QUICK.lease().multipliedBy(2).toMillis());

      assertThat(flaky.hasFailed()).isTrue();
      assertThat(tryAcquire()).isEmpty();
      lock.confirm();
      lock.assertFresh();
    }
  }

  @Test
  void confirm_storeThatFails_isNoLostLock() throws Exception {
    AtomicBoolean gone = new AtomicBoolean();
    try (StoreLock lock = acquire(unreachableOnce(store, gone), IMPATIENT)) {
      gone.set(true);
      assertThatThrownBy(lock::confirm)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(InUseException.class)
          .hasMessageContaining("injected");
      gone.set(false);

      lock.confirm();
      lock.assertFresh();
    }
  }

  @Test
  void acquire_clocksThatDiffer_meanNothing() throws Exception {
    for (Duration off : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
      InMemoryObjectStore other = new InMemoryObjectStore();
      try (StoreLock held = acquire(other, QUICK)) {
        ObjectKey lock = key("1.lock");
        String content = new String(other.get(lock, 1000).orElseThrow(), UTF_8);
        other.put(
            lock,
            content
                .replaceAll("\"Since\":\"[^\"]*\"", "\"Since\":\"" + Instant.now().plus(off) + "\"")
                .getBytes(UTF_8));

        assertThatThrownBy(
                () -> acquire(other, new Timing(QUICK.lease(), QUICK.lease().multipliedBy(2))))
            .isInstanceOf(InUseException.class);
        held.confirm();
      }
    }
  }

  @Test
  void acquire_deadHolderFromTheFuture_expiresByTheContendersClock() throws Exception {
    leaveLock(7, "11111111-2222-3333-4444-555555555555", Instant.now().plusSeconds(3600));
    store.put(key("11111111-2222-3333-4444-555555555555.beat"), "9".getBytes(UTF_8));

    long start = System.nanoTime();
    try (StoreLock lock = acquire(store, QUICK)) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(QUICK.lease());
      assertThat(locks()).contains("8.lock");
      lock.confirm();
    }
    assertThat(locks()).hasSize(2).noneMatch(name -> name.endsWith(".beat"));
  }

  @Test
  void acquire_lockThatCantBeRead_expires() throws Exception {
    for (String content : List.of("", "{\"Tok", "[]", "{\"Token\": 5}", "x".repeat(100_000))) {
      InMemoryObjectStore other = new InMemoryObjectStore();
      other.put(key("3.lock"), content.getBytes(UTF_8));

      try (StoreLock lock =
          StoreLock.acquire(
              other, LAYOUT, new Timing(Duration.ofMillis(60), Duration.ofSeconds(20)), "host1")) {
        lock.confirm();
      }
    }
  }

  @Test
  void acquire_foreignNamesAmongTheLocks_areIgnored() throws Exception {
    for (String name : List.of("0.lock", "007.lock", "x.lock", "lock", "9.lock.old", "a/5.lock")) {
      store.put(key(name), new byte[0]);
    }
    try (StoreLock lock = acquire(store, IMPATIENT)) {
      lock.confirm();
    }
    assertThat(store.sizeBytes(key("007.lock"))).isPresent();
  }

  /**
   * A contender finds a holder dead and is paused; others take over, finish and go on. Were numbers
   * used again, it would win one now, beside somebody who has another.
   */
  @Test
  void acquire_contenderThatWasPausedSinceItLooked_winsNothingOld() throws Exception {
    leaveLock(5, "11111111-2222-3333-4444-555555555555", Instant.now());
    AtomicBoolean meanwhile = new AtomicBoolean();
    List<StoreLock> others = new ArrayList<>();
    Timing timing = new Timing(Duration.ofMillis(300), Duration.ofMillis(900));
    ObjectStore paused =
        new FailingObjectStore(
            store,
            Mode.BEFORE,
            operation -> {
              if (operation.name().equals("create")
                  && operation.key().equals(LOCKS + "6.lock")
                  && meanwhile.compareAndSet(false, true)) {
                // What happens between this contender's look and its step.
                try {
                  acquire(store, timing).close(); // 6, which tidies up 5
                  others.add(acquire(store, timing)); // 7 is held now
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              }
              return false;
            });

    assertThatThrownBy(() -> acquire(paused, timing)).isInstanceOf(InUseException.class);

    StoreLock holder = others.get(0);
    holder.confirm();
    holder.assertFresh();
    holder.close();
    assertThat(locks()).hasSize(2).contains("7.lock");
  }

  /** The same with a contender that saw no lock at all. */
  @Test
  void tryAcquire_contenderThatWasPausedSinceItLooked_winsNothingOld() throws Exception {
    AtomicBoolean meanwhile = new AtomicBoolean();
    List<StoreLock> others = new ArrayList<>();
    ObjectStore paused =
        new FailingObjectStore(
            store,
            Mode.BEFORE,
            operation -> {
              if (operation.name().equals("create") && meanwhile.compareAndSet(false, true)) {
                try {
                  acquire(store, IMPATIENT).close();
                  acquire(store, IMPATIENT).close();
                  others.add(acquire(store, IMPATIENT));
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              }
              return false;
            });

    assertThat(StoreLock.tryAcquire(paused, LAYOUT, QUICK, "late")).isEmpty();

    others.get(0).confirm();
    others.get(0).close();
    assertThat(locks()).hasSize(2).contains("3.lock");
  }

  /** A contender that sleeps between two looks, not the holder, must not count that time. */
  @Test
  void acquire_contenderThatWasPausedWhileLooking_doesNotStealFromALivingHolder() throws Exception {
    try (StoreLock held = acquire(store, QUICK)) {
      AtomicInteger looks = new AtomicInteger();
      ObjectStore slow =
          new FailingObjectStore(
              store,
              Mode.BEFORE,
              operation -> {
                if (operation.name().equals("get")
                    && operation.key().endsWith(".beat")
                    && looks.incrementAndGet() == 2) {
                  sleep(QUICK.lease().multipliedBy(2));
                }
                return false;
              });
      assertThatThrownBy(
              () -> acquire(slow, new Timing(QUICK.lease(), QUICK.lease().multipliedBy(3))))
          .isInstanceOf(InUseException.class);
      held.confirm();
      held.assertFresh();
    }
  }

  /**
   * A beat that was under way when the lock was taken over makes its holder trust it no longer than
   * the new one waits.
   */
  @Test
  void acquire_holderThatWakesUp_neverTrustsItsLockBesideTheNewOne() throws Exception {
    AtomicBoolean pause = new AtomicBoolean();
    AtomicInteger inBeat = new AtomicInteger();
    ObjectStore halting =
        new FailingObjectStore(
            store,
            Mode.BEFORE,
            operation -> {
              if (pause.get() && operation.name().equals("put") && inBeat.getAndIncrement() == 0) {
                sleep(QUICK.lease().multipliedBy(2)); // between its look and its beat
              }
              return false;
            });
    StoreLock first = acquire(halting, QUICK);
    awaitBeat();
    pause.set(true);
    try (StoreLock second = acquire(store, QUICK)) {
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(first::assertFresh).isInstanceOf(InUseException.class);
        Thread.sleep(10);
      }
      second.confirm();
    }
    first.close();
  }

  /** Returns when a holder has beaten for the first time. */
  private void awaitBeat() throws InterruptedException {
    while (locks().stream().noneMatch(name -> name.endsWith(".beat"))) {
      Thread.sleep(1);
    }
  }

  @Test
  void acquire_storeThatTakesLongerThanTheLockIsTrusted_isTrustedAllTheSame() throws Exception {
    for (String slow : List.of("create", "list")) {
      AtomicInteger steps = new AtomicInteger();
      ObjectStore hesitating =
          new FailingObjectStore(
              store,
              Mode.BEFORE,
              operation -> {
                // The list is asked for before the lock is made, and to confirm it.
                if (operation.name().equals(slow)
                    && steps.getAndIncrement() == (slow.equals("list") ? 1 : 0)) {
                  sleep(QUICK.lease().multipliedBy(3).dividedBy(4));
                }
                return false;
              });

      try (StoreLock lock = acquire(hesitating, QUICK)) {
        lock.assertFresh();
      }
    }
  }

  private static void sleep(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void acquire_createWhoseAnswerIsLost_isGivenUpAtOnce() throws Exception {
    FailingObjectStore failing =
        new FailingObjectStore(
            store,
            Mode.AFTER,
            operation -> operation.name().equals("create") && operation.key().endsWith(".lock"));

    assertThatThrownBy(() -> acquire(failing, IMPATIENT)).hasMessageContaining("injected");

    Optional<StoreLock> next = tryAcquire();
    assertThat(next).isPresent();
    next.get().close();
    assertThat(BackupConsistency.leftovers(store)).isEmpty();
  }

  @Test
  void acquireAndClose_eachOperationFailing_leaveALockThatCanBeHad() throws Exception {
    Timing timing = new Timing(Duration.ofMillis(120), Duration.ofSeconds(20));
    for (Mode mode : Mode.values()) {
      for (int n = 0; ; n++) {
        FailingObjectStore failing = new FailingObjectStore(store, n, mode);
        try (StoreLock lock = acquire(failing, timing)) {
          lock.confirm();
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("injected");
        }
        acquire(store, timing).close();
        assertThat(BackupConsistency.leftovers(store)).isEmpty();
        if (!failing.hasFailed()) {
          break;
        }
      }
    }
  }

  @Test
  void acquire_interrupted_endsAndLeavesTheFlag() throws Exception {
    try (StoreLock held = acquire(store, QUICK)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> acquire(store, QUICK)).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      held.confirm();
    }
  }

  @Test
  void close_interrupted_givesItUpAndLeavesTheFlag() throws Exception {
    StoreLock held = acquire(store, IMPATIENT);
    Thread.currentThread().interrupt();
    held.close();
    assertThat(Thread.interrupted()).isTrue();
    Optional<StoreLock> next = tryAcquire();
    assertThat(next).isPresent();
    assertThatCode(() -> next.get().confirm()).doesNotThrowAnyException();
    next.get().close();
  }
}
