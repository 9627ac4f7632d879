package io.convoy.cli.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.cli.faults.DaemonCall.Answer;
import io.convoy.cli.faults.FaultReport.Wrong;
import io.convoy.cli.faults.Model.Backup;
import io.convoy.cli.faults.Model.Store;
import io.convoy.cli.faults.Model.Volume;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fault suite notices what must never happen: here it does happen, behind its back. */
final class PlantedDamageIT {
  private static final Answer DONE = new Answer(200, "{\"Err\":\"\"}");

  @TempDir static Path directory;
  private static DaemonProcess daemon;
  private static int tests;

  private final FaultReport report = new FaultReport();
  private final FaultWindows windows = new FaultWindows();
  private LyingCall call;
  private Path storeDirectory;
  private Client client;
  private StoreCheck stores;
  private VolumeCheck volumes;

  @BeforeAll
  static void startDaemon() throws Exception {
    daemon = DaemonProcess.onVfs(directory);
    daemon.start();
  }

  @AfterAll
  static void stopDaemon() throws Exception {
    daemon.close();
  }

  /** One machine, on which nothing goes wrong. */
  private record QuietSite(Path storeDirectory) implements Site {
    @Override
    public DaemonProcess daemon() {
      return daemon;
    }

    @Override
    public List<Store> stores() {
      return List.of(new Store("vfs://" + storeDirectory, ""));
    }

    @Override
    public int largestFile() {
      return 64 << 10;
    }

    @Override
    public List<Fault> faults() {
      return List.of();
    }

    @Override
    public List<Path> storeDirectories() {
      return List.of(storeDirectory);
    }

    @Override
    public void close() {
      // The daemon serves the next test.
    }
  }

  /** Makes a volume with files, a snapshot and a backup, all of which has been seen. */
  @BeforeEach
  void prepare() throws Exception {
    int number = tests++;
    storeDirectory = Files.createDirectory(directory.resolve("store" + number));
    call = new LyingCall(daemon.socket(), Duration.ofMinutes(1));
    Site site = new QuietSite(storeDirectory);
    Asking asking = new Asking(call, windows, report);
    client = new Client(number, 1, site, asking, windows, report);
    stores = new StoreCheck(site, List.of(client), asking, report);
    volumes = new VolumeCheck(List.of(client), report);
    client.create();
    for (int i = 0; i < 3; i++) {
      client.write(volume());
    }
    client.snapshot(volume());
    client.backUp(snapshot());
    check();
    assertThat(report.details()).isEmpty();
  }

  @AfterEach
  void deleteAll() throws Exception {
    List<String> names = new ArrayList<>();
    call.call("GET", "/v1/volumes/list", DaemonCall.object())
        .json()
        .fieldNames()
        .forEachRemaining(names::add);
    for (String name : names) {
      behindItsBack("DELETE", "/v1/volumes/", object("VolumeName", name).put("Force", true));
    }
  }

  private Volume volume() {
    return client.model().volumes.values().iterator().next();
  }

  private String snapshot() {
    return volume().snapshots.keySet().iterator().next();
  }

  private Backup backup() {
    return client.model().backups.values().iterator().next();
  }

  private static ObjectNode object(String key, String value) {
    return DaemonCall.object().put(key, value);
  }

  /** What the suite does after each round. */
  private void check() throws Exception {
    client.check();
    volumes.check();
    stores.check();
  }

  private void behindItsBack(String method, String path, ObjectNode body) throws IOException {
    Answer answer = new DaemonCall(daemon.socket(), Duration.ofMinutes(1)).call(method, path, body);
    assertThat(answer.isDone()).as(answer.body()).isTrue();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("vfs").resolve(volume().name))) {
      return all.filter(file -> file.getFileName().toString().startsWith("file")).toList();
    }
  }

  private static void flipBit(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private void assertNoticed(Wrong kind) {
    assertThat(report.count(kind)).as("%s in %s", kind, report.details()).isEqualTo(1);
    assertThat(report.details()).hasSize(1);
    assertThat(report.isClean()).isFalse();
  }

  @Test
  void check_nothingPlanted_isClean() throws Exception {
    check();
    stores.restoreAll();
    client.delete(volume());
    stores.empty();
    volumes.check();

    assertThat(report.details()).isEmpty();
    assertThat(report.isClean()).isTrue();
  }

  @Test
  void check_bitOfAFileFlipped_isDataLost() throws Exception {
    flipBit(files().get(0));

    check();

    assertNoticed(Wrong.DATA_LOST);
  }

  @Test
  void check_fileGone_isDataLost() throws Exception {
    Files.delete(files().get(0));

    check();

    assertNoticed(Wrong.DATA_LOST);
  }

  @Test
  void check_olderFileIsBack_isDataLost() throws Exception {
    Path file = files().get(0);
    byte[] older = Files.readAllBytes(file);
    for (int i = 0; i < 20; i++) {
      client.write(volume());
    }
    assertThat(Files.readAllBytes(file)).isNotEqualTo(older);
    Files.write(file, older);

    check();

    assertNoticed(Wrong.DATA_LOST);
  }

  @Test
  void check_volumeGone_isDataLost() throws Exception {
    behindItsBack("DELETE", "/v1/volumes/", object("VolumeName", volume().name).put("Force", true));

    check();

    assertNoticed(Wrong.DATA_LOST);
  }

  @Test
  void check_snapshotGone_isDataLost() throws Exception {
    behindItsBack("DELETE", "/v1/snapshots/", object("SnapshotName", snapshot()));

    check();

    assertNoticed(Wrong.DATA_LOST);
  }

  @Test
  void check_backupGone_isDataLost() throws Exception {
    behindItsBack("DELETE", "/v1/backups", object("URL", backup().url));

    check();

    assertNoticed(Wrong.DATA_LOST);
  }

  @Test
  void restoreAll_blocksDamaged_isDataLost() throws Exception {
    List<Path> blocks = new ArrayList<>();
    try (Stream<Path> all = Files.walk(storeDirectory)) {
      all.filter(file -> file.toString().endsWith(".blk")).forEach(blocks::add);
    }
    assertThat(blocks).isNotEmpty();
    for (Path block : blocks) {
      flipBit(block);
    }

    stores.restoreAll();

    assertThat(report.count(Wrong.DATA_LOST)).isEqualTo(1);
    // That the call failed is wrong, too.
    assertThat(report.count(Wrong.REFUSED)).isEqualTo(1);
    assertThat(report.details()).hasSize(2);
  }

  @Test
  void restoreAll_answeredWithAnEmptyVolume_isWrongSuccess() throws Exception {
    call.lieTo(
        "POST /v1/volumes/create",
        body -> call.call("POST", "/v1/volumes/create", body.retain("Name")));

    stores.restoreAll();

    assertNoticed(Wrong.WRONG_SUCCESS);
  }

  @Test
  void create_answeredAndNotDone_isWrongSuccess() throws Exception {
    call.lieTo("POST /VolumeDriver.Create", body -> DONE);
    client.create();

    check();

    assertNoticed(Wrong.WRONG_SUCCESS);
  }

  @Test
  void snapshot_answeredAndNotDone_isDataLost() throws Exception {
    call.lieTo("POST /v1/snapshots/create", body -> DONE);
    client.snapshot(volume());

    check();

    assertNoticed(Wrong.DATA_LOST);
  }

  @Test
  void backup_answeredAndGoneAtOnce_isWrongSuccess() throws Exception {
    behindItsBack("DELETE", "/v1/backups", object("URL", backup().url));
    client.model().backups.clear();
    client.backUp(snapshot());
    behindItsBack("DELETE", "/v1/backups", object("URL", backup().url));

    check();

    assertNoticed(Wrong.WRONG_SUCCESS);
  }

  @Test
  void deletionOfVolume_answeredAndNotDone_isUnasked() throws Exception {
    call.lieTo("DELETE /v1/volumes/", body -> DONE);
    client.delete(volume());

    check();

    assertNoticed(Wrong.UNASKED);
  }

  @Test
  void deletionOfSnapshot_answeredAndNotDone_isUnasked() throws Exception {
    call.lieTo("DELETE /v1/snapshots/", body -> DONE);
    client.dropSnapshot(volume(), snapshot());

    check();

    assertNoticed(Wrong.UNASKED);
  }

  @Test
  void deletionOfBackup_answeredAndNotDone_isWrongSuccess() throws Exception {
    call.lieTo("DELETE /v1/backups", body -> DONE);
    client.dropBackup(backup());

    check();

    assertNoticed(Wrong.WRONG_SUCCESS);
  }

  @Test
  void empty_blockIsLeft_isUnasked() throws Exception {
    Path block;
    try (Stream<Path> all = Files.walk(storeDirectory)) {
      block = all.filter(file -> file.toString().endsWith(".blk")).findFirst().orElseThrow();
    }
    Files.copy(block, storeDirectory.resolve("left.blk"));

    stores.empty();

    assertNoticed(Wrong.UNASKED);
  }

  /** A daemon that is killed then leaves this, and whoever cleans up publishes the backup. */
  @Test
  void empty_backupIsAllButPublished_isClean() throws Exception {
    String name = "backup_%s.cfg".formatted(backup().url.replaceAll(".*backup=([^&]*).*", "$1"));
    Path header;
    try (Stream<Path> all = Files.walk(storeDirectory)) {
      header = all.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
    Path pending = Files.createDirectories(header.resolveSibling("../pending").normalize());
    Files.move(header, pending.resolve(name));
    client.model().backups.clear();

    stores.empty();

    assertThat(report.details()).isEmpty();
  }

  @Test
  void call_failsThoughNothingIsWrong_isRefused() throws Exception {
    call.lieTo("POST /v1/snapshots/create", body -> new Answer(500, "no"));
    client.snapshot(volume());

    assertNoticed(Wrong.REFUSED);
  }

  @Test
  void call_failsWhileSomethingIsWrong_isRight() throws Exception {
    FaultWindows.Window window = windows.open();
    call.lieTo("POST /v1/snapshots/create", body -> new Answer(500, "no"));
    client.snapshot(volume());
    windows.close(window);

    assertThat(report.details()).isEmpty();
  }

  @Test
  void call_neverAnswered_isStuckEvenWhileSomethingIsWrong() throws Exception {
    windows.open();
    call.lieTo(
        "POST /v1/snapshots/create",
        body -> {
          throw new SocketTimeoutException("no answer");
        });
    client.snapshot(volume());

    assertNoticed(Wrong.STUCK);
  }
}
