package io.convoy.cli;

import io.convoy.core.ByteSize;
import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What Convoy is for, done once in a temporary folder: files, a snapshot, a backup, changes, a
 * second backup, restores, and a comparison of every file.
 */
final class Demo implements AutoCloseable {
  private static final long NEEDED_BYTES = 1L << 30;
  // A unix socket's path holds 107 bytes; this leaves room for the names below the folder.
  private static final int MAX_FOLDER_LENGTH = 80;
  private static final int DIFFERENCES_SHOWN = 10;
  private static final int DELETE_TRIES = 20;

  private final Session session;
  private final Story story;
  private final Path folder;
  private final String store;
  private final DaemonClient client;
  private final Thread cleanUpAtExit = new Thread(this::cleanUp, "convoy-demo-exit");
  private ConvoyDaemon daemon;
  private boolean cleanedUp;

  private Demo(Session session, Path folder) {
    this.session = session;
    this.story = new Story(session.out());
    this.folder = folder;
    this.store = "vfs://" + folder.resolve("backups");
    this.client = new DaemonClient(socket(), problem -> story.line("    " + problem));
  }

  static Demo open(Session session) throws IOException {
    Path parent = Path.of(session.environment().getOrDefault("TMPDIR", "/tmp")).toAbsolutePath();
    if (parent.toString().length() > MAX_FOLDER_LENGTH) {
      parent = Path.of("/tmp");
    }
    long usable = Files.getFileStore(parent).getUsableSpace();
    if (usable < NEEDED_BYTES) {
      throw new IOException(
          "The demo needs %s in %s, where %s are free; name a roomier folder in TMPDIR"
              .formatted(new ByteSize(NEEDED_BYTES), parent, new ByteSize(usable)));
    }
    Demo demo = new Demo(session, Files.createTempDirectory(parent, "convoy-demo-"));
    Runtime.getRuntime().addShutdownHook(demo.cleanUpAtExit);
    return demo;
  }

  private Path socket() {
    return folder.resolve("convoy.sock");
  }

  /**
   * Does it all and tells about it.
   *
   * @throws IOException also if a restored file is not what was backed up
   */
  void run() throws IOException, MisuseException {
    story.line("Convoy's main job, for real, in " + folder + " (removed at the end):\n");
    story.step(this::startDaemon);
    Path[] mounted = new Path[1];
    story.step(
        () -> {
          ask("POST", "/v1/volumes/create", new JsonText().with("Name", "shop"));
          mounted[0] = mount("shop");
          new DemoTree(mounted[0]).write();
          return "Created the volume 'shop' and wrote %s files into it".formatted(DemoTree.FILES);
        });
    TreeRecord monday = TreeRecord.of(mounted[0]);
    String mondayUrl = backUp("monday", monday.bytes());
    story.step(
        () -> {
          new DemoTree(mounted[0]).change();
          return "Changed %d of the files, added one, deleted one, renamed one"
              .formatted(DemoTree.CHANGED);
        });
    TreeRecord tuesday = TreeRecord.of(mounted[0]);
    String tuesdayUrl = backUp("tuesday", tuesday.bytes());
    story.step(
        () -> {
          ask("POST", "/v1/volumes/umount", new JsonText().with("VolumeName", "shop"));
          ask("DELETE", "/v1/volumes/", new JsonText().with("VolumeName", "shop"));
          return "Deleted the volume with its snapshots: only the backups are left";
        });
    restore("tuesday", tuesdayUrl, tuesday);
    restore("monday", mondayUrl, monday);
    story.line(
        "\nEvery file came back as it was, from either backup. That took %s in all."
            .formatted(story.total()));
  }

  private String startDaemon() throws IOException {
    DaemonConfig config =
        DaemonConfig.embedded(folder.resolve("state"), socket())
            .withDrivers(List.of("vfs"), Map.of("vfs.path", folder.resolve("volumes").toString()))
            .withLog(folder.resolve("convoy.log"));
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    // As an operator does: Convoy never makes a destination, which may be a share not mounted yet.
    Files.createDirectory(folder.resolve("backups"));
    synchronized (this) {
      daemon = ConvoyDaemon.start(config, nowhere);
    }
    return "Started a daemon of its own, without root and without Docker";
  }

  private String ask(String method, String path, JsonText body) throws IOException {
    return session.terminal().err()
        ? client.call(
            method,
            path,
            body.toString(),
            new ProgressLine(session.err(), true),
            new CompletableFuture<>())
        : client.call(method, path, body.toString());
  }

  private Path mount(String volume) throws IOException {
    return Path.of(
        ask("POST", "/v1/volumes/mount", new JsonText().with("VolumeName", volume)).strip());
  }

  private String backUp(String snapshot, long treeBytes) throws IOException, MisuseException {
    story.step(
        () -> {
          ask(
              "POST",
              "/v1/snapshots/create",
              new JsonText().with("Name", snapshot).with("VolumeName", "shop"));
          return "Took the snapshot '%s'".formatted(snapshot);
        });
    String[] url = new String[1];
    story.step(
        () -> {
          long before = size(folder.resolve("backups"));
          url[0] =
              ask(
                      "POST",
                      "/v1/backups/create",
                      new JsonText().with("URL", store).with("SnapshotName", snapshot))
                  .strip();
          long grown = size(folder.resolve("backups")) - before;
          return "Backed it up: %s of files took %s more in the store (%.1f %%)\n%s"
              .formatted(
                  new ByteSize(treeBytes), new ByteSize(grown), 100.0 * grown / treeBytes, url[0]);
        });
    return url[0];
  }

  private void restore(String snapshot, String url, TreeRecord expected)
      throws IOException, MisuseException {
    String volume = "shop-" + snapshot;
    story.step(
        () -> {
          ask(
              "POST",
              "/v1/volumes/create",
              new JsonText().with("Name", volume).with("BackupURL", url));
          return "Restored the backup of '%s' into the new volume '%s'".formatted(snapshot, volume);
        });
    story.step(
        () -> {
          List<String> differences = expected.differences(TreeRecord.of(mount(volume)));
          ask("POST", "/v1/volumes/umount", new JsonText().with("VolumeName", volume));
          if (!differences.isEmpty()) {
            differences.stream().limit(DIFFERENCES_SHOWN).forEach(story::line);
            throw new IOException(
                "%s entries of the restored volume '%s' differ from what was backed up; the first: %s"
                    .formatted(differences.size(), volume, differences.get(0)));
          }
          return "Compared %d entries, %s: content, owner, mode, time, links, attributes"
              .formatted(expected.entries().size(), new ByteSize(expected.bytes()));
        });
  }

  /** Returns the bytes of all files below a directory. */
  private static long size(Path directory) throws IOException {
    long[] bytes = new long[1];
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }

  @Override
  public void close() {
    cleanUp();
    try {
      Runtime.getRuntime().removeShutdownHook(cleanUpAtExit);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook has run or finds nothing left to do.
    }
  }

  /** Runs once, at the end or when the process is told to end, whichever comes first. */
  private synchronized void cleanUp() {
    if (cleanedUp) {
      return;
    }
    cleanedUp = true;
    try {
      if (daemon != null) {
        daemon.close();
      }
    } catch (IOException e) {
      session.say("The demo's daemon did not stop cleanly: " + e.getMessage());
    }
    // When the process is told to end, the main thread may still be writing a file.
    for (int tries = 1; ; tries++) {
      try {
        deleteFolder();
        return;
      } catch (IOException e) {
        if (tries == DELETE_TRIES) {
          session.say("The demo's folder %s is still there: %s".formatted(folder, e));
          return;
        }
      }
    }
  }

  private void deleteFolder() throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException problem)
              throws IOException {
            if (problem != null) {
              throw problem;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
