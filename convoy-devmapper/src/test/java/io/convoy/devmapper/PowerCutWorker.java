package io.convoy.devmapper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.WRITE;

import io.convoy.core.DeleteMode;
import io.convoy.core.DriverContext;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotContent;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Works with the driver in a lab whose power will be cut, and keeps a ledger, outside, of what was
 * reported as done. Looks first whether all that stands in the ledger of earlier lives is so.
 *
 * <p>Its arguments: the seed, and how many operations to do at most.
 */
final class PowerCutWorker {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Path STATE = Path.of("/run/state");
  private static final String DATA = "/dev/ubda";
  private static final String METADATA = "/dev/ubdb";
  private static final String STATE_DISK = "/dev/ubdc";
  private static final int MOST_VOLUMES = 6;

  private final CommandRunner commands = new ProcessCommandRunner();
  private final Path ledger = Path.of(System.getenv("LAB_JOB"), "ledger");
  private final Random random;

  private PowerCutWorker(long seed) {
    this.random = new Random(seed);
  }

  public static void main(String[] args) throws IOException {
    new PowerCutWorker(Long.parseLong(args[0])).work(Integer.parseInt(args[1]));
  }

  /** What the ledger says of a volume. */
  private static final class Known {
    private String uuid = "";
    private boolean certain;
    private final List<String> texts = new ArrayList<>();
    private final Map<String, String> snapshots = new TreeMap<>();
    private final List<String> uncertainSnapshots = new ArrayList<>();
  }

  private void note(String line) throws IOException {
    Files.writeString(ledger, line + "\n", UTF_8, CREATE, WRITE, APPEND, SYNC);
  }

  private void work(int operations) throws IOException {
    Files.createDirectories(STATE);
    commands.run(List.of("mount", STATE_DISK, STATE.toString()), LIMIT);
    Path root = Files.createDirectories(STATE.resolve("devicemapper"));
    boolean first = !Files.exists(root.resolve("devicemapper.cfg"));
    if (!first && MetadataSuperblock.of(Path.of(METADATA)).isPresent()) {
      commands.run(List.of("thin_check", METADATA), LIMIT);
    }
    try (VolumeDriver driver =
        new DevmapperDriverFactory()
            .open(
                new DriverContext(root, "lab", commands),
                Map.of(
                    ThinPoolConfig.DATA_DEVICE, DATA,
                    ThinPoolConfig.METADATA_DEVICE, METADATA,
                    ThinPoolConfig.DEFAULT_VOLUME_SIZE, "16M"))) {
      Map<String, Known> known = readLedger();
      check(driver, known);
      note("verified");
      for (int i = 0; i < operations; i++) {
        operate(driver, known);
      }
    }
    commands.run(List.of("umount", STATE.toString()), LIMIT);
  }

  private Map<String, Known> readLedger() throws IOException {
    Map<String, Known> known = new TreeMap<>();
    if (!Files.exists(ledger)) {
      return known;
    }
    for (String line : Files.readAllLines(ledger)) {
      String[] words = line.split(" ", -1);
      Known volume = words.length > 1 ? known.computeIfAbsent(words[1], n -> new Known()) : null;
      switch (words[0]) {
        case "creating", "deleting" -> volume.certain = false;
        case "created" -> {
          volume.certain = true;
          volume.uuid = words[2];
          volume.texts.clear();
          volume.texts.add("");
          volume.snapshots.clear();
          volume.uncertainSnapshots.clear();
        }
        case "deleted" -> known.remove(words[1]);
        case "writing" -> volume.texts.add(words[2]);
        case "wrote" -> volume.texts.removeIf(text -> !text.equals(words[2]));
        case "snapshotting", "dropping" -> {
          volume.snapshots.remove(words[2]);
          volume.uncertainSnapshots.add(words[2]);
        }
        case "snapshotted" -> {
          volume.uncertainSnapshots.remove(words[2]);
          volume.snapshots.put(words[2], words[3]);
        }
        case "dropped" -> volume.uncertainSnapshots.remove(words[2]);
        default -> {
          // "verified"
        }
      }
    }
    return known;
  }

  private void check(VolumeDriver driver, Map<String, Known> known) throws IOException {
    List<Volume> volumes =
        driver.list(
            (name, problem) -> {
              throw new AssertionError(name + ": " + problem);
            });
    Map<String, Volume> found = new TreeMap<>();
    volumes.forEach(volume -> found.put(volume.name().value(), volume));
    for (Map.Entry<String, Known> entry : known.entrySet()) {
      Volume volume = found.remove(entry.getKey());
      Known expected = entry.getValue();
      if (volume == null) {
        expect(!expected.certain, entry.getKey() + " is gone");
      } else if (expected.certain) {
        expect(
            volume.uuid().toString().equals(expected.uuid), entry.getKey() + " is another volume");
        String text = read(driver, volume.name());
        expect(
            expected.texts.contains(text),
            entry.getKey() + " holds '" + text + "', expected one of " + expected.texts);
        checkSnapshots(driver, volume, expected);
      }
    }
    expect(found.isEmpty(), "volumes that nobody asked for: " + found.keySet());
    known.values().removeIf(volume -> !volume.certain);
    for (Volume volume : volumes) {
      if (!known.containsKey(volume.name().value())) {
        // Whether it was to be made or to be deleted is not known; now it goes.
        driver.delete(volume.name(), DeleteMode.DATA);
        note("deleted " + volume.name());
      }
    }
    String unknown = driver.info().get("UnknownThinDevices");
    expect(unknown == null, "thin devices that no record names: " + unknown);
  }

  private static void checkSnapshots(VolumeDriver driver, Volume volume, Known expected)
      throws IOException {
    Map<String, Snapshot> there = new TreeMap<>();
    volume.snapshots().forEach(snapshot -> there.put(snapshot.name().value(), snapshot));
    for (String name : expected.snapshots.keySet()) {
      expect(there.remove(name) != null, "snapshot " + name + " of " + volume.name() + " is gone");
      try (SnapshotContent content =
          driver.snapshots().orElseThrow().open(volume.name(), new SnapshotName(name))) {
        String text = LabHarness.textIn(content, Path.of("/run/tmp/image"));
        expect(
            text.equals(expected.snapshots.get(name)),
            "snapshot %s holds '%s', expected '%s'"
                .formatted(name, text, expected.snapshots.get(name)));
      }
    }
    there.keySet().removeAll(expected.uncertainSnapshots);
    expect(there.isEmpty(), "snapshots that nobody asked for: " + there.keySet());
  }

  private static void expect(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }

  private static String read(VolumeDriver driver, VolumeName name) throws IOException {
    Path file = driver.mount(name, Optional.empty()).resolve(LabHarness.TEXT_FILE);
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } finally {
      driver.unmount(name);
    }
  }

  private void operate(VolumeDriver driver, Map<String, Known> known) throws IOException {
    List<String> names = List.copyOf(known.keySet());
    int what = random.nextInt(10);
    if (names.isEmpty() || (what < 3 && names.size() < MOST_VOLUMES)) {
      String name = "vol" + random.nextInt(1_000_000);
      UUID uuid = UUID.randomUUID();
      note("creating " + name);
      driver.create(VolumeSpec.of(new VolumeName(name)), uuid, Optional.empty());
      note("created " + name + " " + uuid);
      Known volume = new Known();
      volume.texts.add("");
      known.put(name, volume);
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    Known volume = known.get(name);
    if (what < 6) {
      write(driver, name, volume);
    } else if (what < 8) {
      String snapshot = "snap" + random.nextInt(1_000_000);
      note("snapshotting " + name + " " + snapshot);
      driver
          .snapshots()
          .orElseThrow()
          .create(new VolumeName(name), new SnapshotName(snapshot), UUID.randomUUID());
      String text = volume.texts.get(volume.texts.size() - 1);
      volume.snapshots.put(snapshot, text);
      note("snapshotted " + name + " " + snapshot + " " + text);
    } else if (what < 9 && !volume.snapshots.isEmpty()) {
      String snapshot = volume.snapshots.keySet().iterator().next();
      note("dropping " + name + " " + snapshot);
      driver.snapshots().orElseThrow().delete(new VolumeName(name), new SnapshotName(snapshot));
      volume.snapshots.remove(snapshot);
      note("dropped " + name + " " + snapshot);
    } else {
      note("deleting " + name);
      driver.delete(new VolumeName(name), DeleteMode.DATA);
      known.remove(name);
      note("deleted " + name);
    }
  }

  private void write(VolumeDriver driver, String name, Known volume) throws IOException {
    String text = "text-" + random.nextInt(1_000_000);
    VolumeName volumeName = new VolumeName(name);
    note("writing " + name + " " + text);
    Path place = driver.mount(volumeName, Optional.empty());
    Path file = place.resolve(LabHarness.TEXT_FILE);
    Path temporary = place.resolve("temporary");
    Files.writeString(temporary, text, UTF_8, CREATE, WRITE, SYNC);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    driver.unmount(volumeName);
    volume.texts.clear();
    volume.texts.add(text);
    note("wrote " + name + " " + text);
  }
}
