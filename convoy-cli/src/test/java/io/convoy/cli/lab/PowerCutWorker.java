package io.convoy.cli.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.WRITE;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupList;
import io.convoy.core.BackupUrl;
import io.convoy.core.Convoy;
import io.convoy.core.ConvoyConfig;
import io.convoy.core.DeleteMode;
import io.convoy.core.MountRequest;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import io.convoy.core.VolumeState;
import io.convoy.core.VolumeStatus;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Works with Convoy in a lab whose power will be cut, and looks first whether all that stands in
 * the ledger of earlier lives is so.
 *
 * <p>Its arguments: the seed, and how many operations to do at most.
 */
final class PowerCutWorker {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Path STATE = Path.of("/run/state");
  private static final String DATA = "/dev/ubda";
  private static final String METADATA = "/dev/ubdb";
  private static final String STATE_DISK = "/dev/ubdc";
  private static final String TEXT_FILE = "text";
  private static final String NOTHING = "nothing";
  private static final VolumeName LOOK = new VolumeName("look");
  private static final int MOST_VOLUMES = 6;
  private static final int MOST_BACKUPS = 4;

  private final CommandRunner commands = new ProcessCommandRunner();
  private final PowerCutLedger ledger;
  private final BackupDestination store =
      BackupDestination.parse("vfs://" + STATE.resolve("backups"));
  private final Random random;
  private final Convoy convoy;

  private PowerCutWorker(PowerCutLedger ledger, Random random, Convoy convoy) {
    this.ledger = ledger;
    this.random = random;
    this.convoy = convoy;
  }

  public static void main(String[] args) throws IOException {
    CommandRunner commands = new ProcessCommandRunner();
    Files.createDirectories(STATE);
    commands.run(List.of("mount", STATE_DISK, STATE.toString()), LIMIT);
    Files.createDirectories(STATE.resolve("backups"));
    if (hasPool()) {
      commands.run(List.of("thin_check", METADATA), LIMIT);
    }
    PowerCutLedger ledger =
        new PowerCutLedger(Path.of(System.getenv("LAB_JOB"), PowerCutIT.LEDGER));
    ConvoyConfig config =
        ConvoyConfig.of(STATE.resolve("root"), "devicemapper")
            .withDriverOptions(
                Map.of(
                    "dm.datadev", DATA,
                    "dm.metadatadev", METADATA,
                    "dm.defaultvolumesize", "16M"));
    try (Convoy convoy = Convoy.open(config)) {
      PowerCutWorker worker =
          new PowerCutWorker(ledger, new Random(Long.parseLong(args[0])), convoy);
      worker.check();
      ledger.note(PowerCutIT.VERIFIED);
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        worker.operate();
      }
    }
    commands.run(List.of("umount", STATE.toString()), LIMIT);
  }

  /** An empty disk has none yet. */
  private static boolean hasPool() throws IOException {
    byte[] block = new byte[4096];
    try (var in = Files.newInputStream(Path.of(METADATA))) {
      int length = in.readNBytes(block, 0, block.length);
      return length == block.length && !Arrays.equals(block, new byte[block.length]);
    }
  }

  private static void expect(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }

  private void check() throws IOException {
    expect(convoy.info().problems().isEmpty(), "problems: " + convoy.info().problems());
    String unknown = convoy.info().drivers().get("devicemapper").get("UnknownThinDevices");
    expect(unknown == null, "thin devices that no record names: " + unknown);
    checkVolumes();
    checkBackups();
  }

  private void checkVolumes() throws IOException {
    Map<String, VolumeStatus> found = new TreeMap<>();
    for (VolumeStatus status : convoy.list()) {
      expect(
          status.state() == VolumeState.READY && status.problem().isEmpty(),
          "half made: " + status);
      found.put(status.volume().name().value(), status);
    }
    VolumeStatus looked = found.remove(LOOK.value());
    if (looked != null) {
      // The last life ended while it looked into a backup.
      convoy.unmountForAll(LOOK);
      convoy.delete(LOOK, DeleteMode.DATA);
    }
    for (var entry : Map.copyOf(ledger.volumes()).entrySet()) {
      String name = entry.getKey();
      VolumeStatus status = found.remove(name);
      PowerCutLedger.Volume expected = entry.getValue();
      if (status == null) {
        expect(!expected.certain, name + " is gone");
        ledger.note("deleted", name);
        continue;
      }
      convoy.unmountForAll(status.volume().name());
      String text = read(status.volume().name());
      expect(
          expected.texts.contains(text),
          "%s holds '%s', expected one of %s".formatted(name, text, expected.texts));
      if (!expected.certain) {
        // Whether it was to be made or to be deleted is not known; it is whole, and now it goes.
        convoy.delete(status.volume().name(), DeleteMode.DATA);
        ledger.note("deleted", name);
        continue;
      }
      ledger.note("wrote", name, text);
      checkSnapshots(status, expected);
    }
    expect(found.isEmpty(), "volumes that nobody asked for: " + found.keySet());
  }

  private void checkSnapshots(VolumeStatus status, PowerCutLedger.Volume expected)
      throws IOException {
    Map<String, Snapshot> there = new TreeMap<>();
    status.volume().snapshots().forEach(each -> there.put(each.name().value(), each));
    for (var entry : expected.snapshots.entrySet()) {
      Snapshot snapshot = there.remove(entry.getKey());
      expect(
          snapshot != null, "snapshot %s of %s is gone".formatted(entry.getKey(), status.volume()));
      String text = read(snapshot);
      expect(
          text.equals(entry.getValue()),
          "snapshot %s holds '%s', expected '%s'"
              .formatted(entry.getKey(), text, entry.getValue()));
    }
    expect(
        expected.uncertainSnapshots.containsAll(there.keySet()),
        "snapshots that nobody asked for: " + there.keySet());
  }

  /** Restores every backup that is listed. */
  private void checkBackups() throws IOException {
    BackupList list = convoy.listBackups(store, Optional.empty());
    expect(list.problems().isEmpty(), "backups in trouble: " + list.problems());
    Map<String, String> missing = new TreeMap<>(ledger.backups());
    for (Backup backup : list.backups()) {
      String url = backup.url().toString();
      convoy.create(VolumeSpec.of(LOOK).withSource(backup.url()), Optional.empty(), Progress.NONE);
      String text = read(LOOK);
      convoy.delete(LOOK, DeleteMode.DATA);
      String expected = missing.remove(url);
      expect(
          text.equals(expected) || (expected == null && ledger.uncertainBackups().contains(text)),
          "%s holds '%s', expected %s".formatted(url, text, expected));
      if (expected == null) {
        ledger.note("backed-up", url, text);
      }
    }
    expect(missing.isEmpty(), "backups that are gone: " + missing);
  }

  private String read(VolumeName name) throws IOException {
    Path file = convoy.mount(name, MountRequest.command(Optional.empty())).resolve(TEXT_FILE);
    try {
      return Files.exists(file) ? Files.readString(file) : NOTHING;
    } finally {
      convoy.unmount(name, MountRequest.COMMAND);
    }
  }

  /** Reads a snapshot through a device that Convoy knows nothing of. */
  private String read(Snapshot snapshot) throws IOException {
    String table =
        "0 %s thin /dev/mapper/convoy-pool %s"
            .formatted(snapshot.sizeBytes().orElseThrow() / 512, snapshot.details().get("DevID"));
    commands.run(List.of("dmsetup", "create", "view", "--readonly", "--table", table), LIMIT);
    try {
      // A clean journal is all that it can read past: a snapshot of an unmounted volume has one.
      String text =
          commands.run(List.of("debugfs", "-R", "cat /" + TEXT_FILE, "/dev/mapper/view"), LIMIT);
      return text.isEmpty() ? NOTHING : text;
    } finally {
      commands.run(List.of("dmsetup", "remove", "--retry", "view"), LIMIT);
    }
  }

  private void operate() throws IOException {
    List<String> names = List.copyOf(ledger.volumes().keySet());
    int what = random.nextInt(14);
    if (names.isEmpty() || (what < 3 && names.size() < MOST_VOLUMES)) {
      create();
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    PowerCutLedger.Volume volume = ledger.volumes().get(name);
    List<String> snapshots = List.copyOf(volume.snapshots.keySet());
    if (what < 6) {
      write(name);
    } else if (what < 8 || snapshots.isEmpty()) {
      String snapshot = "snap" + random.nextInt(1_000_000);
      ledger.note("snapshotting", name, snapshot);
      convoy.createSnapshot(new VolumeName(name), Optional.of(new SnapshotName(snapshot)));
      ledger.note("snapshotted", name, snapshot, volume.text());
    } else if (what < 11) {
      backUp(snapshots.get(random.nextInt(snapshots.size())), volume);
    } else if (what < 12) {
      ledger.note("dropping", name, snapshots.get(0));
      convoy.deleteSnapshot(new SnapshotName(snapshots.get(0)));
      ledger.note("dropped", name, snapshots.get(0));
    } else {
      ledger.note("deleting", name);
      convoy.delete(new VolumeName(name), DeleteMode.DATA);
      ledger.note("deleted", name);
    }
  }

  /** Creates an empty volume, or one from a backup. */
  private void create() throws IOException {
    String name = "vol" + random.nextInt(1_000_000);
    VolumeSpec spec = VolumeSpec.of(new VolumeName(name));
    List<String> urls = new ArrayList<>(ledger.backups().keySet());
    String text = NOTHING;
    if (!urls.isEmpty() && random.nextBoolean()) {
      String url = urls.get(random.nextInt(urls.size()));
      text = ledger.backups().get(url);
      spec = spec.withSource(BackupUrl.parse(url));
    }
    ledger.note("creating", name, text);
    convoy.create(spec, Optional.empty(), Progress.NONE);
    ledger.note("created", name);
  }

  private void write(String name) throws IOException {
    String text = "text-" + random.nextInt(1_000_000);
    VolumeName volume = new VolumeName(name);
    ledger.note("writing", name, text);
    Path place = convoy.mount(volume, MountRequest.command(Optional.empty()));
    Path temporary = place.resolve("temporary");
    Files.writeString(temporary, text, UTF_8, CREATE, WRITE, SYNC);
    Files.move(
        temporary,
        place.resolve(TEXT_FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    convoy.unmount(volume, MountRequest.COMMAND);
    ledger.note("wrote", name, text);
  }

  private void backUp(String snapshot, PowerCutLedger.Volume volume) throws IOException {
    List<String> urls = List.copyOf(ledger.backups().keySet());
    if (urls.size() >= MOST_BACKUPS) {
      String url = urls.get(random.nextInt(urls.size()));
      ledger.note("deleting-backup", url);
      convoy.deleteBackup(BackupUrl.parse(url));
      ledger.note("deleted-backup", url);
    }
    String text = volume.snapshots.get(snapshot);
    ledger.note("backing-up", text);
    BackupUrl url =
        convoy.createBackup(new SnapshotName(snapshot), store, Progress.NONE).backup().url();
    ledger.note("backed-up", url.toString(), text);
  }
}
