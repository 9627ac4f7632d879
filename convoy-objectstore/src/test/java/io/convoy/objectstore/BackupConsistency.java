package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.BackupName;
import io.convoy.core.CorruptDataException;
import io.convoy.core.Progress;
import io.convoy.core.VerifyOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Walks a whole store and tells what should not be: backups that are listed and not whole, and what
 * lies there for nobody. It reads keys and files in its own way, not in that of the code it checks,
 * wherever that is short.
 */
public final class BackupConsistency {
  private static final String ROOT = "convoy-objectstore/";
  private static final Pattern VOLUME =
      Pattern.compile("convoy-objectstore/volumes/[^/]+/[^/]+/([^/!]+)!*/(.+)");
  private static final Pattern PROBE = Pattern.compile("convoy-objectstore/probes/[0-9a-f-]{36}");
  private static final Pattern HEADER = Pattern.compile("backups/backup_(.+)\\.cfg");
  private static final Pattern LOCK = Pattern.compile("locks/([0-9]+)\\.lock");
  private static final Pattern TOKEN = Pattern.compile("\"Token\":\"([^\"]+)\"");

  private BackupConsistency() {}

  /** Returns what is wrong with the backups that are listed: one line each. */
  public static List<String> broken(ObjectStore store) throws IOException {
    List<String> problems = new ArrayList<>();
    for (Volume volume : volumes(store)) {
      for (String backup : volume.backups()) {
        ObjectKey header = volume.layout.header(new BackupName(backup));
        try {
          StoredVolume stored = StoredVolume.read(store, volume.layout);
          BackupHeader read = read(store, volume.layout, new BackupName(backup));
          new Verification(
                  store, new StoredVolume.Located(stored, read), VerifyOptions.ALL, Progress.NONE)
              .run()
              .problems()
              .forEach(problem -> problems.add(header + ": " + problem));
        } catch (CorruptDataException e) {
          problems.add(header + ": " + e.getMessage());
        }
      }
    }
    return problems;
  }

  /** Returns the objects that no backup needs, and the locks that somebody holds. */
  public static List<String> leftovers(ObjectStore store) throws IOException {
    List<String> problems = new ArrayList<>();
    for (Volume volume : volumes(store)) {
      Set<String> needed = volume.needed(store);
      for (String rest : volume.objects) {
        if (!needed.contains(rest)) {
          problems.add(volume.layout.directory() + ": nobody needs " + rest);
        }
      }
    }
    return problems;
  }

  private static byte[] content(ObjectStore store, ObjectKey key) throws IOException {
    return store
        .get(key, 64 * 1024 * 1024)
        .orElseThrow(() -> new CorruptDataException(key + " is gone"));
  }

  private static BackupHeader read(ObjectStore store, BackupLayout layout, BackupName name)
      throws IOException {
    return BackupHeader.read(store, layout, name)
        .orElseThrow(() -> new CorruptDataException(layout.header(name) + " is gone"));
  }

  private static List<Volume> volumes(ObjectStore store) throws IOException {
    TreeMap<String, Volume> volumes = new TreeMap<>();
    store.list(
        ROOT,
        (key, size) -> {
          if (PROBE.matcher(key.value()).matches()) {
            return; // of a process that was killed; others delete it when it is old
          }
          Matcher matcher = VOLUME.matcher(key.value());
          if (!matcher.matches()) {
            throw new AssertionError("an object in no volume: " + key);
          }
          volumes
              .computeIfAbsent(
                  matcher.group(1), name -> new Volume(new BackupLayout(name), new ArrayList<>()))
              .objects
              .add(matcher.group(2));
        });
    return List.copyOf(volumes.values());
  }

  private record Volume(BackupLayout layout, List<String> objects) {
    List<String> backups() {
      return objects.stream()
          .map(HEADER::matcher)
          .filter(Matcher::matches)
          .map(matcher -> matcher.group(1))
          .toList();
    }

    Set<String> needed(ObjectStore store) throws IOException {
      Set<String> needed = new HashSet<>();
      needed.add("volume.cfg");
      for (String backup : backups()) {
        needed.add("backups/backup_" + backup + ".cfg");
        BackupName name = new BackupName(backup);
        BackupHeader header = read(store, layout, name);
        switch (header.kind()) {
          case OLD_SINGLE_FILE -> needed.add("BackupFiles/" + backup + ".bak");
          case OLD_BLOCKS, TREE, BLOCKS -> {
            if (header.kind().hasMap()) {
              needed.add("maps/" + backup + ".map");
            }
            try (BlockList map = BlockList.open(store, layout, header)) {
              for (Optional<BlockRef> block = map.next(); block.isPresent(); block = map.next()) {
                needed.add(blockPath(block.get().name()));
              }
            }
          }
        }
      }
      neededLocks(store, needed);
      return needed;
    }

    private static String blockPath(String name) {
      return "blocks/" + name.substring(0, 2) + "/" + name.substring(2, 4) + "/" + name + ".blk";
    }

    /** The last lock stays, with the mark that it was given up. */
    private void neededLocks(ObjectStore store, Set<String> needed) throws IOException {
      long newest =
          objects.stream()
              .map(LOCK::matcher)
              .filter(Matcher::matches)
              .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
              .max()
              .orElse(0);
      if (newest == 0) {
        return;
      }
      ObjectKey lock = new ObjectKey(layout.locksPrefix() + newest + ".lock");
      Matcher token = TOKEN.matcher(new String(content(store, lock), UTF_8));
      String released = token.find() ? "locks/" + token.group(1) + ".released" : "";
      if (objects.contains(released)) {
        needed.add("locks/" + newest + ".lock");
        needed.add(released);
      }
    }
  }
}
