package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.AlreadyExistsException;
import io.convoy.core.BackupCare.GarbageReport;
import io.convoy.core.BackupName;
import io.convoy.core.BackupResult;
import io.convoy.core.CorruptDataException;
import io.convoy.core.InUseException;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.core.VolumeName;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.Environment;
import io.convoy.core.testing.TreeCompare;
import io.convoy.objectstore.testing.FailingObjectStore;
import io.convoy.objectstore.testing.FailingObjectStore.Mode;
import io.convoy.objectstore.testing.InMemoryObjectStore;
import io.convoy.objectstore.testing.InMemoryObjectStore.Loss;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backs up small trees, restores, deletes and collects them. */
@Timeout(300)
final class TreeBackupTest {
  private static final String THIEF = "11111111-2222-3333-4444-555555555555";
  private static final BackupLayout VOL1 = new BackupLayout("vol1");

  @TempDir private Path temp;
  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Trees.make(temp.resolve("tree"), 1, 40, 8_000);
  }

  private Path newTarget() throws IOException {
    return Files.createTempDirectory(temp, "target");
  }

  private void assertRestores(ObjectStore from, String volume, String backup, Path expected)
      throws IOException {
    Path target = newTarget();
    Trees.restore(from, Trees.url(volume, backup), target);
    assertThat(TreeCompare.differences(expected, target)).isEmpty();
  }

  private GarbageReport collect(ObjectStore from, boolean dryRun) throws IOException {
    return Trees.backups(from).collectGarbage(Trees.DESTINATION, dryRun, Progress.NONE);
  }

  private void assertClean(InMemoryObjectStore of) throws IOException {
    assertThat(BackupConsistency.broken(of)).isEmpty();
    assertThat(BackupConsistency.leftovers(of)).isEmpty();
  }

  private List<ObjectKey> keysIn(String prefix) {
    return store.keys().stream().filter(key -> key.value().startsWith(prefix)).toList();
  }

  @Test
  void restore_fromADirectory_isEqual() throws IOException {
    Environment.requireRoot();
    Files.setAttribute(tree.resolve("dir1/file1"), "unix:uid", 1234);
    Files.setAttribute(tree.resolve("dir1/file8"), "unix:mode", 0640);
    ObjectStore directory =
        new DirectoryObjectStore(
            Files.createDirectory(temp.resolve("store")), new ProcessCommandRunner());

    BackupResult made = Trees.create(directory, "vol1", "b1", tree);

    assertThat(made.newBytes()).isEqualTo(made.contentBytes()).isGreaterThan(40 * 8_000);
    assertRestores(directory, "vol1", "b1", tree);
    assertThat(Trees.listed(directory)).containsExactly("vol1 b1");
    assertThat(Trees.list(directory).get(0)).isEqualTo(made.backup());
    assertThat(Trees.backups(directory).inspect(made.backup().url())).isEqualTo(made.backup());
    assertThat(BackupConsistency.broken(directory)).isEmpty();
    assertThat(BackupConsistency.leftovers(directory)).isEmpty();
  }

  @Test
  void create_second_storesOnlyWhatChanged() throws IOException {
    Path big = Trees.make(temp.resolve("big"), 2, 100, 30_000);
    Path before = Files.createDirectory(temp.resolve("before"));
    BackupResult first = Trees.create(store, "vol1", "b1", big);
    Trees.restore(store, Trees.url("vol1", "b1"), before);
    Trees.change(big.resolve("dir3/file3"), 99);

    BackupResult second = Trees.create(store, "vol1", "b2", big);

    assertThat(second.newBytes()).isPositive().isLessThan(second.contentBytes() / 8);
    assertThat(second.storedBytes()).isLessThan(first.storedBytes() / 8);
    assertThat(second.reusedBlocks()).isGreaterThan(second.newBlocks());
    assertRestores(store, "vol1", "b1", before);
    assertRestores(store, "vol1", "b2", big);
    assertClean(store);
  }

  @Test
  void delete_oneOfTwo_takesOnlyWhatTheOtherDoesNotNeed() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    int alone = store.keys().size();
    Trees.change(tree.resolve("dir3/file3"), 99);
    Trees.create(store, "vol1", "b2", tree);

    Trees.backups(store).delete(Trees.url("vol1", "b1"));

    assertThat(Trees.listed(store)).containsExactly("vol1 b2");
    assertThat(store.keys()).hasSizeLessThanOrEqualTo(alone + 1);
    assertRestores(store, "vol1", "b2", tree);
    assertClean(store);
    assertThatThrownBy(() -> Trees.backups(store).delete(Trees.url("vol1", "b1")))
        .isInstanceOf(NotFoundException.class);

    Trees.backups(store).delete(Trees.url("vol1", "b2"));
    assertThat(store.keys())
        .allMatch(key -> key.value().contains("/locks/") || key.equals(VOL1.volumeConfig()))
        .hasSize(3);
    assertThat(Trees.listed(store)).isEmpty();
    assertClean(store);
  }

  @Test
  void delete_volumesWhoseNamesBeginAlike_leavesTheOthers() throws IOException {
    for (String volume : List.of("vol1", "vol10", "vol1-data", "vol1.old")) {
      Trees.create(store, volume, "backup1", tree);
    }

    Trees.backups(store).delete(Trees.url("vol1", "backup1"));

    assertThat(Trees.listed(store))
        .containsExactlyInAnyOrder("vol10 backup1", "vol1-data backup1", "vol1.old backup1");
    assertClean(store);
    assertRestores(store, "vol10", "backup1", tree);
  }

  @Test
  void create_eachOperationFailing_neverListsABrokenBackupAndCanBeTriedAgain() throws IOException {
    Trees.create(store, "vol1", "base", tree);
    Trees.change(tree.resolve("dir3/file3"), 99);
    for (Mode mode : Mode.values()) {
      for (int n = 0; ; n++) {
        String name = "new-" + mode + n;
        FailingObjectStore failing = new FailingObjectStore(store, n, mode);
        boolean succeeded = true;
        try {
          Trees.create(failing, "vol1", name, tree);
        } catch (IOException e) {
          assertThat(e).as("operation %s %s", n, mode).hasMessageContaining("injected");
          succeeded = false;
        }
        assertThat(BackupConsistency.broken(store)).as("operation %s %s", n, mode).isEmpty();
        assertThat(Trees.listed(store).contains("vol1 " + name))
            .as("operation %s %s", n, mode)
            .isEqualTo(succeeded);
        if (!succeeded) {
          Trees.create(store, "vol1", name, tree);
        }
        assertThat(Trees.listed(store)).containsExactly("vol1 base", "vol1 " + name);
        if (!failing.hasFailed()) {
          break;
        }
        Trees.backups(store).delete(Trees.url("vol1", name));
        collect(store, false);
        assertThat(Trees.listed(store)).containsExactly("vol1 base");
        assertClean(store);
      }
      assertRestores(store, "vol1", Trees.listed(store).get(1).substring(5), tree);
      for (String left : Trees.listed(store).subList(1, 2)) {
        Trees.backups(store).delete(Trees.url("vol1", left.substring(5)));
      }
    }
  }

  @Test
  void create_firstOfItsVolumeEachOperationFailing_canBeTriedAgain() throws IOException {
    for (Mode mode : Mode.values()) {
      for (int n = 0; ; n++) {
        InMemoryObjectStore empty = new InMemoryObjectStore();
        FailingObjectStore failing = new FailingObjectStore(empty, n, mode);
        try {
          Trees.create(failing, "vol1", "b1", tree);
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("injected");
          assertThat(Trees.listed(empty)).isEmpty();
          Trees.create(empty, "vol1", "b1", tree);
        }
        assertThat(Trees.listed(empty)).containsExactly("vol1 b1");
        collect(empty, false);
        assertClean(empty);
        if (!failing.hasFailed()) {
          break;
        }
      }
    }
  }

  @Test
  void restore_eachOperationFailing_neverReportsSuccess() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    for (Mode mode : Mode.values()) {
      for (int n = 0; ; n++) {
        FailingObjectStore failing = new FailingObjectStore(store, n, mode);
        Path target = newTarget();
        if (!failing.hasFailed()) {
          try {
            Trees.restore(failing, Trees.url("vol1", "b1"), target);
          } catch (IOException e) {
            assertThat(e)
                .isNotInstanceOf(CorruptDataException.class)
                .hasStackTraceContaining("injected");
            assertThat(failing.hasFailed()).isTrue();
            continue;
          }
        }
        assertThat(failing.hasFailed()).isFalse();
        assertThat(TreeCompare.differences(tree, target)).isEmpty();
        break;
      }
    }
  }

  @Test
  void verify_eachOperationFailing_isNoFinding() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    for (Mode mode : Mode.values()) {
      for (int n = 0; ; n++) {
        FailingObjectStore failing = new FailingObjectStore(store, n, mode);
        List<String> findings;
        try {
          findings = Trees.backups(failing).verify(Trees.url("vol1", "b1"), Progress.NONE);
        } catch (IOException e) {
          assertThat(e)
              .isNotInstanceOf(CorruptDataException.class)
              .hasMessageContaining("injected");
          continue;
        }
        assertThat(findings).isEmpty();
        assertThat(failing.hasFailed()).isFalse();
        break;
      }
    }
  }

  @Test
  void delete_eachOperationFailing_leavesTheOthersWholeAndCanBeCollected() throws IOException {
    Trees.create(store, "vol1", "base", tree);
    Trees.change(tree.resolve("dir3/file3"), 99);
    for (Mode mode : Mode.values()) {
      for (int n = 0; ; n++) {
        Trees.create(store, "vol1", "second", tree);
        FailingObjectStore failing = new FailingObjectStore(store, n, mode);
        boolean succeeded = true;
        try {
          Trees.backups(failing).delete(Trees.url("vol1", "second"));
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("injected");
          succeeded = false;
        }
        assertThat(BackupConsistency.broken(store)).isEmpty();
        if (succeeded) {
          assertThat(Trees.listed(store)).containsExactly("vol1 base");
        } else if (Trees.listed(store).size() > 1) {
          Trees.backups(store).delete(Trees.url("vol1", "second"));
        }
        collect(store, false);
        assertThat(Trees.listed(store)).containsExactly("vol1 base");
        assertClean(store);
        if (!failing.hasFailed()) {
          break;
        }
      }
    }
  }

  @Test
  void collectGarbage_eachOperationFailing_leavesEveryBackupWhole() throws IOException {
    Trees.create(store, "vol1", "base", tree);
    Trees.create(store, "vol2", "base", tree);
    for (Mode mode : Mode.values()) {
      for (int n = 0; ; n++) {
        for (int i = 0; i < 5; i++) {
          store.put(VOL1.block("%02x".formatted(i).repeat(32)), new byte[10]);
        }
        store.put(VOL1.map(new BackupName("gone")), new byte[10]);
        FailingObjectStore failing = new FailingObjectStore(store, n, mode);
        try {
          collect(failing, false);
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("injected");
        }
        assertThat(BackupConsistency.broken(store)).isEmpty();
        assertThat(Trees.listed(store)).containsExactly("vol1 base", "vol2 base");
        collect(store, false);
        assertClean(store);
        if (!failing.hasFailed()) {
          break;
        }
      }
    }
  }

  @Test
  void collectGarbage_endOfADeletionUnknown_leavesTheLockToExpire() throws IOException {
    Trees.create(store, "vol1", "base", tree);
    store.put(VOL1.map(new BackupName("gone")), new byte[10]);
    StoreLock.Timing quick = new StoreLock.Timing(Duration.ofSeconds(1), Duration.ofSeconds(20));
    ObjectStore silent =
        (ObjectStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ObjectStore.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("delete") && arguments.length == 2) {
                    throw new UncertainException(new IOException("no answer"));
                  }
                  return method.invoke(store, arguments);
                });

    assertThatThrownBy(
            () ->
                Trees.backups(silent, quick)
                    .collectGarbage(Trees.DESTINATION, false, Progress.NONE))
        .hasMessageContaining("no answer");

    assertThat(StoreLock.tryAcquire(store, VOL1, quick, "host1")).isEmpty();
    try (StoreLock next = StoreLock.acquire(store, VOL1, quick, "host1")) {
      next.confirm();
    }
  }

  @Test
  void collectGarbage_dryRun_tellsAndDeletesNothing() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    store.put(VOL1.block("ab".repeat(32)), new byte[10]);
    store.put(VOL1.map(new BackupName("gone")), new byte[7]);
    store.put(new ObjectKey(VOL1.blocksPrefix() + "somebody-else.txt"), new byte[7]);
    List<ObjectKey> before = keysIn(VOL1.blocksPrefix());

    GarbageReport report = collect(store, true);

    assertThat(report).isEqualTo(new GarbageReport(2, 17, List.of()));
    assertThat(keysIn(VOL1.blocksPrefix())).isEqualTo(before);
    assertThat(collect(store, false)).isEqualTo(report);
    assertThat(keysIn(VOL1.blocksPrefix())).hasSize(before.size() - 1);
    assertThat(collect(store, false)).isEqualTo(new GarbageReport(0, 0, List.of()));
  }

  @Test
  void collectGarbage_volumeThatSomebodyWritesTo_isSkippedAndSaidSo() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    StoreLock.Timing quick = new StoreLock.Timing(Duration.ofMillis(500), Duration.ofSeconds(20));
    try (StoreLock held = StoreLock.acquire(store, VOL1, quick, "host7")) {
      GarbageReport report =
          Trees.backups(store, quick).collectGarbage(Trees.DESTINATION, false, Progress.NONE);

      assertThat(report.skippedVolumes()).hasSize(1);
      assertThat(report.skippedVolumes().get(0)).contains("vol1").contains("host7");
      held.confirm();
    }
  }

  @Test
  void everything_listingThatFails_deletesNothing() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    Trees.change(tree.resolve("dir3/file3"), 99);
    Trees.create(store, "vol1", "b2", tree);
    for (Mode mode : Mode.values()) {
      for (String part : List.of("/backups/", "/blocks/", "/maps/", "/BackupFiles/")) {
        List<ObjectKey> before = store.keys();
        FailingObjectStore failing =
            new FailingObjectStore(
                store,
                mode,
                operation -> operation.name().equals("list") && operation.key().endsWith(part));

        assertThatThrownBy(() -> collect(failing, false)).hasMessageContaining("injected");

        assertThat(withoutLocks(store.keys())).isEqualTo(withoutLocks(before));
      }
    }
    List<ObjectKey> before = withoutLocks(store.keys());
    FailingObjectStore failing =
        new FailingObjectStore(store, Mode.AFTER, operation -> operation.name().equals("list"));

    Trees.backups(failing).delete(Trees.url("vol1", "b1"));

    List<ObjectKey> expected = new ArrayList<>(before);
    expected.remove(VOL1.header(new BackupName("b1")));
    assertThat(withoutLocks(store.keys())).isEqualTo(expected);
    assertThat(BackupConsistency.broken(store)).isEmpty();
  }

  private static List<ObjectKey> withoutLocks(List<ObjectKey> keys) {
    return keys.stream().filter(key -> !key.value().contains("/locks/")).toList();
  }

  @Test
  void collectGarbage_headerOrMapThatCantBeRead_deletesNothing() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    store.put(VOL1.block("ab".repeat(32)), new byte[10]);
    byte[] header = store.get(VOL1.header(new BackupName("b1")), 100_000).orElseThrow();
    byte[] map = store.get(VOL1.map(new BackupName("b1")), 100_000).orElseThrow();
    for (boolean hurtMap : List.of(true, false)) {
      ObjectKey key = hurtMap ? VOL1.map(new BackupName("b1")) : VOL1.header(new BackupName("b1"));
      byte[] whole = hurtMap ? map : header;
      for (byte[] hurt :
          List.of(
              new byte[0],
              Arrays.copyOf(whole, whole.length / 2),
              Arrays.copyOf(whole, whole.length - 1))) {
        store.put(key, hurt);
        List<ObjectKey> before = withoutLocks(store.keys());

        assertThat(collect(store, false).skippedVolumes())
            .singleElement()
            .asString()
            .contains("'vol1' is skipped", key.value());
        assertThat(withoutLocks(store.keys())).isEqualTo(before);
      }
      store.put(key, whole);
    }
    store.delete(List.of(VOL1.map(new BackupName("b1"))));
    List<ObjectKey> before = withoutLocks(store.keys());
    assertThat(collect(store, false).skippedVolumes())
        .singleElement()
        .asString()
        .contains("is missing");
    assertThat(withoutLocks(store.keys())).isEqualTo(before);
  }

  @Test
  void collectGarbage_oneVolumeCantBeRead_cleansTheOthers() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    Trees.create(store, "vol10", "b1", tree);
    store.put(VOL1.header(new BackupName("b1")), new byte[0]);
    ObjectKey garbage = new BackupLayout("vol10").block("ab".repeat(32));
    store.put(garbage, new byte[10]);

    assertThat(collect(store, false).skippedVolumes()).hasSize(1);

    assertThat(store.sizeBytes(garbage)).isEmpty();
  }

  @Test
  void fifteenHundredBackups_listAndDeleteRightly() throws IOException {
    Trees.create(store, "vol1", "b0000", tree);
    byte[] header = store.get(VOL1.header(new BackupName("b0000")), 100_000).orElseThrow();
    byte[] map = store.get(VOL1.map(new BackupName("b0000")), 100_000).orElseThrow();
    for (int i = 1; i < 1500; i++) {
      BackupName name = new BackupName("b%04d".formatted(i));
      store.put(VOL1.map(name), map);
      store.put(
          VOL1.header(name),
          new String(header, UTF_8).replace("b0000", name.value()).getBytes(UTF_8));
    }
    Trees.change(tree.resolve("dir3/file3"), 99);
    Trees.create(store, "vol1", "own", tree);
    assertThat(Trees.listed(store)).hasSize(1501);
    int all = store.keys().size();

    Trees.backups(store).delete(Trees.url("vol1", "own"));

    assertThat(Trees.listed(store)).hasSize(1500);
    assertThat(store.keys()).hasSizeLessThan(all - 2);
    int blocks = keysIn(VOL1.blocksPrefix()).size();
    for (int i = 0; i < 1499; i++) {
      store.delete(List.of(VOL1.header(new BackupName("b%04d".formatted(i)))));
    }
    collect(store, false);
    assertThat(Trees.listed(store)).containsExactly("vol1 b1499");
    assertThat(keysIn(VOL1.blocksPrefix())).hasSize(blocks);
    assertThat(keysIn(VOL1.mapsPrefix())).hasSize(1);
    assertClean(store);
  }

  @Test
  void create_anotherVolumeOfThatName_isKeptApart() throws IOException {
    UUID other = UUID.fromString("deadbeef-0000-4000-8000-000000000001");
    Path otherTree = Trees.make(temp.resolve("other"), 5, 10, 5_000);
    Trees.create(store, "vol1", "mine", tree);

    BackupResult theirs =
        Trees.create(store, Trees.request(Trees.volume("vol1", other), "theirs"), otherTree);
    Trees.create(store, Trees.request(Trees.volume("vol1", other), "theirs2"), otherTree);

    assertThat(theirs.reusedBlocks()).isZero();
    assertThat(theirs.backup().url().volumeName()).contains("vol1~deadbeef");
    assertThat(Trees.listed(store))
        .containsExactlyInAnyOrder("vol1 mine", "vol1~deadbeef theirs", "vol1~deadbeef theirs2");
    assertThat(
            Trees.backups(store)
                .list(Trees.DESTINATION, Optional.of(new VolumeName("vol1")), (k, p) -> {}))
        .hasSize(3)
        .allMatch(backup -> backup.volumeName().equals(new VolumeName("vol1")));
    assertRestores(store, "vol1~deadbeef", "theirs", otherTree);
    Trees.backups(store).delete(Trees.url("vol1", "mine"));
    assertThat(BackupConsistency.broken(store)).isEmpty();
    assertThat(Trees.listed(store)).hasSize(2);
    collect(store, false);
    assertClean(store);

    // A third one with the same first digits is told so.
    Trees.create(store, "vol1", "mine", tree);
    UUID third = UUID.fromString("deadbeef-0000-4000-8000-000000000002");
    assertThatThrownBy(
            () -> Trees.create(store, Trees.request(Trees.volume("vol1", third), "x3"), tree))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("vol1~deadbeef");
  }

  @Test
  void create_directoryOfV052_isAStrangers() throws IOException {
    String old =
        """
        {"Name":"vol1","Driver":"vfs","Size":0,"CreatedTime":"Mon Nov 23 22:49:12 +0000 2026","LastBackupName":""}\
        """;
    store.put(VOL1.volumeConfig(), old.getBytes(UTF_8));

    BackupResult made = Trees.create(store, "vol1", "b1", tree);

    assertThat(made.backup().url().volumeName().orElseThrow()).startsWith("vol1~");
    assertThat(store.get(VOL1.volumeConfig(), 1000)).contains(old.getBytes(UTF_8));
  }

  @Test
  void create_afterACrashThatLostBlocks_storesThemAnew() throws IOException {
    for (Loss loss : Loss.values()) {
      InMemoryObjectStore crashing = new InMemoryObjectStore();
      FailingObjectStore failing =
          new FailingObjectStore(
              crashing, Mode.BEFORE, operation -> operation.name().equals("sync"));
      assertThatThrownBy(() -> Trees.create(failing, "vol1", "b1", tree))
          .hasMessageContaining("injected");
      crashing.crash(loss);

      BackupResult again = Trees.create(crashing, "vol1", "b2", tree);

      assertThat(again.newBytes()).as("%s", loss).isEqualTo(again.contentBytes());
      assertThat(BackupConsistency.broken(crashing)).as("%s", loss).isEmpty();
      assertRestores(crashing, "vol1", "b2", tree);
    }
  }

  @Test
  void create_publishedBlockThatIsGoneOrEmpty_isStoredAnewAndMendsOldBackups() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    List<ObjectKey> blocks = keysIn(VOL1.blocksPrefix());
    store.delete(List.of(blocks.get(0)));
    store.put(blocks.get(1), new byte[0]);
    assertThat(BackupConsistency.broken(store)).hasSize(2);

    BackupResult again = Trees.create(store, "vol1", "b2", tree);

    assertThat(again.newBlocks()).isEqualTo(2);
    assertThat(BackupConsistency.broken(store)).isEmpty();
  }

  @Test
  void create_lastMapThatIsDamaged_trustsNoneOfIt() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    List<ObjectKey> blocks = keysIn(VOL1.blocksPrefix());
    store.put(VOL1.map(new BackupName("b1")), new byte[20]);
    store.put(blocks.get(0), new byte[30]);

    Trees.create(store, "vol1", "b2", tree);

    assertRestores(store, "vol1", "b2", tree);
  }

  @Test
  void create_cancelled_listsNothingAndTheNextUsesItsBlocks() throws IOException {
    Path big = Trees.make(temp.resolve("big"), 2, 100, 60_000);
    AtomicInteger checks = new AtomicInteger();
    Progress cancelled =
        new Progress() {
          @Override
          public void report(long doneBytes, long totalBytes) {}

          @Override
          public void checkCancelled() throws InterruptedIOException {
            if (checks.incrementAndGet() == 60) {
              throw new InterruptedIOException("cancelled");
            }
          }
        };

    assertThatThrownBy(
            () ->
                Trees.backups(store)
                    .create(
                        Trees.request(Trees.volume("vol1"), "b1"), Trees.content(big), cancelled))
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Trees.listed(store)).isEmpty();
    assertThat(keysIn(VOL1.blocksPrefix())).isNotEmpty();
    BackupResult next = Trees.create(store, "vol1", "b1", big);
    assertThat(next.reusedBlocks()).isGreaterThan(10);
    assertClean(store);
  }

  @Test
  void create_interrupted_endsAndListsNothing() throws IOException {
    ObjectStore directory =
        new DirectoryObjectStore(
            Files.createDirectory(temp.resolve("store")), new ProcessCommandRunner());
    AtomicInteger reports = new AtomicInteger();
    Thread self = Thread.currentThread();
    Path big = Trees.make(temp.resolve("big"), 2, 100, 60_000);

    assertThatThrownBy(
            () ->
                Trees.backups(directory)
                    .create(
                        Trees.request(Trees.volume("vol1"), "b1"),
                        Trees.content(big),
                        (done, total) -> {
                          if (reports.incrementAndGet() == 30) {
                            self.interrupt();
                          }
                        }))
        .isInstanceOf(IOException.class);
    assertThat(Thread.interrupted()).isTrue();

    assertThat(Trees.listed(directory)).isEmpty();
    BackupResult next = Trees.create(directory, "vol1", "b1", big);
    assertThat(next.reusedBlocks()).isPositive();
    assertThat(BackupConsistency.broken(directory)).isEmpty();
    assertThat(BackupConsistency.leftovers(directory)).isEmpty();
  }

  @Test
  void create_treeThatCantBeRead_listsNothing() throws IOException {
    assertThatThrownBy(() -> Trees.create(store, "vol1", "b1", temp.resolve("none")))
        .isInstanceOf(IOException.class);
    assertThat(Trees.listed(store)).isEmpty();
  }

  @Test
  void create_nameThatThereIs_isRefusedAndHurtsNothing() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    Path other = Trees.make(temp.resolve("other"), 5, 10, 5_000);

    assertThatThrownBy(() -> Trees.create(store, "vol1", "b1", other))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("b1");

    assertRestores(store, "vol1", "b1", tree);
    collect(store, false);
    assertClean(store);
  }

  @Test
  void create_fieldsOfVolumeCfgThatAreUnknown_areKept() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    ObjectNode config =
        Json.parse(VOL1.volumeConfig(), store.get(VOL1.volumeConfig(), 10_000).orElseThrow());
    config.putObject("Future").put("deep", 7);
    store.put(VOL1.volumeConfig(), Json.bytes(config));

    Trees.create(store, "vol1", "b2", tree);

    ObjectNode after =
        Json.parse(VOL1.volumeConfig(), store.get(VOL1.volumeConfig(), 10_000).orElseThrow());
    assertThat(after.path("Future").path("deep").asInt()).isEqualTo(7);
    assertThat(after.path("LastBackupName").asText()).isEqualTo("b2");
  }

  @Test
  void everything_newerFormat_isRefusedByName() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    for (ObjectKey key : List.of(VOL1.volumeConfig(), VOL1.header(new BackupName("b1")))) {
      byte[] old = store.get(key, 10_000).orElseThrow();
      store.put(
          key, new String(old, UTF_8).replace("\"Format\":1", "\"Format\":2").getBytes(UTF_8));

      assertThatThrownBy(() -> Trees.restore(store, Trees.url("vol1", "b1"), newTarget()))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("Format is 2")
          .hasMessageContaining("newer");
      store.put(key, old);
    }
    byte[] config = store.get(VOL1.volumeConfig(), 10_000).orElseThrow();
    store.put(
        VOL1.volumeConfig(),
        new String(config, UTF_8).replace("\"Format\":1", "\"Format\":2").getBytes(UTF_8));
    assertThatThrownBy(() -> Trees.create(store, "vol1", "b2", tree))
        .hasMessageContaining("Format is 2");
    List<String> problems = new ArrayList<>();
    assertThat(
            Trees.backups(store)
                .list(Trees.DESTINATION, Optional.empty(), (k, p) -> problems.add(p)))
        .isEmpty();
    assertThat(problems).hasSize(1);
  }

  @Test
  void create_lockTakenOverBeforePublishing_publishesNothing() throws IOException {
    assertWithdrawn((shared, operation) -> operation.name().equals("sync"));
    assertWithdrawn((shared, operation) -> operation.key().startsWith(VOL1.mapsPrefix()));
    assertWithdrawn((shared, operation) -> operation.key().startsWith(VOL1.pendingPrefix()));
  }

  /** Paused when it was about to publish, for as long as another one takes to sweep. */
  @Test
  void create_lockTakenOverWhilePublishing_isWholeWhoeverSweeps() throws IOException {
    InMemoryObjectStore shared = new InMemoryObjectStore();
    AtomicBoolean swept = new AtomicBoolean();
    ObjectStore pausing =
        new FailingObjectStore(
            shared,
            Mode.BEFORE,
            operation -> {
              if (operation.name().equals("create")
                  && operation.key().startsWith(VOL1.headersPrefix())) {
                steal(shared);
                shared.create(
                    new ObjectKey(VOL1.locksPrefix() + THIEF + ".released"), new byte[] {'{', '}'});
                swept.set(sweepPublishes(shared));
              }
              return false;
            });

    BackupResult made = Trees.create(pausing, "vol1", "b1", tree);

    assertThat(swept).isTrue();
    assertThat(Trees.list(shared)).containsExactly(made.backup());
    assertRestores(shared, "vol1", "b1", tree);
    collect(shared, false);
    assertClean(shared);
  }

  /** If the paused one never wakes up, this is what is left. */
  private boolean sweepPublishes(InMemoryObjectStore shared) {
    try {
      assertThat(Trees.listed(shared)).isEmpty();
      assertThat(collect(shared, true).objects()).isEqualTo(1); // what waits
      assertThat(Trees.listed(shared)).isEmpty();
      assertThat(collect(shared, false).skippedVolumes()).isEmpty();
      assertThat(Trees.listed(shared)).containsExactly("vol1 b1");
      assertClean(shared);
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void collect_whatWaitsAndLacksSomething_isGivenUp() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    byte[] header = store.get(VOL1.header(new BackupName("b1")), 10_000).orElseThrow();
    for (String lacking : List.of(VOL1.mapsPrefix(), VOL1.blocksPrefix())) {
      InMemoryObjectStore crashed = new InMemoryObjectStore();
      for (ObjectKey key : store.keys()) {
        crashed.put(key, store.get(key, 1 << 20).orElseThrow());
      }
      crashed.delete(List.of(VOL1.header(new BackupName("b1"))));
      crashed.put(VOL1.pending(new BackupName("b1")), header);
      crashed.delete(
          List.of(
              crashed.keys().stream()
                  .filter(key -> key.value().startsWith(lacking))
                  .findFirst()
                  .orElseThrow()));

      collect(crashed, false);

      assertThat(Trees.listed(crashed)).isEmpty();
      assertClean(crashed);
    }
  }

  @Test
  void delete_whileItsHeaderStillWaits_doesNotBringItBack() throws IOException {
    Trees.create(store, "vol1", "b1", tree);
    ObjectKey header = VOL1.header(new BackupName("b1"));
    store.put(VOL1.pending(new BackupName("b1")), store.get(header, 10_000).orElseThrow());

    Trees.backups(store).delete(Trees.url("vol1", "b1"));
    collect(store, false);

    assertThat(Trees.listed(store)).isEmpty();
    assertClean(store);
  }

  @Test
  void create_directoryWithoutBackups_isTakenOverByANewVolumeOfThatName() throws IOException {
    UUID other = UUID.fromString("deadbeef-0000-4000-8000-000000000001");
    Trees.create(store, "vol1", "b1", tree);
    Trees.create(store, Trees.request(Trees.volume("vol1", other), "theirs"), tree);
    Trees.backups(store).delete(Trees.url("vol1", "b1"));

    // Who has a directory stays there,
    BackupResult theirs =
        Trees.create(store, Trees.request(Trees.volume("vol1", other), "theirs2"), tree);
    // who has none takes the one that is nobody's,
    UUID third = UUID.fromString("00000003-0000-4000-8000-000000000003");
    BackupResult new1 = Trees.create(store, Trees.request(Trees.volume("vol1", third), "n1"), tree);
    // and the first one has none any more.
    BackupResult back = Trees.create(store, "vol1", "b2", tree);

    assertThat(theirs.backup().url().volumeName()).contains("vol1~deadbeef");
    assertThat(theirs.newBlocks()).isZero();
    assertThat(new1.backup().url().volumeName()).contains("vol1");
    assertThat(new1.backup().volumeUuid()).contains(third);
    assertThat(VolumeConfig.read(store, VOL1).orElseThrow().uuid()).contains(third);
    assertThat(back.backup().url().volumeName().orElseThrow()).startsWith("vol1~");
    assertClean(store);
  }

  /** Has another writer take over just before the first operation that {@code when} names. */
  private void assertWithdrawn(BiPredicate<InMemoryObjectStore, FailingObjectStore.Operation> when)
      throws IOException {
    InMemoryObjectStore shared = new InMemoryObjectStore();
    AtomicBoolean stolen = new AtomicBoolean();
    ObjectStore pausing =
        new FailingObjectStore(
            shared,
            Mode.BEFORE,
            operation -> {
              if (when.test(shared, operation) && stolen.compareAndSet(false, true)) {
                steal(shared);
              }
              return false;
            });

    assertThatThrownBy(() -> Trees.create(pausing, "vol1", "b1", tree))
        .isInstanceOf(InUseException.class)
        .hasMessageContaining("taken over");

    assertThat(stolen).isTrue();
    assertThat(Trees.listed(shared)).isEmpty();
    assertThat(shared.keys()).noneMatch(key -> key.value().startsWith(VOL1.headersPrefix()));
  }

  private static void steal(InMemoryObjectStore shared) {
    shared.create(
        new ObjectKey(VOL1.locksPrefix() + "2.lock"),
        "{\"Token\":\"%s\"}".formatted(THIEF).getBytes(UTF_8));
  }
}
