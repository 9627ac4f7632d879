package io.convoy.objectstore;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupName;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupRequest;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.Progress;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A process that backs up, deletes, collects and restores at a destination until a file tells it to
 * stop. It prints what it did; what other writers cause is no error, a mistake of the program's is.
 */
final class WriterProcess {
  private static final List<String> VOLUMES = List.of("vol1", "vol10");
  private static final int MAX_LISTED = 12;

  private final BackupDestination destination;
  private final Path work;
  private final Random random;
  private final ObjectStoreBackups backups;
  private final RecurringTree tree;
  private final Map<String, Integer> done = new TreeMap<>();

  private WriterProcess(Path destination, Path work, long seed, Duration lease) throws IOException {
    this.destination = BackupDestination.parse("vfs://" + destination);
    this.work = work;
    this.random = new Random(seed);
    this.backups = backups(lease, "writer" + seed);
    this.tree = new RecurringTree(work.resolve("tree"));
  }

  /** Returns backups in directories, with another lease than people's. */
  static ObjectStoreBackups backups(Duration lease, String hostId) {
    ProcessCommandRunner commands = new ProcessCommandRunner();
    return new ObjectStoreBackups(
        new DirectoryStores(commands),
        commands,
        BackupOptions.DEFAULT,
        new StoreLock.Timing(lease, lease.multipliedBy(5)),
        hostId,
        Clock.systemUTC());
  }

  /** Arguments: destination, directory to work in, file that says stop, seed, lease in ms. */
  public static void main(String[] args) throws IOException {
    Path stop = Path.of(args[2]);
    WriterProcess writer =
        new WriterProcess(
            Path.of(args[0]),
            Path.of(args[1]),
            Long.parseLong(args[3]),
            Duration.ofMillis(Long.parseLong(args[4])));
    while (!Files.exists(stop)) {
      writer.step();
    }
    System.out.println(writer.done);
  }

  private void step() {
    int choice = random.nextInt(10);
    if (choice < 5) {
      attempt("create", this::create);
    } else if (choice < 8) {
      attempt("delete", this::delete);
    } else if (choice < 9) {
      attempt("gc", () -> backups.collectGarbage(destination, false, Progress.NONE));
    } else {
      attempt("restore", this::restore);
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private void attempt(String name, Action action) {
    try {
      action.run();
      done.merge(name, 1, Integer::sum);
    } catch (IOException e) {
      done.merge(name + " " + e.getClass().getSimpleName(), 1, Integer::sum);
      System.out.println(name + ": " + e);
    }
  }

  private void create() throws IOException {
    tree.change(random);
    String volume = VOLUMES.get(random.nextInt(VOLUMES.size()));
    backups.create(
        new BackupRequest(
            BackupName.random(),
            Trees.volume(volume),
            "vfs",
            Trees.request(Trees.volume(volume), "snap").snapshot(),
            destination),
        Trees.content(tree.directory()),
        Progress.NONE);
  }

  private Optional<Backup> any(boolean evenIfFew) throws IOException {
    List<Backup> listed = backups.list(destination, Optional.empty(), (key, problem) -> {});
    return listed.isEmpty() || (!evenIfFew && listed.size() < MAX_LISTED / 4)
        ? Optional.empty()
        : Optional.of(listed.get(random.nextInt(listed.size())));
  }

  private void delete() throws IOException {
    do {
      Optional<Backup> backup = any(random.nextInt(10) == 0);
      if (backup.isEmpty()) {
        return;
      }
      backups.delete(backup.get().url());
    } while (backups.list(destination, Optional.empty(), (k, p) -> {}).size() > MAX_LISTED);
  }

  private void restore() throws IOException {
    Optional<Backup> backup = any(true);
    if (backup.isPresent()) {
      Path target = Files.createTempDirectory(work, "restored");
      backups.restore(backup.get().url(), new FileTreeTarget(target), Progress.NONE);
      RecurringTree.check(target);
    }
  }
}
