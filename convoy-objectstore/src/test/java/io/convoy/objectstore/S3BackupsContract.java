package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.NotFoundException;
import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.TreeCompare;
import io.convoy.objectstore.FaultyProxy.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backs trees up to a real S3 server, through one that spoils what it is told to. */
@Timeout(120)
abstract class S3BackupsContract {
  @TempDir private Path temp;
  private final S3Stores stores = new S3Stores();
  private FaultyProxy proxy;
  private BackupDestination destination;
  private ObjectStoreBackups backups;
  private Path tree;

  abstract S3TestServer server();

  @BeforeEach
  final void open() throws IOException {
    proxy = new FaultyProxy(server().port());
    destination = S3TestServer.destination(S3TestServer.newPath(), proxy.port());
    backups = backups(StoreLock.Timing.DEFAULT);
    tree = Trees.make(temp.resolve("tree"), 1, 40, 20_000);
  }

  private ObjectStoreBackups backups(StoreLock.Timing timing) {
    return new ObjectStoreBackups(
        stores,
        new ProcessCommandRunner(),
        BackupOptions.DEFAULT,
        timing,
        "host1",
        Clock.systemUTC());
  }

  @AfterEach
  final void close() throws IOException {
    backups.close();
    proxy.close();
  }

  private BackupResult create(String volume, String backup) throws IOException {
    BackupRequest request = Trees.request(Trees.volume(volume), backup);
    return backups.create(
        new BackupRequest(
            request.name(), request.volume(), request.driver(), request.snapshot(), destination),
        Trees.content(tree),
        Progress.NONE);
  }

  private List<String> listed() throws IOException {
    List<String> problems = new ArrayList<>();
    List<Backup> list =
        backups.list(destination, Optional.empty(), (key, problem) -> problems.add(problem));
    assertThat(problems).isEmpty();
    return list.stream().map(backup -> backup.url().backupName().orElseThrow().value()).toList();
  }

  private void assertRestores(BackupUrl url, Path expected) throws IOException {
    Path target = Files.createTempDirectory(temp, "target");
    backups.restore(url, new FileTreeTarget(target), Progress.NONE);
    assertThat(TreeCompare.differences(expected, target)).isEmpty();
  }

  private void assertWhole() throws IOException {
    proxy.play(request -> Fault.NONE);
    try (ObjectStore store = stores.open(destination)) {
      assertThat(BackupConsistency.broken(store)).isEmpty();
    }
  }

  @Test
  final void lifeOfBackups_inABucket_isThatInADirectory() throws IOException {
    BackupUrl first = create("vol1", "b1").backup().url();
    Path before = Files.createTempDirectory(temp, "before");
    backups.restore(first, new FileTreeTarget(before), Progress.NONE);
    Trees.change(tree.resolve("dir3/file3"), 99);
    BackupResult second = create("vol1", "b2");
    BackupUrl other = create("vol10", "b3").backup().url();

    assertThat(first.toString())
        .startsWith("s3://backups@us-east-1/run-")
        .endsWith("/?backup=b1&volume=vol1");
    assertThat(second.newBytes()).isLessThan(second.contentBytes());
    assertThat(listed()).containsExactlyInAnyOrder("b1", "b2", "b3");
    assertRestores(first, before);
    assertRestores(second.backup().url(), tree);
    assertThat(backups.verify(first, Progress.NONE)).isEmpty();
    assertThat(backups.inspect(first).url()).isEqualTo(first);

    backups.delete(first);
    backups.delete(second.backup().url());
    assertThat(listed()).containsExactly("b3");
    assertRestores(other, tree);
    assertThat(backups.collectGarbage(destination, false, Progress.NONE).objects()).isZero();
    assertThatThrownBy(() -> backups.inspect(first)).isInstanceOf(NotFoundException.class);
    assertWhole();
  }

  @Test
  final void create_everyTenthRequestFailing_makesAWholeBackup() throws IOException {
    AtomicInteger count = new AtomicInteger();
    List<Fault> faults =
        List.of(
            Fault.error(500, "InternalError"),
            Fault.reset(),
            Fault.answerLost(),
            Fault.cutAfter(10),
            Fault.error(503, "SlowDown"));
    proxy.play(
        request -> {
          int number = count.incrementAndGet();
          return number % 10 == 0 ? faults.get(number / 10 % faults.size()) : Fault.NONE;
        });

    BackupUrl url = create("vol1", "b1").backup().url();
    assertRestores(url, tree);
    backups.delete(url);
    assertThat(listed()).isEmpty();
    assertThat(count.get()).isGreaterThan(30);
    assertWhole();
  }

  @Test
  final void create_serverThatFailsForGood_listsNothing() throws IOException {
    // Locks are left behind.
    backups = backups(new StoreLock.Timing(Duration.ofSeconds(4), Duration.ofSeconds(60)));
    create("vol1", "b1");
    Trees.change(tree.resolve("dir3/file3"), 99);
    int requests = requestsOfABackup();
    for (int from = 1; from < requests; from += Math.max(1, requests / 8)) {
      Trees.change(tree.resolve("dir3/file3"), from);
      int failing = from;
      proxy.play(
          request ->
              request.number() >= failing && !request.is("PUT", ".beat")
                  ? Fault.error(403, "AccessDenied")
                  : Fault.NONE);
      String name = "failing" + from;
      assertThatThrownBy(() -> create("vol1", name))
          .as("request %s", from)
          .isInstanceOf(IOException.class);
      assertWhole();
      assertThat(listed()).contains("b1");
    }
  }

  private int requestsOfABackup() throws IOException {
    proxy.play(request -> Fault.NONE);
    create("vol1", "counted");
    return proxy.requests().stream()
        .filter(request -> request.is("PUT", "backup_counted.cfg"))
        .mapToInt(FaultyProxy.Request::number)
        .findFirst()
        .orElseThrow();
  }

  @Test
  final void restore_wrongBytes_failsAndNamesTheBlock() throws IOException {
    BackupUrl url = create("vol1", "b1").backup().url();
    proxy.play(
        request ->
            request.is("GET", ".blk")
                ? Fault.spoil(
                    body -> {
                      body[body.length / 2] ^= 1;
                      return body;
                    })
                : Fault.NONE);

    Path target = Files.createTempDirectory(temp, "target");
    assertThatThrownBy(() -> backups.restore(url, new FileTreeTarget(target), Progress.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Block");
    proxy.play(request -> Fault.NONE);
    assertRestores(url, tree);
  }

  @Test
  final void delete_listingFails_deletesNoBlock() throws IOException {
    BackupUrl first = create("vol1", "b1").backup().url();
    Trees.change(tree.resolve("dir3/file3"), 99);
    BackupUrl second = create("vol1", "b2").backup().url();
    proxy.play(
        request ->
            request.is("GET", "list-type=2") && request.is("GET", "backups%2F")
                ? Fault.error(403, "AccessDenied")
                : Fault.NONE);

    assertThatThrownBy(() -> backups.collectGarbage(destination, false, Progress.NONE))
        .isInstanceOf(IOException.class);
    assertThat(proxy.requests()).noneMatch(request -> request.is("DELETE", ".blk"));
    proxy.play(request -> Fault.NONE);
    assertThat(backups.verify(first, Progress.NONE)).isEmpty();
    assertRestores(second, tree);
    assertWhole();
  }
}
